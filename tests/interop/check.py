"""Opens what `attest export` writes with the tools that people use, and says what each found.

    python3 -m venv /tmp/interop && /tmp/interop/bin/pip install -r tests/interop/requirements.txt
    /tmp/interop/bin/python tests/interop/check.py target/release/attest examples

The first argument is the program, the second what to add to a ledger. Ends with 1 at the first thing that is not as it should be.
"""

import collections
import csv
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import duckdb
import frictionless
import geopandas
import openpyxl
import pandas
import pyarrow
import pyarrow.parquet
import pyogrio

WHOLE = ["deaths_low", "deaths_best", "deaths_high", "civilians_low", "injured_best", "n_claims"]


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main(program, source):
    folder = pathlib.Path(tempfile.mkdtemp())
    said = []

    def attest(*arguments, ends=(0,)):
        ran = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True)
        assert ran.returncode in ends, f"attest {' '.join(arguments)}: {ran.returncode}\n{ran.stderr}"
        return ran

    def tell(tool, what):
        said.append((tool, what))
        print(f"{tool:<28} {what}")

    attest("add", str(pathlib.Path(source).resolve()), ends=(0, 3))
    names = ["i.csv", "i.parquet", "i.gpkg", "i.geojson", "i.xlsx"]
    for name in names:
        attest("export", "-o", name)
        first = (folder / name).read_bytes()
        attest("export", "-o", name)
        assert first == (folder / name).read_bytes(), f"{name} has other bytes the second time"
    for what in ["claims", "reports"]:
        for ending in ["csv", "parquet"]:
            attest("export", what, "-o", f"{what}.{ending}")
    for ending in ["parquet", "gpkg"]:
        attest("export", "--profile", "acled", "-o", f"acled.{ending}")
        attest("export", "--profile", "ucdp-ged", "-o", f"ged.{ending}")
    attest("export", "--bundle", "-o", "v1.zip")
    incidents = rows_of(folder / "i.csv")
    placed = sum(bool(row["lat"]) for row in incidents)
    assert incidents, "nothing to look at"

    table = pyarrow.parquet.read_table(folder / "i.parquet")
    assert table.num_rows == len(incidents)
    assert all(table.schema.field(name).type == pyarrow.int32() for name in WHOLE), table.schema
    assert table.schema.field("date_start").type == pyarrow.date32() and table.schema.field("reviewed").type == pyarrow.bool_()
    tell(f"pyarrow {pyarrow.__version__}", f"{table.num_rows} incidents, bounds int32, dates date32")

    frame = pandas.read_parquet(folder / "i.parquet")
    best = sum(int(row["deaths_best"]) for row in incidents if row["deaths_best"])
    assert int(frame.deaths_best.sum()) == best and list(frame.incident_id) == [row["incident_id"] for row in incidents]
    claims = pandas.read_parquet(folder / "claims.parquet")
    assert list(claims.quote) == [row["quote"] for row in rows_of(folder / "claims.csv")]
    tell(f"pandas {pandas.__version__}", f"{len(frame)} incidents ({best} dead at best), {len(claims)} claims, quotes as in the CSV")

    layer = geopandas.read_parquet(folder / "i.parquet")
    assert layer.crs.to_epsg() == 4326 or layer.crs.to_string() == "OGC:CRS84", layer.crs
    assert layer.geometry.notna().sum() == placed
    there = layer[layer.geometry.notna()]
    assert placed > 0, "no incident has a point: add reports that name places"
    assert (there.geometry.x == there.lon).all() and (there.geometry.y == there.lat).all()
    tell(f"geopandas {geopandas.__version__}", f"GeoParquet: {len(layer)} rows, {placed} with a point, {layer.crs.to_string()}")

    for name in ["i.gpkg", "i.geojson"]:
        layer = pyogrio.read_dataframe(folder / name)
        assert len(layer) == len(incidents) and layer.geometry.notna().sum() == placed, name
        info = pyogrio.read_info(folder / name)
        assert info["crs"] == "EPSG:4326" and info["features"] == len(incidents), info
        tell(f"GDAL {'.'.join(map(str, pyogrio.__gdal_version__))}", f"{name}: {info['features']} features, {info['geometry_type']}, {info['crs']}")

    sql = f"select count(*), sum(deaths_best) from '{folder}/i.parquet'"
    assert duckdb.sql(sql).fetchall() == [(len(incidents), best)]
    kinds = duckdb.sql(f"select coalesce(speaker_kind, ''), count(*) from '{folder}/claims.parquet' where kind = 'deaths' group by 1").fetchall()
    spoken = collections.Counter(row["speaker_kind"] for row in rows_of(folder / "claims.csv") if row["kind"] == "deaths")
    assert dict(kinds) == spoken and spoken, (kinds, spoken)
    tell(f"duckdb {duckdb.__version__}", f"{len(incidents)} incidents, deaths claims of {len(kinds)} kinds of speaker")

    sheet = openpyxl.load_workbook(folder / "i.xlsx").worksheets[0]
    cells = [[cell for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert len(cells) == len(incidents) + 1 and cells[0][0] == "incident_id"
    place = cells[0].index("place")
    assert [row[place] or "" for row in cells[1:]] == [row["place"] for row in incidents]
    tell(f"openpyxl {openpyxl.__version__}", f"{len(cells) - 1} rows, names of places as in the CSV")

    bundle = folder / "bundle"
    with zipfile.ZipFile(folder / "v1.zip") as archive:
        archive.extractall(bundle)
    report = frictionless.validate(str(bundle / "datapackage.json"))
    assert report.valid, report.flatten(["title", "type", "message"])
    tell(f"frictionless {frictionless.__version__}", f"datapackage.json valid, {len(report.tasks)} tables")
    graph = json.loads((bundle / "ro-crate-metadata.json").read_text())["@graph"]
    assert {"@id": "https://w3id.org/ro/crate/1.2"} in [entity.get("conformsTo") for entity in graph]
    files = {entity["@id"]: entity["sha256"] for entity in graph if entity["@type"] == "File"}
    packed = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in bundle.iterdir() if path.name != "ro-crate-metadata.json"}
    assert files == packed, (files, packed)
    tables = sorted(bundle.glob("*.parquet"))
    assert len(tables) == len(report.tasks), tables
    for path in tables:
        lines = len(rows_of(path.with_suffix(".csv")))
        assert pyarrow.parquet.read_table(path).num_rows == lines, path
    tell("RO-Crate", f"{len(files)} files with their checksums; each Parquet table as long as its CSV")

    for shape, days in [("acled", ["event_date"]), ("ged", ["date_start", "date_end"])]:
        coded = pandas.read_parquet(folder / f"{shape}.parquet")
        layer = pyogrio.read_dataframe(folder / f"{shape}.gpkg")
        assert 0 < len(coded) == len(layer), shape
        for day in days:
            assert list(layer[day].astype(str).str[:10]) == list(coded[day].astype(str).str[:10]), (shape, day)
    tell("other houses' shapes", "Parquet and GeoPackage have the same rows and days")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program = str(pathlib.Path(sys.argv[1]).resolve())
    try:
        main(program, sys.argv[2])
    except AssertionError as error:
        sys.exit(f"not as it should be: {error}")
