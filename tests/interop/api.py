"""schemathesis makes up requests from the OpenAPI description, good ones and bad ones, and compares the answers with it: read-only,
without a token, with one of every scope, and where a token is asked for. Then it decides about records that are there."""

import json
import pathlib
import subprocess
import sys

from served import demo, folder, get_json, needs, program, served

SCOPES = ["read", "propose", "review", "publish", "admin"]

# A schema cannot say that the south is not north of the north; what becomes of such boxes, crates/web/tests/web/api/answers.rs asks. Nor
# does it say which tag a record has now, which of its fields there are, or how many reports wait.
SETTINGS = """
[parameters]
"query.bbox" = "-17.5,4,16,25"

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "410", "412", "422", "429"]

[checks.missing_required_header]
expected-statuses = ["400", "401", "403", "404", "415", "422", "428"]
"""

# Records that are there, however they are.
RECORD = """
[[operations]]
include-operation-id = "{name}"
parameters = {{ "path.id" = "{id}", "header.If-Match" = "*" }}
"""


def token(attest, ledger, scope):
    """A new token."""
    made = subprocess.run([attest, "--db", str(ledger), "-q", "token", "add", "--name", f"{scope} of schemathesis", "--scope", scope],
                          check=True, capture_output=True, text=True)
    return made.stdout.strip()


def records(address):
    """Which record each operation is done to."""
    first = lambda what: get_json(f"{address}/api/v1/{what}?limit=1")["items"][0]
    incident, claim, actor, event = first("incidents")["id"], first("claims")["id"], first("actors")["name"], first("events")["id"]
    of = {"Claim": claim, "Incident": incident, "Incidents": incident, "Actors": actor, "Actor": actor}
    for path in get_json(f"{address}/api/v1/openapi.json")["paths"].values():
        if (name := path.get("post", {}).get("operationId")) and name != "addReport":
            yield name, next((of[end] for end in sorted(of, key=len, reverse=True) if name.endswith(end)), event)


def run(here, schemathesis, address, secret, settings, options):
    """Whether nothing was found."""
    (pathlib.Path(here) / "schemathesis.toml").write_text(SETTINGS + settings)
    shown = ["-H", f"Authorization: Bearer {secret}"] if secret else []
    return subprocess.run([schemathesis, "run", f"{address}/api/v1/openapi.json", "--checks", "all", *shown, *options], cwd=here).returncode


attest, schemathesis, options = program(), needs("schemathesis", "pip install schemathesis"), sys.argv[2:]
found = {}
with folder() as here:
    ledger = demo(attest, here)
    secrets = {scope: token(attest, ledger, scope) for scope in SCOPES}
    with served(attest, ledger, "--read-only") as address:
        found["read-only"] = run(here, schemathesis, address, "", "", options)
    with served(attest, ledger) as address:
        for scope in ["", *SCOPES]:
            found[scope or "no token"] = run(here, schemathesis, address, secrets.get(scope), "", options)
        settings = "".join(RECORD.format(name=name, id=id) for name, id in records(address))
        writes = ["--include-method", "POST"]
        found["admin, on records"] = run(here, schemathesis, address, secrets["admin"], settings, [*writes, *options])
    with served(attest, ledger, "--tokens") as address:
        found["read, where it is asked for"] = run(here, schemathesis, address, secrets["read"], "", options)
    checked = subprocess.run([attest, "--db", str(ledger), "log", "--people", "--format", "json"], check=True, capture_output=True, text=True)
    people = json.loads(checked.stdout)
    assert all("(token " in event["who"] for event in people), people
for name, code in found.items():
    print(f"{name}: {'nothing' if code == 0 else 'something'} found")
print(f"{len(people)} decisions, each by a token")
sys.exit(max(found.values()))
