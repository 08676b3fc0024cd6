"""The wheel and the binary: the same claims and incidents, row for row."""

from __future__ import annotations

import json
import subprocess

import attest
import pyarrow as pa


def test_claims_and_incidents_of_cases(binary, cases, tmp_path):
    """Case by case, with the case's own ids, against `attest score --predictions`."""
    for case in cases:
        (tmp_path / "cases").mkdir(exist_ok=True)
        (tmp_path / "cases" / case.name).write_bytes(case.read_bytes())
    subprocess.run([binary, "score", tmp_path / "cases", "--predictions", tmp_path / "out"], check=True, capture_output=True)
    for case in cases:
        told = [attest.Report.from_dict(report) for report in json.loads(case.read_text(encoding="utf-8"))["reports"]]
        told = attest.mark_copies([attest.Report.from_dict(report.to_dict() | {"copy_of": None}) for report in told])
        claims = [claim for report in told for claim in attest.read(report)]
        incidents = attest.reconcile(claims, reports=told)
        of = {claim: incident.id for incident in incidents for claim in incident.claims}
        binarys = json.loads((tmp_path / "out" / case.name).read_text(encoding="utf-8"))
        assert [claim.to_dict() | {"incident": of.get(claim.id)} for claim in claims] == binarys["claims"], case.name
        assert [incident.to_dict() for incident in incidents] == binarys["incidents"], case.name


def test_claims_of_a_corpus(made, corpus):
    """A batch, against `attest extract --format json`."""
    articles = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines()]
    reports = [attest.report(**{key: value for key, value in article.items() if value}) for article in articles]
    columns = {name: [getattr(report, of) for report in reports] for name, of in {
        "report_id": "id", "published": "published", "outlet": "outlet", "outlet_kind": "kind", "language": "language", "title": "title", "text": "text",
    }.items()}  # fmt: skip
    batch = attest.read_batch(pa.record_batch(columns))
    assert [json.loads(record) for record in batch["record"].to_pylist()] == json.loads(made.run("extract", corpus, "--format", "json"))


def test_incidents_of_a_corpus(made):
    """All at once, against a ledger that grew."""
    ledger = attest.open(made.db)
    reports = [{**row, "copy_of": row.get("copy_of")} for row in made.rows("reports", "--with-text")]
    claims = [attest.Claim.from_dict(row) for row in made.rows("claims")]
    incidents = {incident.id: incident.to_dict() for incident in attest.reconcile(claims, reports=reports)}
    assert incidents == {row["id"]: attest.Incident.from_dict(row).to_dict() for row in made.rows("incidents")}
    assert sorted(incidents) == sorted(ledger.incidents().column("incident_id").to_pylist())
