"""A ledger, served while something is asked of it."""

import contextlib
import csv
import datetime
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request


def program():
    """The program under test, from the command line."""
    if len(sys.argv) < 2:
        sys.exit(f"usage: python3 {sys.argv[0]} path/to/attest")
    return str(pathlib.Path(sys.argv[1]).resolve())


def needs(tool, where):
    """Where a tool is."""
    found = shutil.which(tool, path=None) or shutil.which(tool, path=str(pathlib.Path(sys.executable).parent))
    return found or sys.exit(f"{tool} is not installed: {where}")


def demo(attest, folder):
    """The sample ledger."""
    subprocess.run([attest, "demo", folder], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return next(pathlib.Path(folder).glob("*.attest"))


def large(attest, folder, rows):
    """A ledger of made-up rows in the shape of UCDP GED, far enough apart in time to be an incident each."""
    subprocess.run([attest, "--db", str(demo(attest, folder)), "export", "--profile", "ucdp-ged", "--limit", "1", "-o", f"{folder}/ged.csv"],
                   check=True, stderr=subprocess.DEVNULL)
    with open(f"{folder}/ged.csv", encoding="utf-8") as file:
        columns = next(csv.reader(file))
    first = datetime.date(2010, 1, 1)
    with open(f"{folder}/rows.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        for n in range(rows):
            day = first + datetime.timedelta(days=2 * n)
            row = dict.fromkeys(columns, "")
            row |= {"id": 700_000 + n, "relid": f"MLI-{day.year}-1-{n}", "year": day.year, "active_year": 1, "code_status": "Clear", "type_of_violence": 1,
                    "side_a": "Government of Mali", "side_b": "JNIM", "number_of_sources": 1, "source_article": f"Reuters, {day}, Fighting",
                    "source_office": "Reuters", "source_date": day, "source_headline": "Fighting", "source_original": "army", "where_prec": 1,
                    "where_coordinates": "Gao town", "where_description": "Gao town", "adm_1": "Gao region", "latitude": 16.27, "longitude": -0.04,
                    "country": "Mali", "country_id": 432, "region": "Africa", "event_clarity": 1, "date_prec": 1, "date_start": day, "date_end": day,
                    "deaths_a": n % 7, "deaths_b": 1, "deaths_civilians": 0, "deaths_unknown": 0, "best": n % 7 + 1, "high": n % 7 + 1, "low": n % 7 + 1}
            writer.writerow(row)
    ledger = pathlib.Path(folder) / "large.attest"
    subprocess.run([attest, "--db", str(ledger), "import", f"{folder}/rows.csv"], check=True, stdout=subprocess.DEVNULL)
    return ledger


@contextlib.contextmanager
def served(attest, ledger, *options):
    """The address of a ledger, without a slash at the end."""
    process = subprocess.Popen([attest, "--db", str(ledger), "serve", "--port", "0", *options], stderr=subprocess.PIPE, text=True)
    try:
        for line in process.stderr:
            if address := re.search(r"http://\S+:\d+", line):
                yield address.group()
                break
        else:
            sys.exit("it does not serve")
    finally:
        process.terminate()
        process.wait()


def get(address):
    """The answer, as text."""
    with urllib.request.urlopen(address) as answer:
        return answer.read().decode()


def get_json(address):
    """The answer, as JSON."""
    return json.loads(get(address))


def folder():
    """A folder that goes away."""
    return tempfile.TemporaryDirectory(prefix="attest-interop-")
