"""Spark and the binary: the same reports, copies, claims and incidents, row for row, whatever the partitions, the splits, and
whoever dies on the way. Needs Java and pyspark.
"""

from __future__ import annotations

import gzip
import json
import os
import pathlib
import shutil
import signal
import subprocess
import threading
import time

import attest
import compare
import pyarrow.parquet as pq
import pytest
from compare import Made, kept, write_lines
from generate import nasty, web_archive

pytest.importorskip("pyspark")
if not shutil.which("java"):
    pytest.skip("there is no Java: apt-get install openjdk-17-jre-headless", allow_module_level=True)

from attest import spark as archive  # noqa: E402

pytestmark = pytest.mark.spark

MASTER = os.environ.get("ATTEST_SPARK_MASTER", "local-cluster[2,1,1024]")


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    session = compare.session(MASTER, tmp_path_factory.mktemp("checkpoints"))
    yield session
    session.stop()


def rows(folder: pathlib.Path, key: str) -> dict[str, dict]:
    return kept(pq.read_table(folder), key)


@pytest.fixture(scope="module")
def folded(session, corpus, tmp_path_factory) -> pathlib.Path:
    """Copies read too, as the binary reads them; an executor is killed while claims are read."""
    out = tmp_path_factory.mktemp("spark") / "folded"
    killed: list[int] = []

    def kill() -> None:
        for _ in range(600):
            time.sleep(0.5)
            if (out / "state/readings/_temporary").exists():
                time.sleep(4)
                killed.extend(compare.executors()[:1])
                for pid in killed:
                    os.kill(pid, signal.SIGKILL)
                return

    if MASTER.startswith("local-cluster"):
        threading.Thread(target=kill, daemon=True).start()
    archive.run(session, session.read.json(str(corpus)).repartition(3), str(out), copies="fold")
    assert killed or not MASTER.startswith("local-cluster"), "an executor was killed"
    return out


def test_reports_and_copies_are_the_binarys(folded, made):
    ours, theirs = rows(folded / "reports", "report_id"), kept(attest.open(made.db).reports(with_text=True), "report_id")
    assert ours == theirs
    assert any(row["copy_of"] for row in ours.values()), "the corpus has copies"


def test_claims_are_the_binarys(folded, made):
    assert rows(folded / "claims", "claim_id") == kept(attest.open(made.db).claims(), "claim_id")


def test_incidents_are_the_binarys(folded, made):
    ours, theirs = rows(folded / "incidents", "incident_id"), kept(attest.open(made.db).incidents(), "incident_id")
    assert ours == theirs
    records = {record["id"]: record for record in map(json.loads, pq.read_table(folded / "incidents")["record"].to_pylist())}
    assert records == {row["id"]: attest.Incident.from_dict(row).to_dict() for row in made.rows("incidents")}


def test_what_spark_wrote_is_imported(folded, made, tmp_path):
    imported = type(made)(made.binary, tmp_path)
    imported.run("init", tmp_path)
    files = [path for what in ("reports", "claims") for path in sorted((folded / "import" / what).glob("part-*")) if path.stat().st_size]
    imported.run("import", *files)
    theirs = kept(attest.open(made.db).incidents(), "incident_id")
    assert kept(attest.open(imported.db).incidents(), "incident_id") == theirs


def test_neither_partitions_nor_splits_change_anything(session, folded, tmp_path):
    """Every block of more than two reports is split, rows are dealt anew and skewed: one partition has nearly all."""
    told = session.read.parquet(str(folded / "state/readings"))
    repeats = session.read.parquet(str(folded / "state/copies"))
    skewed = told.repartition(1).union(told.limit(0))
    archive.incidents(skewed, repeats, largest=2, buckets=3).drop("claims").write.parquet(str(tmp_path / "incidents"))
    assert rows(tmp_path / "incidents", "incident_id") == rows(folded / "incidents", "incident_id")
    again = session.read.parquet(str(folded / "state/reports")).repartition(7)
    assert {tuple(row) for row in archive.copied(again).collect()} == {tuple(row) for row in repeats.collect()}


@pytest.mark.parametrize("seed", [1, 2])
def test_who_copies_whom_is_what_one_machine_says(session, tmp_path, seed):
    write_lines(tmp_path / "articles.jsonl", nasty(400, seed))
    told = [attest.report(**json.loads(line)) for line in (tmp_path / "articles.jsonl").open(encoding="utf-8")]
    theirs = {report.id: report.copy_of for report in attest.mark_copies(told) if report.copy_of}
    made = archive.reports(session.read.json(str(tmp_path / "articles.jsonl")))
    ours = {row.report_id: row.copy_of for row in archive.copied(made).collect()}
    assert ours == theirs
    assert len(set(theirs.values())) > 20, "many are copied"
    assert max(map(list(theirs.values()).count, theirs.values())) > attest._attest.HELD, "one more often than reports hold a band"


def test_dropping_copies_changes_no_figure(session, folded, tmp_path):
    """Unread copies are missing from lists of claims, and nowhere else."""
    from pyspark.sql import functions as F

    repeats = session.read.parquet(str(folded / "state/copies"))
    marked = session.read.parquet(str(folded / "state/reports")).join(repeats, "report_id", "left")
    told = session.read.parquet(str(folded / "state/readings"))
    # What was read is taken as it is; readings of copies tell nothing.
    bare = archive.readings(marked.where("copy_of is not null"), copies="drop")
    assert bare.agg(F.sum("n_claims")).first()[0] == 0
    dropped = told.join(repeats, "report_id", "left_anti").unionByName(bare)
    archive.incidents(dropped, repeats).drop("claims").write.parquet(str(tmp_path / "incidents"))
    strip = lambda found: {key: {n: v for n, v in row.items() if n != "n_claims"} for key, row in found.items()}  # noqa: E731
    ours, theirs = rows(tmp_path / "incidents", "incident_id"), rows(folded / "incidents", "incident_id")
    assert strip(ours) == strip(theirs)
    assert all(row["n_claims"] <= theirs[key]["n_claims"] for key, row in ours.items())
    assert sum(row["n_claims"] for row in ours.values()) < sum(row["n_claims"] for row in theirs.values())


def test_web_archives_are_articles(session, binary, generated, tmp_path):
    """The reports of `attest add`, and what it could not read; one file is damaged within, one cut off, one none, one too large."""
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    whole = web_archive(generated[:12])
    (crawl / "1.warc.gz").write_bytes(whole)
    plain = gzip.decompress(web_archive(generated[12:20]))
    # The third record, the first page.
    wrong = plain.replace(b"Content-Length: ", b"Content-Length: 9", 3).replace(b"Content-Length: 9", b"Content-Length: ", 2)
    (crawl / "2.warc").write_bytes(wrong)
    (crawl / "3.warc.gz").write_bytes(web_archive(generated[20:30])[:-700])
    (crawl / "4.warc").write_bytes(b"\0\1nothing of the sort")
    found = archive.warcs(session, str(crawl)).persist()
    made = archive.reports(found)
    ours = {row.report_id: row for row in made.where("failed is null").collect()}
    ledger = Made(binary, tmp_path)
    said = subprocess.run([binary, "--db", str(ledger.db), "add", "--no-extract", str(crawl)], capture_output=True, text=True)
    assert said.returncode == 3, said.stderr
    theirs = {row["report_id"]: row for row in attest.open(ledger.db).reports(with_text=True).to_pylist()}
    assert ours.keys() == theirs.keys() and len(ours) > 20
    names = ("published", "outlet", "outlet_kind", "language", "title", "text")
    assert {key: [row[name] for name in names] for key, row in ours.items()} == {key: [row[name] for name in names] for key, row in theirs.items()}
    assert {row.url for row in ours.values()} <= {article["url"] for article in generated}
    failed = sorted(row.failed.rpartition("/crawl/")[2] for row in made.where("failed is not null").collect())
    assert [line.split(": ")[0] for line in failed] == ["2.warc", "3.warc.gz", "3.warc.gz", "4.warc"], failed
    assert "item 3: its WARC record is damaged: after its 9" in failed[0]
    assert any("gzip is damaged: it is cut off" in line for line in failed) and "its fields do not end" in failed[3]
    large = archive.warcs(session, str(crawl / "1.warc.gz"), largest=len(whole) - 1).collect()
    assert [row.failed.rpartition("/")[2] for row in large] == [f"1.warc.gz: it has {len(whole)} bytes, more than the {len(whole) - 1} allowed"]


def test_what_makes_no_report_is_listed(session):
    articles = session.createDataFrame([("Five killed near Konna.", "x"), ("…", "y"), (None, "z")], "body string, source string")
    found = archive.reports(articles).select("outlet", "failed").collect()
    assert sorted((row.outlet or "", row.failed is None) for row in found) == [("", False), ("", False), ("x", True)]


def test_components_are_what_hangs_together(session):
    chain = [(f"{n:04}", f"{n + 1:04}") for n in range(40)]
    pairs = session.createDataFrame([*chain, ("x", "y"), ("y", "x"), ("z", "y"), ("w", "w")], "a string, b string")
    found = {row.node: row.part for row in archive.components(pairs).collect()}
    assert found == {f"{n:04}": "0000" for n in range(41)} | {node: "x" for node in "xyz"}
