"""schemathesis makes up requests from the OpenAPI description, good ones and bad ones, and compares the answers with it."""

import subprocess
import sys

from served import demo, folder, needs, program, served

attest, schemathesis = program(), needs("schemathesis", "pip install schemathesis")
with folder() as here, served(attest, demo(attest, here)) as address:
    run = subprocess.run([schemathesis, "run", f"{address}/api/v1/openapi.json", "--checks", "all", *sys.argv[2:]], cwd=here)
sys.exit(run.returncode)
