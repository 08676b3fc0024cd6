"""What the ways to read cost, whether they come to the same, and how an archive's cost grows. The figures of docs/guide/scale.md.

    python crates/python/scale.py bench 2000 target/release/attest         reports a second, processor time, memory of each way
    python crates/python/scale.py equality 20000 target/release/attest     binary, wheel, and Spark with an executor killed midway
    python crates/python/scale.py copies 100000 target/release/attest      who copies whom, by the binary and by Spark; nothing is read
    python crates/python/scale.py growth 10000 30000 100000                time and shuffled bytes of an archive on Spark

`--words` is how long an article is on average, `--out` where everything is left; `--cases` adds the reports of gold cases to what is compared;
a bench goes `--rounds` times through all ways and takes the best of each, for others on the machine can only make it worse.
On a machine that does other things the processor time is the figure to compare: it says what a way costs, whoever else is waiting.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from typing import Callable, Iterator

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "tests"))

import compare  # noqa: E402
from generate import articles  # noqa: E402

CLUSTER = "local-cluster[2,1,1024]"
STEPS = ["state/reports", "state/copies", "state/readings", "failed", "state/incidents", "incidents", "claims", "reports"]
"""What `attest.spark.run` writes, in its order."""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("what", choices=["bench", "equality", "copies", "growth", "way"], help=argparse.SUPPRESS)
    asked.add_argument("of", nargs="+", help=argparse.SUPPRESS)
    asked.add_argument("--words", type=int, default=100)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--cases", type=pathlib.Path)
    asked.add_argument("--out", type=pathlib.Path, default=None)
    asked.add_argument("--copies", choices=["drop", "fold"], default="drop")
    asked = asked.parse_args()
    if asked.what == "way":
        return WAYS[asked.of[0]](*asked.of[1:])
    asked.out = (asked.out or pathlib.Path(tempfile.mkdtemp(prefix="attest-scale-"))).resolve()
    asked.out.mkdir(parents=True, exist_ok=True)
    print(f"{' '.join(sys.argv[1:])}: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d %H:%M')}, in {asked.out}", flush=True)
    {"bench": bench, "equality": equality, "copies": copies, "growth": growth}[asked.what](asked)


# Processes that are watched.


class Spent:
    """What a process and all that it began took: seconds, seconds of processors, and the most memory of each, in megabytes."""

    def __init__(self, command: list[object]) -> None:
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        self.most: dict[int, tuple[str, int]] = {}
        seen: dict[int, float] = {}
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
            child = subprocess.Popen(list(map(str, command)), stdout=out, stderr=said)
            while child.poll() is None:
                there = running()
                # Some outlive who began them.
                for pid in compare.begun_by(child.pid, there) | (seen.keys() & there.keys()):
                    _, name, seen[pid], megabytes = there.get(pid, (0, "", seen.get(pid, 0.0), 0))
                    if megabytes > self.most.get(pid, ("", 0))[1]:
                        self.most[pid] = (name, megabytes)
                time.sleep(0.5)
            self.wall = time.monotonic() - began
            if child.returncode:
                said.seek(0)
                sys.exit(said.read().decode())
            out.seek(0)
            self.said = out.read(1000)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        # What the system counted lacks whom nobody waited for; what was seen lacks the last half second.
        self.cpu = max(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, sum(seen.values()))

    def memory(self) -> str:
        """Of every process above a hundred megabytes; the daemon that Spark forks its workers from reads nothing."""
        sizes: dict[str, list[int]] = {}
        for name, megabytes in self.most.values():
            if megabytes > 100:
                sizes.setdefault(name, []).append(megabytes)
        return ", ".join(f"{name} {' '.join(map(str, sorted(found, reverse=True)))}" for name, found in sorted(sizes.items()))


def running() -> dict[int, tuple[int, str, float, int]]:
    """Every process: who began it, its name, its seconds of processors, its megabytes in memory."""
    found = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        fields = rest.split()
        cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        found[int(path.parent.name)] = (int(fields[1]), name, cpu, int(fields[21]) * os.sysconf("SC_PAGE_SIZE") >> 20)
    return found


def way(name: str, *words: object) -> list[object]:
    """The command that goes one way in a process of its own."""
    return [sys.executable, __file__, "way", name, *words]


def by_wheel(path: str, threads: str) -> None:
    """Reads with the wheel, each thread a share, once the model is loaded."""
    import attest

    batch = batch_of(attest.report(**json.loads(line)) for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines())
    attest.read_batch(batch.slice(0, 1), threads=1)
    share = -(-batch.num_rows // int(threads))
    work = [threading.Thread(target=attest.read_batch, args=(batch.slice(n * share, share),), kwargs={"threads": 1}) for n in range(int(threads))]

    def read() -> None:
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()

    tell(read)


def tell(work: Callable[[], None]) -> None:
    """Does the work, and prints the seconds and the seconds of processors that it took here and in what was begun from here."""
    spent = lambda: sum(process[2] for pid, process in there.items() if pid in own)  # noqa: E731
    there = running()
    own = compare.begun_by(os.getpid(), there)
    before, began = spent(), time.monotonic()
    work()
    wall, there = time.monotonic() - began, running()
    own |= compare.begun_by(os.getpid(), there)
    print(json.dumps([wall, spent() - before]))


def batch_of(reports):
    """Reports in the native columns."""
    import pyarrow as pa

    names = dict(report_id="id", published="published", outlet="outlet", outlet_kind="kind", language="language", title="title", text="text")
    reports = list(reports)
    return pa.record_batch({name: pa.array([getattr(report, of) for report in reports], pa.string()) for name, of in names.items()})


def by_spark(path: str, workers: str) -> None:
    """Makes reports of articles and reads them on Spark with so many workers of a core each, once every worker has loaded the model."""
    from attest import spark as archive

    session = compare.session(f"local-cluster[{workers},1,1024]", pathlib.Path(tempfile.mkdtemp()) / "checkpoints")
    session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(archive.BATCH))

    def read(told) -> None:
        made = archive.reports(told).selectExpr("*", "cast(null as string) copy_of")
        archive.readings(made, copies="fold").write.format("noop").mode("overwrite").save()

    read(session.read.json(path).limit(16))
    tell(lambda: read(session.read.json(path)))
    session.stop()


def whole_archive(path: str, out: str, copies: str, events: str) -> None:
    """Everything on Spark, with two workers."""
    from attest import spark as archive

    logged = {"spark.eventLog.enabled": "true", "spark.eventLog.dir": f"file://{events}", "spark.eventLog.rolling.enabled": "false"}
    session = compare.session(CLUSTER, pathlib.Path(out) / "checkpoints", **logged, **{"spark.eventLog.compress": "false"})
    archive.run(session, session.read.json(path), f"{out}/archive", copies=copies)
    session.stop()


def killed_archive(path: str, out: str) -> None:
    """Everything on Spark, an executor killed once half of the reading is done."""
    from attest import spark as archive

    killed: list[int] = []
    session = compare.session(CLUSTER, pathlib.Path(out) / "checkpoints")
    tasks = 4 * session.sparkContext.defaultParallelism

    def kill() -> None:
        while not killed:
            time.sleep(0.5)
            if len(list(pathlib.Path(out).glob("archive/state/readings/_temporary/0/task_*"))) * 2 >= tasks:
                killed.extend(compare.executors()[:1])
                for pid in killed:
                    os.kill(pid, signal.SIGKILL)

    threading.Thread(target=kill, daemon=True).start()
    archive.run(session, session.read.json(path), f"{out}/archive", copies="fold")
    session.stop()
    assert killed, "an executor was killed"


def copied_archive(path: str, out: str) -> None:
    """Only who copies whom, on Spark."""
    from attest import spark as archive

    session = compare.session(CLUSTER, pathlib.Path(out) / "checkpoints")
    archive.reports(session.read.json(path)).write.parquet(f"{out}/reports")
    archive.copied(session.read.parquet(f"{out}/reports")).write.parquet(f"{out}/copies")
    session.stop()


WAYS: dict[str, Callable[..., None]] = {
    "wheel": by_wheel, "spark": by_spark, "archive": whole_archive, "killed": killed_archive, "copied": copied_archive,
}  # fmt: skip


# What is asked.


def bench(asked: argparse.Namespace) -> None:
    """Without what it takes to start and to load the model: of the binary that is measured by reading one article, and taken off."""
    count, binary = int(asked.of[0]), os.path.abspath(asked.of[1])
    one, all_ = asked.out / "one.jsonl", asked.out / "all.jsonl"
    compare.write_lines(one, articles(1, asked.seed, asked.words))
    compare.write_lines(all_, articles(count, asked.seed, asked.words))
    texts = [json.loads(line)["text"] for line in all_.open(encoding="utf-8")]
    words, sentences = (sum(len(re.findall(pattern, text)) for text in texts) / count for pattern in (r"\S+", r"[.!?]+[)”\"]*(?=\s|$)"))
    print(f"{words:.0f} words and {sentences:.1f} sentences an article", flush=True)
    ways = {
        "binary, 1 thread": lambda path: ["env", "ATTEST_THREADS=1", binary, "extract", "--format", "ndjson", path],
        "wheel, 1 thread": lambda path: way("wheel", path, 1),
        "Spark, 1 worker": lambda path: way("spark", path, 1),
        "binary, 2 threads": lambda path: ["env", "ATTEST_THREADS=2", binary, "extract", "--format", "ndjson", path],
        "wheel, 2 threads": lambda path: way("wheel", path, 2),
        "Spark, 2 workers": lambda path: way("spark", path, 2),
    }
    print("| way | reports/s | sentences/s | processor ms a report | against the binary, 1 thread | memory, MB |\n| --- | --- | --- | --- | --- | --- |")
    best: dict[str, list[float]] = {}
    memory = {}
    for _ in range(asked.rounds):
        for name, command in ways.items():
            whole = Spent(command(all_))
            if name.startswith("binary"):
                start = Spent(command(one))
                took = [whole.wall - start.wall, whole.cpu - start.cpu]
            else:
                took = json.loads(whole.said)
            print(f"{name}: {took[0]:.1f} s, {took[1]:.1f} s of processors; load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
            best[name], memory[name] = list(map(min, took, best.get(name, took))), whole.memory()
    bare = best["binary, 1 thread"][1]
    for name, (wall, cpu) in best.items():
        rate = count / wall
        more = 100 * (cpu / bare - 1)
        print(f"| {name} | {rate:.1f} | {rate * sentences:.0f} | {1000 * cpu / count:.1f} | {more:+.1f} % | {memory[name]} |", flush=True)


def equality(asked: argparse.Namespace) -> None:
    """Row for row, in every native column; what differs is written to `differences.json`. A ledger that an earlier run left in `--out` is
    taken as it is."""
    import attest
    import pyarrow as pa
    import pyarrow.parquet as pq

    count, binary = int(asked.of[0]), os.path.abspath(asked.of[1])
    corpus = asked.out / "articles.jsonl"
    cases = sorted(asked.cases.glob("*.json")) if asked.cases else []

    def both() -> Iterator[dict[str, str]]:
        yield from compare.articles_of(cases)
        yield from articles(count, asked.seed, asked.words)

    print(f"{compare.write_lines(corpus, both())} articles, {len(cases)} cases among them", flush=True)
    made = compare.Made(binary, asked.out)
    if not made.db.exists():
        spent = Spent([binary, "--db", made.db, "add", corpus])
        print(f"binary: {spent.wall:.0f} s, {spent.cpu:.0f} s of processors; {spent.memory()}", flush=True)
    ledger = attest.open(made.db)
    theirs = {"reports": ledger.reports(with_text=True), "claims": ledger.claims(), "incidents": ledger.incidents()}
    theirs = {what: compare.kept(table, compare.KEYS[what]) for what, table in theirs.items()}
    records = {row["id"]: attest.Incident.from_dict(row).to_dict() for row in made.rows("incidents")}

    began, cpu = time.monotonic(), time.process_time()
    told = (attest.report(**{name: value for name, value in json.loads(line).items() if value}) for line in corpus.open(encoding="utf-8"))
    told = attest.mark_copies({report.id: report for report in told}.values())
    batch = batch_of(told)
    read = pa.Table.from_batches([attest.read_batch(batch.slice(at, 2000)) for at in range(0, batch.num_rows, 2000)])
    ours = [attest.Claim.from_dict(json.loads(record)) for record in read["record"].to_pylist()]
    wheel = {incident.id: incident.to_dict() for incident in attest.reconcile(ours, reports=told)}
    print(f"wheel: {time.monotonic() - began:.0f} s, {time.process_time() - cpu:.0f} s of processors", flush=True)
    binarys = {row["id"]: attest.Report.from_dict({**row, "copy_of": row.get("copy_of")}) for row in made.rows("reports", "--with-text")}
    differences = {
        "wheel, reports": differing({report.id: report for report in told}, binarys),
        "wheel, claims": differing(compare.kept(read, "claim_id", "incident_id"), without(theirs["claims"], "incident_id")),
        "wheel, incidents": differing(wheel, records),
    }
    print("\n".join(f"{what}: {len(found)} differ" for what, found in differences.items()), flush=True)

    spent = Spent(way("killed", corpus, asked.out))
    print(f"Spark, {CLUSTER}, one killed: {spent.wall:.0f} s, {spent.cpu:.0f} s of processors; {spent.memory()}", flush=True)
    for what, key in compare.KEYS.items():
        table = pq.read_table(asked.out / "archive" / what)
        differences[f"Spark, {what}"] = differing(compare.kept(table, key), theirs[what])
        if what == "incidents":
            spark = {record["id"]: record for record in map(json.loads, table["record"].to_pylist())}
            differences["Spark, whole incidents"] = differing(spark, records)
    copies = sum(1 for row in theirs["reports"].values() if row["copy_of"])
    print(f"{len(theirs['reports'])} reports, {copies} of them copies, {len(theirs['claims'])} claims, {len(theirs['incidents'])} incidents")
    print("\n".join(f"{what}: {len(found)} differ" for what, found in differences.items()))
    (asked.out / "differences.json").write_text(json.dumps(differences, indent=1, default=str, ensure_ascii=False), encoding="utf-8")
    if any(differences.values()):
        sys.exit("they do not come to the same: see differences.json")


def copies(asked: argparse.Namespace) -> None:
    """Reports and their `copy_of`."""
    import attest
    import pyarrow.parquet as pq

    count, binary = int(asked.of[0]), os.path.abspath(asked.of[1])
    # A file that the binary opens ends at 20 MB; of so many files it makes one window.
    corpus = asked.out / "articles"
    corpus.mkdir()
    told = articles(count, asked.seed, asked.words)
    part = max(1, 1_000_000 // asked.words)
    for n in range(-(-count // part)):
        compare.write_lines(corpus / f"{n}.jsonl", itertools.islice(told, part))
    made = compare.Made(binary, asked.out)
    spent = Spent([binary, "--db", made.db, "add", "--no-extract", corpus])
    theirs = {row["report_id"]: row["copy_of"] for row in attest.open(made.db).reports().to_pylist()}
    print(f"binary: {spent.wall:.0f} s, {spent.cpu:.0f} s of processors; {len(theirs)} reports, {sum(map(bool, theirs.values()))} of them copies", flush=True)
    spent = Spent(way("copied", corpus, asked.out))
    ours = dict.fromkeys(pq.read_table(asked.out / "reports", columns=["report_id"])["report_id"].to_pylist())
    ours.update((row["report_id"], row["copy_of"]) for row in pq.read_table(asked.out / "copies").to_pylist())
    differ = differing(ours, theirs)
    print(f"Spark, {CLUSTER}: {spent.wall:.0f} s, {spent.cpu:.0f} s of processors; {len(differ)} differ")
    (asked.out / "differences.json").write_text(json.dumps(differ, indent=1), encoding="utf-8")
    if differ:
        sys.exit("they do not come to the same: see differences.json")


def without(rows: dict[str, dict], name: str) -> dict[str, dict]:
    return {key: {column: value for column, value in row.items() if column != name} for key, row in rows.items()}


def differing(ours: dict, theirs: dict) -> dict[str, list]:
    """By key, what only one has, or each otherwise."""
    return {key: [ours.get(key), theirs.get(key)] for key in sorted(ours.keys() | theirs.keys()) if ours.get(key) != theirs.get(key)}


def growth(asked: argparse.Namespace) -> None:
    """Sizes one after another, each in a session of its own."""
    import pyarrow.parquet as pq

    print("| articles | copies | claims | incidents | " + " | ".join(f"{name} s" for name in PARTS) + " | shuffled MB: " + ", ".join(PARTS) + " | processors s | memory, MB |")
    print("| --- " * (6 + len(PARTS)) + "|")
    for count in map(int, asked.of):
        out = asked.out / str(count)
        events = out / "events"
        events.mkdir(parents=True)
        compare.write_lines(out / "articles.jsonl", articles(count, asked.seed, asked.words))
        began = time.time()
        spent = Spent(way("archive", out / "articles.jsonl", out, asked.copies, events))
        done = {step: (out / "archive" / step / "_SUCCESS").stat().st_mtime for step in STEPS}
        starts = dict(zip(STEPS, [began, *done.values()]))
        seconds, shuffled = dict.fromkeys(PARTS, 0.0), dict.fromkeys(PARTS, 0.0)
        for part, steps in PARTS.items():
            for step in steps:
                seconds[part] += done[step] - starts[step]
        for ended, size in shuffles(events):
            part = next((part for part, steps in PARTS.items() for step in steps if starts[step] <= ended < done[step]), "writing")
            shuffled[part] += size / 1e6
        rows = {what: pq.read_table(out / "archive" / what, columns=[key]).num_rows for what, key in compare.KEYS.items()}
        copies = pq.read_table(out / "archive/state/copies", columns=["report_id"]).num_rows
        print(
            f"| {rows['reports']} | {copies} | {rows['claims']} | {rows['incidents']} | "
            + " | ".join(f"{seconds[part]:.0f}" for part in PARTS)
            + f" | {', '.join(f'{shuffled[part]:.1f}' for part in PARTS)} | {spent.cpu:.0f} | {spent.memory()} |",
            flush=True,
        )


PARTS = {
    "intake": ["state/reports"],
    "copies": ["state/copies"],
    "reading": ["state/readings"],
    "incidents": ["state/incidents"],
    "writing": ["failed", "incidents", "claims", "reports"],
}
"""The steps of an archive under the names that a table of them has."""


def shuffles(events: pathlib.Path) -> Iterator[tuple[float, int]]:
    """When each task ended, and how many bytes it wrote for others to fetch."""
    for log in events.iterdir():
        for line in log.open(encoding="utf-8"):
            if '"Event":"SparkListenerTaskEnd"' in line[:60]:
                event = json.loads(line)
                written = (event.get("Task Metrics") or {}).get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
                yield event["Task Info"]["Finish Time"] / 1000, written


if __name__ == "__main__":
    main()
