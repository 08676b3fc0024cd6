"""Adding up, copies, rule sets, ledgers."""

from __future__ import annotations

import dataclasses
import json

import attest
import pytest

ARMY = "Gunmen attacked an army post near Gao on Sunday. The army said 3 soldiers were killed and that it had killed 40 fighters."
GROUP = "The River Front said on Monday that it had attacked the army post near Gao on Sunday and killed 25 soldiers."


@pytest.fixture(scope="module")
def claims():
    army = attest.report(ARMY, published="2025-06-02", outlet="Agence Nord", kind="wire", language="en")
    group = attest.report(GROUP, published="2025-06-03", outlet="Harbour Times", kind="newspaper", language="en")
    return [*attest.read(army), *attest.read(group)]


def test_rule_sets_differ_on_the_same_claims(claims):
    totals = {rules: max((i.toll().high, i.toll().best) for i in attest.reconcile(claims, rules=rules) if i.toll()) for rules in attest.RULES}
    assert set(attest.RULES) == {"careful", "conservative", "envelope"}
    assert len(set(totals.values())) > 1, totals


def test_every_bound_leads_to_claims(claims):
    ids = {claim.id for claim in claims}
    for incident in attest.reconcile(claims):
        assert set(incident.claims) <= ids
        assert attest.Incident.from_dict(json.loads(json.dumps(incident.to_dict()))) == incident
        for toll in incident.deaths:
            assert toll.low <= toll.best <= toll.high
            assert {claim for bound in toll.because for claim in bound.claims} <= ids


def test_neither_order_nor_form_of_the_claims_matters(claims):
    made = attest.reconcile(claims)
    reports = {claim.origin.id: claim.origin for claim in claims}.values()
    assert attest.reconcile(reversed(claims)) == made
    assert attest.reconcile([claim.to_dict() for claim in claims], reports=[report.to_dict() for report in reports]) == made
    with pytest.raises(attest.ClaimError, match="pass it in `reports`"):
        attest.reconcile([claim.to_dict() for claim in claims])


def test_rules_of_ones_own(claims, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text("name = 7")
    with pytest.raises(attest.RulesError, match="own.toml"):
        attest.reconcile(claims, rules=own)
    with pytest.raises(attest.RulesError, match="no-such.toml"):
        attest.reconcile(claims, rules=tmp_path / "no-such.toml")


def test_a_copy_is_found_and_is_no_second_voice():
    text = ARMY + " The attackers came on motorcycles at dawn, burnt two vehicles and left with the arms that they had found in a store."
    first = attest.report(text, published="2025-06-02", outlet="Agence Nord", language="en")
    second = attest.report(text + " (With Agence Nord)", published="2025-06-03", outlet="Evening Ledger", language="en")
    marked = attest.mark_copies([second, first])
    assert [report.copy_of for report in marked] == [first.id, None]
    alone = attest.reconcile(attest.read(first))
    both = attest.reconcile([claim for report in marked for claim in attest.read(report)])
    assert [dataclasses.replace(i, claims=()) for i in both] == [dataclasses.replace(i, claims=()) for i in alone]


def test_a_ledger_is_read_as_tables(made):
    ledger = attest.open(made.db)
    for what, table in (("incidents", ledger.incidents()), ("claims", ledger.claims()), ("reports", ledger.reports())):
        header = made.run("export", what).splitlines()[0].split(",")
        assert table.column_names == header
        assert table.num_rows == len(made.rows(what)) > 0
    assert ledger.reports(with_text=True).column("text").null_count == 0
    deadly = ledger.incidents("deaths_min=10")
    assert 0 < deadly.num_rows < ledger.incidents().num_rows
    assert min(deadly.column("deaths_high").to_pylist()) >= 10
    with pytest.raises(attest.FilterError, match="colour"):
        ledger.incidents("colour=red")


def test_what_is_no_ledger_is_said_to_be_none(tmp_path):
    (tmp_path / "x.attest").write_text("nothing of the sort")
    with pytest.raises(attest.LedgerError, match="x.attest"):
        attest.open(tmp_path / "x.attest")


def test_tables_are_taken_as_they_are(made):
    pandas, polars, duckdb = (pytest.importorskip(name) for name in ("pandas", "polars", "duckdb"))
    claims = attest.open(made.db).claims()
    counted = sum(count or 0 for count in claims["count_low"].to_pylist())
    frame = claims.to_pandas()
    assert isinstance(frame, pandas.DataFrame) and frame["count_low"].sum() == counted > 0
    assert polars.from_arrow(claims)["count_low"].sum() == counted
    assert duckdb.sql("select sum(count_low) from claims").fetchall() == [(counted,)]
