"""What the tests and ``scale.py`` share: the binary's side of a comparison, rows by their id, and sessions of Spark."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from typing import Iterable, Iterator

UNKEPT = ("last_changed", "recorded_at", "raw_hash", "url", "record", "decision", "decided_by")
"""Columns that only a ledger has, or only Spark."""

KEYS = {"reports": "report_id", "claims": "claim_id", "incidents": "incident_id"}


def articles_of(cases: Iterable[pathlib.Path]) -> Iterator[dict[str, str]]:
    """The reports of gold cases as articles; nothing else of a case is looked at."""
    for case in cases:
        for report in json.loads(case.read_text(encoding="utf-8"))["reports"]:
            yield {key: report[key] for key in ("title", "text", "published", "outlet", "kind", "language")}


def write_lines(path: pathlib.Path, articles: Iterable[dict[str, str]]) -> int:
    """Articles as JSON Lines; how many."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for count, article in enumerate(articles, 1):
            file.write(json.dumps(article, ensure_ascii=False) + "\n")
    return count


class Made:
    """What the binary makes of something, in a ledger of its own."""

    def __init__(self, binary: str, folder: pathlib.Path) -> None:
        self.binary, self.folder, self.db = binary, folder, folder / "ledger.attest"

    def run(self, *words: object) -> str:
        env = {key: value for key, value in os.environ.items() if not key.startswith("ATTEST_")} | {"HOME": str(self.folder)}
        done = subprocess.run([self.binary, "--db", str(self.db), *map(str, words)], capture_output=True, text=True, env=env, cwd=self.folder)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, what: str, *more: str) -> list[dict]:
        return [json.loads(line) for line in self.run("export", what, "--format", "ndjson", *more).splitlines()]


def kept(table, key: str, *but: str) -> dict[str, dict]:
    """The rows of an Arrow table by their id, which names one each, without what only one side has."""
    found = {row[key]: {name: value for name, value in row.items() if name not in UNKEPT + but} for row in table.to_pylist()}
    assert len(found) == table.num_rows, f"{key} names one row"
    return found


def session(master: str, checkpoints: pathlib.Path, **settings: str):
    """A session of Spark on this machine, without a page of its own."""
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    built = SparkSession.builder.master(master).appName("attest")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.task.maxFailures": "8",
        "spark.executor.memory": "800m",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        **settings,
    }.items():
        built = built.config(name, value)
    made = built.getOrCreate()
    made.sparkContext.setCheckpointDir(str(checkpoints))
    return made


def processes() -> dict[int, tuple[int, str]]:
    """Every process: its parent and its command."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout.splitlines()[1:]
    return {int(pid): (int(parent), args) for pid, parent, args in (line.split(None, 2) for line in listed)}


def begun_by(pid: int, among: dict[int, tuple]) -> set[int]:
    """A process and what it began, and what that began; of each its parent comes first."""
    found, grew = {pid}, True
    while grew:
        more = {own for own, process in among.items() if process[0] in found} - found
        found, grew = found | more, bool(more)
    return found


def executors() -> list[int]:
    """Process ids of the executors that this process began."""
    among = processes()
    is_one = lambda args: "CoarseGrainedExecutorBackend" in args and "java" in args.split()[0]  # noqa: E731
    return sorted(pid for pid in begun_by(os.getpid(), among) if pid in among and is_one(among[pid][1]))
