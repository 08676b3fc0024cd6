"""Reports a second, processor time a report, and memory of each way to read: the binary, one process, two threads, two Spark workers.

    python crates/python/bench.py 200 target/release/attest

Each way reads the same generated articles in a process of its own. On a machine that does other things the processor time is the
figure to compare: it says what a way costs, whoever else is waiting. What it takes to load the model is measured by reading
one article, and taken off.
"""

from __future__ import annotations

import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "tests"))

PYTHON = """
import json, sys, threading
import attest, pyarrow as pa
reports = [attest.report(**json.loads(line)) for line in open(sys.argv[1], encoding="utf-8")]
names = dict(report_id="id", published="published", outlet="outlet", outlet_kind="kind", language="language", title="title", text="text")
batch = pa.record_batch({name: [getattr(report, of) for report in reports] for name, of in names.items()})
threads = int(sys.argv[2])
share = -(-batch.num_rows // threads)
work = [threading.Thread(target=attest.read_batch, args=(batch.slice(n * share, share),), kwargs={"threads": 1}) for n in range(threads)]
for thread in work: thread.start()
for thread in work: thread.join()
"""

SPARK = """
import os, sys, tempfile
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
from pyspark.sql import SparkSession
from attest import spark as archive
session = (SparkSession.builder.master(f"local[{sys.argv[2]}]").config("spark.ui.enabled", "false").config("spark.log.level", "ERROR")
    .config("spark.sql.shuffle.partitions", "4").config("spark.driver.bindAddress", "127.0.0.1").getOrCreate())
session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(archive.BATCH))
made = archive.reports(session.read.json(sys.argv[1])).selectExpr("*", "cast(null as string) copy_of")
archive.readings(made, copies="fold").write.parquet(tempfile.mkdtemp() + "/readings")
"""


def children(pid: int) -> set[int]:
    """A process and what it began."""
    found, grew = {pid}, True
    while grew:
        listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout.splitlines()[1:]
        pairs = [tuple(map(int, line.split())) for line in listed]
        more = {own for own, parent in pairs if parent in found} - found
        found, grew = found | more, bool(more)
    return found


def resident(pid: int) -> tuple[str, int]:
    """What a process is, and how many megabytes of it are in memory."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return "", 0
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return fields["Name"].strip(), int(fields.get("VmRSS", "0 kB").split()[0]) // 1024


def run(command: list[str]) -> tuple[float, float, dict[int, tuple[str, int]]]:
    """Seconds on the clock, seconds of processors, and the most memory of each process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    most: dict[int, tuple[str, int]] = {}
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while child.poll() is None:
        for pid in children(child.pid):
            name, megabytes = resident(pid)
            if megabytes > most.get(pid, ("", 0))[1]:
                most[pid] = (name, megabytes)
        time.sleep(0.5)
    wall = time.monotonic() - began
    if child.returncode:
        sys.exit(child.stderr.read().decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, most


def main() -> None:
    from generate import articles

    count, binary = int(sys.argv[1]), sys.argv[2]
    folder = pathlib.Path(tempfile.mkdtemp())
    lines = [json.dumps(article, ensure_ascii=False) + "\n" for article in articles(count + 1)]
    (folder / "one.jsonl").write_text(lines[0], encoding="utf-8")
    (folder / "all.jsonl").write_text("".join(lines), encoding="utf-8")
    print(f"{count} generated articles, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {time.strftime('%Y-%m-%d')}")
    print(f"{'way':26} {'reports/s':>9} {'cpu ms a report':>16}  memory of the processes that read, MB")
    ways = {
        "binary, 1 thread": lambda path: ["env", "ATTEST_THREADS=1", binary, "extract", "--format", "ndjson", path],
        "binary, 2 threads": lambda path: ["env", "ATTEST_THREADS=2", binary, "extract", "--format", "ndjson", path],
        "wheel, 1 thread": lambda path: [sys.executable, "-c", PYTHON, path, "1"],
        "wheel, 2 threads": lambda path: [sys.executable, "-c", PYTHON, path, "2"],
        "Spark local[1]": lambda path: [sys.executable, "-c", SPARK, path, "1"],
        "Spark local[2]": lambda path: [sys.executable, "-c", SPARK, path, "2"],
    }
    for way, command in ways.items():
        wall_one, cpu_one, _ = run(command(str(folder / "one.jsonl")))
        wall, cpu, most = run(command(str(folder / "all.jsonl")))
        # The daemon that Spark forks its workers from reads nothing.
        sizes = sorted((f"{name} {megabytes}" for name, megabytes in most.values() if megabytes > 100), reverse=True)
        # Spark's start takes longer, and varies by more, than reading a few hundred articles.
        told = wall - wall_one > wall / 2
        rate, cost = (f"{count / (wall - wall_one):.2f}", f"{1000 * (cpu - cpu_one) / count:.0f}") if told else ("too few", "too few")
        print(f"{way:26} {rate:>9} {cost:>16}  {', '.join(sizes)}", flush=True)


if __name__ == "__main__":
    main()
