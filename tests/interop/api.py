"""schemathesis makes up requests from the OpenAPI description, good ones and bad ones, and compares the answers with it."""

import pathlib
import subprocess
import sys

from served import demo, folder, needs, program, served

# A schema cannot say that the south is not north of the north; what becomes of such boxes, crates/web/tests/web/api/answers.rs asks.
SETTINGS = """
[parameters]
"query.bbox" = "-17.5,4,16,25"
"""

attest, schemathesis = program(), needs("schemathesis", "pip install schemathesis")
with folder() as here, served(attest, demo(attest, here)) as address:
    (pathlib.Path(here) / "schemathesis.toml").write_text(SETTINGS)
    run = subprocess.run([schemathesis, "run", f"{address}/api/v1/openapi.json", "--checks", "all", *sys.argv[2:]], cwd=here)
sys.exit(run.returncode)
