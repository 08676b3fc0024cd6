"""An archive of articles on Spark: copies dropped, claims read, incidents added up, all in parallel, with the same result as one
machine's, whatever the partitions.

>>> from attest import spark as archive
>>> articles = session.read.json("articles/*.jsonl")                    # doctest: +SKIP
>>> articles = archive.warcs(session, "crawl/*.warc.gz")                # doctest: +SKIP
>>> archive.run(session, articles, "out", copies="drop")                # doctest: +SKIP

writes, as Parquet in the native columns of ``attest export`` (and ``record``, the whole record as JSON), ``out/reports``,
``out/claims`` and ``out/incidents``; ``out/failed``, what could not be read, and why; and ``out/import``, the same reports and claims
as JSON Lines for ``attest import out/import/*/part-*``. Every step is a function of its own on data frames.

How the result stays that of one machine:

* Whatever is computed of a row depends on that row alone, and whatever is computed of a group on that group alone, in an order that
  its content decides. So partitions, a retried task and a lost executor change nothing.
* *Copies.* Who copies whom is told by the rule of ``intake::copies``, followed to the letter: the first ``HELD`` reports that have a band hold it; a
  report meets those before it that hold a band of its own; whom it meets in one of ``MET`` bands it is compared with; and of what hangs
  together by that, ``intake`` says who copies whom, in the order of rank. No band is ever joined with itself: one that a million reports share makes
  ``HELD`` million rows, not their square.
* *Incidents.* Two groups of claims can be linked only if they share a block (a country or a degree square, and four days). Links
  are looked for block by block. **A block of more than** ``LARGEST`` **reports is split**: its reports are dealt into parts by a hash of
  their id, and every two parts are a block of their own, so that every pair still meets, and no task holds more than twice a
  part. Groups that links join, and only these, are added up together.
* Ids are made from content, and shortened at the end over all incidents, as one machine does.
"""

from __future__ import annotations

import os
from typing import Callable, Iterator, Union

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.pandas.types import from_arrow_schema

from . import _attest, _rules

LARGEST = 400
"""Reports of a block that are compared in one task; a larger block is split. 800 reports, two parts, have some three million pairs of
groups, which is a matter of seconds."""

LARGEST_FILE = 512 << 20
"""The largest web archive that is opened, in bytes as it lies there."""

BATCH = 32
"""Reports in a batch on its way to Python: a reader takes a second or two for so many, and memory is bounded by it."""


def _schema(make: Callable[[pa.RecordBatch], pa.RecordBatch], **columns: pa.DataType) -> T.StructType:
    """The schema that a function gives, asked of an empty batch."""
    empty = pa.RecordBatch.from_arrays([pa.array([], kind) for kind in columns.values()], names=list(columns))
    return from_arrow_schema(make(empty).schema)


def _map(frame: DataFrame, make: Callable[[pa.RecordBatch], pa.RecordBatch], **columns: pa.DataType) -> DataFrame:
    """Batch by batch, only these columns going to Python."""

    def each(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return (make(batch) for batch in batches)

    return frame.select(*columns).mapInArrow(each, _schema(make, **columns))


def _one(table: pa.Table) -> pa.RecordBatch:
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


def _apply(frame: DataFrame, by: list[str], make: Callable[[pa.RecordBatch], pa.RecordBatch], **columns: pa.DataType) -> DataFrame:
    """Group by group, in an order that their content decides."""
    names = list(columns)

    def each(table: pa.Table) -> pa.Table:
        table = table.select(names).sort_by([(name, "ascending") for name in names if not pa.types.is_list(columns[name])])
        return pa.Table.from_batches([make(_one(table))])

    wanted = list(dict.fromkeys([*by, *names]))
    return frame.select(*wanted).groupBy(*by).applyInArrow(each, _schema(make, **columns))


_TEXT = pa.string()


def warcs(session: SparkSession, *paths: str, largest: int = LARGEST_FILE) -> DataFrame:
    """The pages of web archives as articles, found as ``attest add`` finds them.

    Args:
        paths: files, folders or patterns of WARC, in gzip or not, that all workers reach.
        largest: in bytes; a larger file is not opened.

    A task holds one file at a time, or several that are no more than ``spark.sql.files.maxPartitionBytes`` (128 MB) together: once in its
    Python worker, and up to three times in Java. Of what is unpacked it holds one page, 20 MB at most, and 4 MB of articles, whatever
    the file swells to.

    Returns:
        ``text``, ``title``, ``published``, ``outlet``, ``kind``, ``language``, ``url``, as :func:`reports` takes them; ``failed``, why a
        record or a file gave no article, with the file and the record's number: a damaged record fails alone, and of a file that is
        cut off what came before is kept. :func:`reports` hands it on.
    """

    def each(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return (articles for batch in batches for articles in _attest.WebArchives(batch))

    schema = T.StructType([T.StructField(name, T.StringType()) for name in ("text", "title", "published", "outlet", "kind", "language", "url", "failed")])
    files = session.read.format("binaryFile").load(list(paths))
    pages = files.where(F.col("length") <= largest).select("path", "content").mapInArrow(each, schema)
    # Of these only what the file system tells is looked at.
    why = F.concat("path", F.lit(": it has "), "length", F.lit(f" bytes, more than the {largest} allowed"))
    left = files.where(F.col("length") > largest).select(*[F.lit(None).cast("string").alias(name) for name in schema.names[:-1]], why.alias("failed"))
    return pages.unionByName(left)


def reports(articles: DataFrame) -> DataFrame:
    """Articles as reports, each once, as ``attest add`` makes them of JSON Lines.

    Args:
        articles: columns of strings by any name that the program knows (``text``, ``body``, ``title``, ``date``, ``source``,
            ``url``, …); others are left alone. What has a ``failed`` is no article, as :func:`warcs` gives it.

    Returns:
        ``report_id``, ``published``, ``outlet``, ``outlet_kind``, ``language``, ``title``, ``url``, ``text``; ``rank``, ``whole``, ``coarse``
        and ``fine``, by which copies are looked for; ``failed``, why no report could be made of an article, or null. Articles that
        make the same report are one; of their addresses the least is kept.
    """
    strings = {field.name: _TEXT for field in articles.schema.fields if isinstance(field.dataType, T.StringType)}
    made = _map(articles, _attest.reports_batch, **strings)
    good = made.where("failed is null")
    rest = [F.first(name).alias(name) for name in good.columns if name not in ("report_id", "url")]
    # The same id is the same content: any row of them will do, but for the address.
    once = good.groupBy("report_id").agg(F.min("url").alias("url"), *rest).select(*made.columns)
    return once.unionByName(made.where("failed is not null"))


def components(pairs: DataFrame, rounds: int = 40) -> DataFrame:
    """What hangs together: ``node`` and ``part``, the least node that can be reached from it; only nodes of a pair are in it.

    Args:
        pairs: ``a`` and ``b``, in any order, any number of times.
        rounds: most rounds. Each doubles how far a node sees, so that forty are enough for any archive.

    Every round is written to the session's checkpoint folder: what was found is never found again when an executor is lost, and plans
    stay short. Every session has to be told its own (``session.sparkContext.setCheckpointDir``), a folder that all workers reach;
    :func:`run` takes ``out/state/checkpoints``.

    Raises:
        RuntimeError: it is not settled after so many.
    """
    edges = pairs.select("a", "b").union(pairs.select(F.col("b").alias("a"), F.col("a").alias("b"))).where("a != b").distinct().checkpoint()
    parts = edges.groupBy(F.col("a").alias("node")).agg(F.least(F.min("b"), F.col("a")).alias("part")).checkpoint()
    for _ in range(rounds):
        of_beside = parts.select(F.col("node").alias("b"), F.col("part").alias("beside"))
        seen = edges.join(of_beside, "b").groupBy(F.col("a").alias("node")).agg(F.min("beside").alias("beside"))
        # A leap: the part of one's part.
        of_part = parts.select(F.col("node").alias("part"), F.col("part").alias("leap"))
        nearest = F.least("part", "beside", "leap")
        nearer = parts.join(of_part, "part").join(seen, "node").select("node", nearest.alias("near"), (nearest != F.col("part")).alias("moved"))
        nearer = nearer.checkpoint()
        parts = nearer.select("node", F.col("near").alias("part"))
        if nearer.where("moved").isEmpty():
            return parts
    raise RuntimeError(f"what hangs together is not settled after {rounds} rounds")


def copied(made: DataFrame) -> DataFrame:
    """Which reports copy which: ``report_id`` and ``copy_of``, copies only.

    Args:
        made: what :func:`reports` gave.
    """
    # A number in the order of rank is a key of eight bytes. It is drawn once, written down, and means nothing but that order.
    good = made.where("failed is null")
    ranked = good.select("rank", "report_id", "whole", "coarse", "fine").sort("rank").withColumn("place", F.monotonically_increasing_id()).checkpoint()
    sizes = F.size("coarse").alias("coarse"), F.size("fine").alias("fine")
    kinds = [ranked.select("place", *sizes, F.explode(kind).alias("band"), F.lit(kind == "fine").alias("is_fine")) for kind in ("coarse", "fine")]
    bands = kinds[0].union(kinds[1])
    before = F.row_number().over(Window.partitionBy("band").orderBy("place"))
    holders = bands.select("band", "place", "is_fine").withColumn("before", before).where(F.col("before") <= _attest.HELD)
    held = holders.groupBy("place").agg(F.count_if(~F.col("is_fine")).alias("coarse"), F.count_if("is_fine").alias("fine"))
    old = holders.select("band", F.col("place").alias("old"))
    met = bands.drop("is_fine").withColumnsRenamed({"place": "new"}).join(old, "band").where("old < new")
    # The bands that the one holds, and that the other has: they meet in fine ones only where both have some.
    all_of = held.select(F.col("place").alias("old"), F.col("coarse").alias("held_coarse"), F.col("fine").alias("held_fine"))
    counted = met.join(all_of, "old").groupBy("old", "new", "coarse", "fine", "held_coarse", "held_fine").agg(F.count("*").alias("met"))
    short = F.least(F.col("coarse") + F.col("fine"), F.col("held_coarse") + F.col("held_fine"))
    fewer = F.when((F.col("fine") == 0) | (F.col("held_fine") == 0), F.least("coarse", "held_coarse")).otherwise(short)
    near = counted.where(F.col("met") * _attest.MET >= fewer).select("old", "new")
    columns = {"place": pa.int64(), **dict.fromkeys(("report_id", "published", "outlet", "outlet_kind", "language", "title", "text"), _TEXT)}
    texts = ranked.select("place", "report_id").join(good.drop("rank", "whole", "coarse", "fine"), "report_id")
    pairs = near
    for side in ("old", "new"):
        pairs = pairs.join(texts.select(F.col("place").alias(side), *[F.col(name).alias(f"{side}_{name}") for name in columns]), side)

    def compare(batch: pa.RecordBatch) -> pa.RecordBatch:
        return _attest.compared_batch(*[batch.select([f"{side}_{name}" for name in columns]).rename_columns(list(columns)) for side in ("new", "old")])

    like = _map(pairs, compare, **{f"{side}_{name}": kind for side in ("new", "old") for name, kind in columns.items()}).checkpoint()
    first = ranked.groupBy("whole").agg(F.min("place").alias("first"), F.count("*").alias("held")).where("held > 1")
    same = ranked.join(first, "whole").select(F.col("place").alias("a"), F.col("first").alias("b"))
    parts = components(like.select(F.col("old").alias("a"), F.col("new").alias("b")).union(same.where("a != b"))).withColumnRenamed("node", "place")
    own = like.groupBy(F.col("new").alias("place")).agg(F.collect_list(F.struct("old", "shared")).alias("own"))
    together = ranked.select("place", "report_id", "whole").join(parts, "place").join(own, "place", "left")
    # What hangs together is in one bucket, beside other such things.
    count = 4 * made.sparkSession.sparkContext.defaultParallelism
    bucket = F.pmod(F.xxhash64("part"), F.lit(count)).alias("bucket")
    rows = together.select(bucket, "place", "report_id", "whole", F.col("own.old").alias("like"), F.col("own.shared").alias("shared"))
    numbers = pa.list_(pa.int64())
    return _apply(rows, ["bucket"], _attest.copies_batch, place=pa.int64(), report_id=_TEXT, whole=pa.int64(), like=numbers, shared=numbers)


def readings(marked: DataFrame, *, copies: str = "drop", partitions: int = 0) -> DataFrame:
    """What each report tells.

    Args:
        marked: reports with ``copy_of``.
        copies: ``drop`` leaves reports with a ``copy_of`` unread; ``fold`` reads them too, and lists what they repeat in the
            incidents of their originals, as one machine does. No bound, party, source or dispute depends on it; ``n_claims`` counts
            what was read.
        partitions: how many tasks; by default four a core. They are dealt by a hash of the id, for reports of one outlet or day are
            alike in length.

    Returns:
        ``report_id``, ``n_claims``, ``told`` (JSON: the report without its text, and its claims), ``failed``.
    """
    if copies not in ("drop", "fold"):
        raise ValueError(f"copies are dropped or folded, not {copies!r}")
    count = partitions or 4 * marked.sparkSession.sparkContext.defaultParallelism
    columns = {name: _TEXT for name in ("report_id", "published", "outlet", "outlet_kind", "language", "title", "text", "copy_of", "url")}

    def read(batch: pa.RecordBatch) -> pa.RecordBatch:
        # A task has one core.
        return _attest.readings_batch(batch, 1, copies == "fold")

    return _map(marked.repartition(count, "report_id"), read, **columns)


def claims(told: DataFrame) -> DataFrame:
    """The claims of readings in native columns, in no incident yet, and ``record``."""
    return _map(told, _attest.claims_batch, told=_TEXT)


def links(told: DataFrame, groups: DataFrame, largest: int = LARGEST) -> DataFrame:
    """Which groups of claims are linked across reports: ``a`` and ``b``.

    Args:
        told: readings of reports that copy none.
        groups: the groups of their claims: ``report_id``, ``group``, ``keys``.
        largest: reports of a block that are compared in one task.
    """
    filed = groups.select("report_id", F.explode("keys").alias("block")).distinct()
    sizes = filed.groupBy("block").agg(F.count("*").alias("size")).where("size > 1")
    parts = F.ceil(F.col("size") / F.lit(largest)).cast("int")
    dealt = filed.join(sizes, "block").select("block", "report_id", parts.alias("parts"), F.pmod(F.xxhash64("report_id"), parts).cast("int").alias("own"))
    # Of a whole block nothing; of a split one every other part, or its own where it is alone.
    other = F.when(F.col("parts") == 1, F.array(F.lit(0))).otherwise(F.expr("filter(sequence(0, parts - 1), p -> p != own)"))
    tiles = dealt.withColumn("other", F.explode(other))
    tiles = tiles.select("report_id", "block", F.least("own", "other").alias("one"), F.greatest("own", "other").alias("two"))
    # A pair that shares several blocks is compared in each, and is one link.
    found = _apply(tiles.join(told.select("report_id", "told"), "report_id"), ["block", "one", "two"], _attest.links_batch, told=_TEXT)
    return found.distinct()


def incidents(
    told: DataFrame,
    repeats: DataFrame,
    *,
    rules: Union[str, "os.PathLike[str]"] = "careful",
    licence: str = "CC BY 4.0",
    largest: int = LARGEST,
    buckets: int = 0,
) -> DataFrame:
    """The incidents in native columns, ``record`` and ``claims`` (ids).

    Args:
        told: what :func:`readings` gave.
        repeats: what :func:`copied` gave.
        rules: one of :data:`attest.RULES`, or a path to a rule set in TOML on the driver.
        licence: fills the column of that name.
        largest: see :data:`LARGEST`.
        buckets: in how many tasks incidents are added up; by default four a core.
    """
    name, own = _rules(rules)
    count = buckets or 4 * told.sparkSession.sparkContext.defaultParallelism
    originals = told.where("n_claims > 0").join(repeats.select("report_id"), "report_id", "left_anti").persist()
    groups = _map(originals, _attest.groups_batch, told=_TEXT).persist()
    joined = components(links(originals, groups, largest)).withColumnRenamed("node", "group")
    parts = groups.join(joined, "group", "left").select("report_id", "group", F.coalesce("part", "group").alias("part"))
    whole = parts.groupBy("part", "report_id").agg(F.array_sort(F.collect_list("group")).alias("groups"))
    own_rows = whole.join(originals.select("report_id", "told"), "report_id").select("part", "groups", "told")
    # Copies stand beside their originals, and have no groups.
    beside = whole.select("part", F.col("report_id").alias("copy_of")).join(repeats, "copy_of").join(told.select("report_id", "told"), "report_id")
    beside = beside.select("part", F.lit(None).cast("array<string>").alias("groups"), "told")
    rows = own_rows.unionByName(beside).withColumn("bucket", F.pmod(F.xxhash64("part"), F.lit(count)))

    def add_up(batch: pa.RecordBatch) -> pa.RecordBatch:
        return _attest.incidents_batch(batch, name, licence, own)

    made = _apply(rows, ["bucket"], add_up, part=_TEXT, groups=pa.list_(_TEXT), told=_TEXT)
    # Eight digits where they tell an incident from all others, as one machine shortens them.
    short = F.substring("incident_id", 1, 8)
    twins = made.groupBy(short.alias("short")).agg(F.count("*").alias("twins"))
    made = made.withColumn("short", short).join(twins, "short")
    named = F.when(F.col("twins") == 1, F.col("short")).otherwise(F.col("incident_id"))
    record = F.concat(F.lit('{"id":"'), named, F.expr("substring(record, length('{\"id\":\"') + 11)"))
    return made.withColumn("record", record).withColumn("incident_id", named).drop("short", "twins")


def run(
    session: SparkSession,
    articles: DataFrame,
    out: str,
    *,
    copies: str = "drop",
    rules: Union[str, "os.PathLike[str]"] = "careful",
    licence: str = "CC BY 4.0",
    largest: int = LARGEST,
) -> None:
    """From articles to Parquet and to JSON Lines for ``attest import``, under the folder ``out``, which must not exist.

    Reports, copies and readings are written down under ``out/state`` before anything is made of them, so that what was read is never
    read again. Another session goes on from there, once it has a checkpoint folder of its own.

    Args:
        session: its batches are cut to :data:`BATCH` reports.
        articles, copies, rules, licence, largest: as in the steps above.
    """
    session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(BATCH))
    session.sparkContext.setCheckpointDir(f"{out}/state/checkpoints")
    write = lambda frame, name: frame.write.parquet(f"{out}/{name}")  # noqa: E731
    read = lambda name: session.read.parquet(f"{out}/{name}")  # noqa: E731
    write(reports(articles), "state/reports")
    made = read("state/reports")
    write(copied(made), "state/copies")
    repeats = read("state/copies")
    marked = made.where("failed is null").join(repeats, "report_id", "left")
    write(readings(marked, copies=copies), "state/readings")
    told = read("state/readings")
    failed = made.where("failed is not null").select("report_id", "failed").union(told.where("failed is not null").select("report_id", "failed"))
    write(failed, "failed")
    write(incidents(told, repeats, rules=rules, licence=licence, largest=largest), "state/incidents")
    added_up = read("state/incidents")
    write(added_up.drop("claims"), "incidents")
    of = added_up.select(F.explode("claims").alias("claim_id"), F.col("incident_id").alias("of"))
    own = claims(told).join(of, "claim_id", "left").withColumn("incident_id", F.col("of"))
    write(own.select(*[name for name in own.columns if name != "of"]), "claims")
    nothing = F.lit(None).cast("string")
    native = marked.join(told.select("report_id", "n_claims"), "report_id").select(
        "report_id", "published", "outlet", "outlet_kind", "language", "title", "copy_of", F.col("n_claims").cast("int").alias("n_claims"),
        nothing.alias("recorded_at"), nothing.alias("raw_hash"), "url", "text",
    )  # fmt: skip
    write(native, "reports")
    record = F.struct(
        F.col("report_id").alias("id"), "published", "outlet", F.col("outlet_kind").alias("kind"), "language", "title", "text", "copy_of"
    )
    read("reports").select(F.to_json(record)).write.text(f"{out}/import/reports")
    read("claims").select("record").write.text(f"{out}/import/claims")
