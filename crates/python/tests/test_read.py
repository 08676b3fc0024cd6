"""Reading: objects, offsets, batches, threads, errors."""

from __future__ import annotations

import dataclasses
import json
import pickle
import threading

import attest
import pyarrow as pa
import pytest
from attest import _attest
from generate import articles, web_archive

TEXT = "Gunmen killed 12 soldiers near Gao on Sunday, the army said. Résidents: « au moins 14 morts »."


def test_claims_are_objects_that_point_at_their_words():
    claims = attest.read(TEXT, published="2025-06-03", language="en")
    deaths = next(claim for claim in claims if claim.kind == "deaths")
    assert deaths.count == attest.Count("12", 12, 12)
    assert str(deaths.speaker) == "the army" and deaths.speaker.kind == "military"
    assert deaths.place.name == "Gao" and deaths.place.country == "ML"
    assert deaths.date.start.isoformat() == "2025-06-01"
    assert deaths.reader == attest.reader()
    assert all(TEXT[claim.start : claim.end] == claim.quote for claim in claims)


def test_offsets_count_characters_as_python_does():
    text = "🚑 À Ménaka, des hommes armés ont tué 14 civils dimanche, selon un élu local."
    claims = attest.read(text, published="2025-06-03", language="fr")
    assert claims
    assert all(text[claim.start : claim.end] == claim.quote for claim in claims)


def test_dicts_are_the_programs_json():
    for claim in attest.read(TEXT, published="2025-06-03", title="Twelve soldiers killed near Gao"):
        record = claim.to_dict()
        assert ("in" in record) == (claim.field == "title")
        assert attest.Claim.from_dict(json.loads(json.dumps(record))) == claim
        assert pickle.loads(pickle.dumps(claim)) == claim
    with pytest.raises(KeyError, match="claim has 'id'"):
        attest.Claim.from_dict({})


def test_nothing_is_claimed_without_violence():
    assert attest.read("The river rose by 12 centimetres at Gao on Sunday, the water office said.", published="2025-06-03") == []


def test_a_report_is_made_as_add_makes_it_and_keeps_its_id():
    report = attest.report("  Five killed near Konna.\n\n\nAgain.", published="3 June 2025", url="https://www.lantern.example/x")
    assert (report.text, report.published, report.outlet) == ("Five killed near Konna.\n\nAgain.", "2025-06-03", "lantern.example")
    named = dataclasses.replace(report, id="r1")
    assert {claim.report for claim in attest.read(named)} <= {"r1"}
    with pytest.raises(TypeError, match="fields of its own"):
        attest.read(report, language="en")


@pytest.mark.parametrize(
    ("call", "kind", "says"),
    [
        (lambda: attest.read("x", published="June"), attest.ReportError, "June"),
        (lambda: attest.read("x", kind="blog"), attest.ReportError, "blog"),
        (lambda: attest.read("x", language="English"), attest.ReportError, "English"),
        (lambda: attest.read("x", published=""), attest.ReportError, '"" is not an ISO date'),
        (lambda: attest.read("x", kind=""), attest.ReportError, '"" is not a'),
        (lambda: attest.read("x", language=""), attest.ReportError, '"" is no language'),
        (lambda: attest.report("…"), attest.ReportError, "text"),
        (lambda: attest.report("Five.", published="some day"), attest.ReportError, "some day"),
        (lambda: attest.read_batch(pa.record_batch({"body": ["x"]})), attest.ColumnError, "there are body"),
        (lambda: attest.read_batch(pa.record_batch({"text": [1]})), attest.ColumnError, "Int64"),
        (lambda: attest.read_batch(pa.record_batch({"text": ["a", "b"], "published": [None, "June"]})), attest.ReportError, "row 1"),
        (lambda: attest.reconcile([], rules="kind"), attest.RulesError, "careful, conservative, envelope"),
        (lambda: attest.reconcile([{"id": "c1"}]), attest.ClaimError, "no claims"),
        (lambda: attest.open("nowhere.attest"), attest.LedgerError, "nowhere.attest"),
    ],
)
def test_errors_have_a_class_a_kind_and_say_what_was_wrong(call, kind, says):
    with pytest.raises(kind, match=says) as caught:
        call()
    assert isinstance(caught.value, attest.Error)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_a_batch_is_read_in_place(kind):
    texts = pa.array([TEXT, None, "Two civilians died in Beni on Monday, residents said."], kind)
    batch = pa.record_batch({"text": texts, "published": pa.array(["2025-06-03"] * 3), "language": pa.array(["en"] * 3)})
    before = pa.total_allocated_bytes()
    made = attest.read_batch(batch, threads=2)
    assert pa.total_allocated_bytes() == before, "nothing was copied into arrow's own memory"
    one = [claim.to_dict() for text in (TEXT, texts[2].as_py()) for claim in attest.read(text, published="2025-06-03", language="en")]
    assert [json.loads(record) for record in made["record"].to_pylist()] == one
    assert made["quote"].to_pylist() == [record["quote"] for record in one]
    assert made.schema.field("count_low").type == pa.int32() and made.schema.field("date_start").type == pa.date32()


def test_a_slice_of_a_batch_is_its_own_rows():
    batch = pa.record_batch({"text": ["Nothing.", TEXT, "Nothing."], "published": ["2025-06-03"] * 3})
    assert attest.read_batch(batch.slice(1, 1)).num_rows == attest.read_batch(batch).num_rows > 0


def test_an_empty_cell_of_a_batch_tells_nothing():
    columns = ["report_id", "published", "outlet_kind", "language", "copy_of"]
    empty, null = ({"text": [TEXT], **{name: pa.array([cell], pa.string()) for name in columns}} for cell in ("", None))
    assert attest.read_batch(pa.record_batch(empty)).to_pylist() == attest.read_batch(pa.record_batch(null)).to_pylist() != []


def test_threads_read_the_same_and_leave_the_interpreter_free():
    batch = pa.record_batch({"text": [f"{TEXT} Number {n}." for n in range(6)], "published": ["2025-06-03"] * 6})
    alone = attest.read_batch(batch, threads=1).to_pylist()
    made: list[list] = [[], []]
    ticks = []

    def read(n: int) -> None:
        made[n] = attest.read_batch(batch, threads=1).to_pylist()

    threads = [threading.Thread(target=read, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        ticks.append(1)
        threads[0].join(0.01)
    assert made == [alone, alone]
    assert len(ticks) > 2, "this thread ran while the others read"


def test_a_web_archive_comes_in_batches_and_what_is_damaged_in_it_is_told():
    told = list(articles(40))
    whole = web_archive(told)
    kinds = {"path": pa.string(), "content": pa.binary()}
    files = pa.record_batch({"path": ["a.warc.gz", "b.warc.gz", "c.warc"], "content": [whole, whole[:-300], b""]}, schema=pa.schema(kinds))
    made = list(_attest.WebArchives(files))
    assert max(batch.num_rows for batch in made) <= 32 < sum(batch.num_rows for batch in made)
    rows = [row for batch in made for row in batch.to_pylist()]
    assert [row["url"] for row in rows if row["url"]] == [article["url"] for article in told] + [article["url"] for article in told[:-1]]
    assert [row["title"] for row in rows[:40]] == [article["title"] for article in told]
    failed = [row["failed"] for row in rows if row["failed"]]
    assert failed[0].startswith("b.warc.gz: item ") and "gzip is damaged: it is cut off after" in failed[1]
    assert failed[2:] == ["c.warc: no article text was found in it"]
    with pytest.raises(attest.ColumnError, match="content"):
        _attest.WebArchives(pa.record_batch({"path": ["a"], "content": ["text"]}))
