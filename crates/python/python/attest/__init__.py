"""Who says what happened, and how sure are we: attributed claims out of reports of armed conflict, and the incidents that they
add up to.

>>> import attest
>>> claims = attest.read("Gunmen killed 12 soldiers near Gao on Sunday, the army said.", published="2025-06-03")
>>> [(claim.kind, str(claim.count), str(claim.speaker)) for claim in claims if claim.count]
[('deaths', '12', 'the army')]
>>> print(*attest.reconcile(claims)[0].deaths)
Malian Armed Forces 12–12–12 total 12–12–12

The model, the gazetteer and the rule sets are inside; nothing is fetched, ever. The first call in a process loads the model. All
functions may be called from several threads at once and let other threads run while they work. Same input, same output.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Optional, Sequence, Union

from . import _attest
from ._attest import (
    ClaimError,
    ColumnError,
    Error,
    FilterError,
    LedgerError,
    ModelError,
    ReadError,
    ReportError,
    RulesError,
    __version__,
)
from .records import (
    Bound,
    Claim,
    Count,
    Days,
    Dispute,
    Incident,
    IncidentDays,
    IncidentPlace,
    Party,
    PartyName,
    PlaceName,
    Record,
    Report,
    Source,
    Toll,
)

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "read", "read_batch", "report", "mark_copies", "reconcile", "open", "reader", "RULES", "Ledger",
    "Report", "Claim", "Incident", "Source", "PartyName", "PlaceName", "Days", "Count", "Toll", "Bound", "Party", "Dispute",
    "IncidentDays", "IncidentPlace", "Record",
    "Error", "ReportError", "ReadError", "ClaimError", "ColumnError", "RulesError", "FilterError", "LedgerError", "ModelError",
    "__version__",
]  # fmt: skip

RULES: tuple[str, ...] = tuple(_attest.rule_sets())
"""The rule sets by which tolls are resolved: ``careful`` (after UCDP; the default), ``conservative``, ``envelope``."""


def reader() -> str:
    """The version of the reader and the hash of its model, as every claim carries it in ``reader``.

    Raises:
        ModelError: the model that the wheel carries is damaged.
    """
    return _attest.reader()


def report(
    text: str,
    *,
    title: Optional[str] = None,
    published: Optional[str] = None,
    outlet: Optional[str] = None,
    kind: Optional[str] = None,
    language: Optional[str] = None,
    url: Optional[str] = None,
) -> Report:
    """An article as a report, made as ``attest add`` makes it.

    Blanks are tidied, and what is not given is guessed from the text: language, date (from a dateline or the address), outlet
    (from the address), kind (from the outlet). Offsets of claims then count in ``report.text``, not in ``text``.

    Args:
        text: the body; paragraphs parted by blank lines.
        title: the headline.
        published: an ISO 8601 date or time, or a date as English or French outlets print it.
        outlet: who published it.
        kind: what sort of publisher, see :attr:`Report.kind`.
        language: ISO 639-1.
        url: where it is published.

    Raises:
        ReportError: there is no letter in the text, or a field is not understood; the message says which.
    """
    return Report.from_dict(json.loads(_attest.report(text, title, published, outlet, kind, language, url)))


def read(
    text: Union[str, Report],
    *,
    published: Optional[str] = None,
    language: Optional[str] = None,
    title: str = "",
    outlet: str = "",
    kind: str = "newspaper",
) -> list[Claim]:
    """The claims of one text, in the order of their words.

    The text is read as it stands, so that ``text[claim.start:claim.end] == claim.quote`` for every claim of the body
    (``claim.field == "text"``). It works on every core; for many texts :func:`read_batch` is faster.

    Args:
        text: the body, or a :class:`Report`, whose own fields then count and the others must not be given.
        published: ISO 8601 date or time. Without it, "on Sunday" means no day.
        language: ISO 639-1, ``en`` or ``fr``; guessed when it is not given.
        title, outlet, kind: as in :class:`Report`. Headlines are read too.

    Returns:
        The claims; none for a text that shows no violence. Each carries its report as ``origin``.

    Raises:
        ReportError: ``published``, ``kind`` or ``language`` is none.
        ReadError: the reader stumbled over it.
        ModelError: the model that the wheel carries is damaged.
    """
    if isinstance(text, Report):
        if published or language or title or outlet or kind != "newspaper":
            raise TypeError("a Report has fields of its own: change them with dataclasses.replace")
        told = text
    else:
        told = Report.from_dict(json.loads(_attest.report_as_it_is(text, title, published, outlet, kind, language)))
    return _claims(_attest.read(json.dumps(told.to_dict())), {told.id: told})


def _claims(text: str, reports: Mapping[str, Report]) -> list[Claim]:
    claims = []
    for record in json.loads(text):
        claim = Claim.from_dict(record)
        object.__setattr__(claim, "origin", reports.get(claim.report))
        claims.append(claim)
    return claims


def read_batch(batch: "pa.RecordBatch", *, threads: int = 0) -> "pa.RecordBatch":
    """The claims of a batch of reports.

    Args:
        batch: anything with ``__arrow_c_array__``: a ``pyarrow.RecordBatch``, one of polars' or DuckDB's. Columns of strings
            (``string``, ``large_string`` or ``string_view``, all read in place): ``text``, and, if there, ``report_id``,
            ``published`` (ISO 8601), ``outlet``, ``outlet_kind``, ``language``, ``title``, ``url``. Others are left alone.
            A report without ``report_id`` is known by its content.
        threads: how many reports are read at once; 0 is one a core.

    Returns:
        A ``pyarrow.RecordBatch``, one row a claim, in the order of the reports: the native columns of claims as
        ``attest export claims`` has them (33 of them; days as ``date32``, numbers as ``int32``), and ``record``, the whole
        claim as JSON. ``quote_start`` and ``quote_end`` count Unicode characters.

    Raises:
        ColumnError: there is no ``text``, or a column is not of strings.
        ReportError: a cell makes no report; the message gives the row, counted from 0.
        ReadError: the reader stumbled over a row.
    """
    return _attest.read_batch(batch, threads or os.cpu_count() or 1)


def mark_copies(reports: Iterable[Report]) -> list[Report]:
    """The reports, those that republish another of them, wholly or nearly, with its id in ``copy_of``.

    Their order does not matter; they come back in it. A report that has a ``copy_of`` already keeps it.
    """
    reports = list(reports)
    marked = _attest.mark_copies(json.dumps([report.to_dict() for report in reports]))
    return [Report.from_dict(record) for record in json.loads(marked)]


def _rules(rules: Union[str, "os.PathLike[str]"]) -> tuple[str, Optional[str]]:
    if isinstance(rules, os.PathLike):
        path = os.fspath(rules)
        try:
            with _open_file(path, encoding="utf-8") as file:
                return path, file.read()
        except OSError as error:
            raise RulesError(f"cannot read the rule set {path!r}: {error.strerror}") from error
    return rules, None


def reconcile(
    claims: Iterable[Union[Claim, Mapping[str, Any]]],
    *,
    reports: Optional[Iterable[Union[Report, Mapping[str, Any]]]] = None,
    rules: Union[str, "os.PathLike[str]"] = "careful",
) -> list[Incident]:
    """The incidents that claims add up to, by date, then by id; those without a date last.

    Args:
        claims: of any number of reports, in any order; claims or dicts of the program's JSON.
        reports: the reports of the claims. Needed for claims that do not carry theirs as ``origin``; given, it is all that
            counts, and copies are those with a ``copy_of``. Without it, copies are looked for among the reports that the
            claims carry.
        rules: one of :data:`RULES`, or a path to a rule set in TOML.

    Raises:
        ClaimError: something is no claim, or its report is not there.
        ReportError: something is no report.
        RulesError: there are no such rules.
    """
    name, own = _rules(rules)
    claims = list(claims)
    if reports is None:
        origins = {claim.origin.id: claim.origin for claim in claims if isinstance(claim, Claim) and claim.origin is not None}
        told = [report.to_dict() for report in mark_copies(origins.values())]
    else:
        told = [_record(report) for report in reports]
    return [
        Incident.from_dict(record)
        for record in json.loads(_attest.reconcile_claims(json.dumps(told), json.dumps([_record(claim) for claim in claims]), name, own))
    ]


def _record(record: Union[Record, Mapping[str, Any]]) -> Mapping[str, Any]:
    return record.to_dict() if isinstance(record, Record) else record


class Ledger:
    """A ledger's rows as Arrow tables, in the native columns of ``attest export``.

    Nothing is written. A ledger may be asked from several threads; they wait for one another. Filters are those of
    ``--where``: ``"country=ML from=2024-06-01 deaths_min=10"``.
    """

    def __init__(self, path: Union[str, "os.PathLike[str]"]) -> None:
        self._path = os.fspath(path)
        self._ledger = _attest.Ledger(self._path)

    def __repr__(self) -> str:
        return f"attest.open({self._path!r})"

    def incidents(self, where: str = "", *, rules: str = "careful", licence: str = "CC BY 4.0") -> "pa.Table":
        """Incidents in force: 48 columns from ``incident_id`` and ``type`` to tolls, ``status`` and ``disputed_over``.

        Types are those of exported Parquet: people are counted in ``int32``, degrees are ``float64`` (WGS 84, no finer than the place
        is known), days ``date32``, the rest strings; ``deaths_by_side`` is JSON. ``rules`` and ``licence`` only fill the columns of
        that name.

        Raises:
            FilterError: ``where`` makes no sense.
            LedgerError: the ledger cannot be read.
        """
        return _table(self._ledger.incidents(where, rules, licence))

    def claims(self, where: str = "") -> "pa.Table":
        """Claims of the readings in force: 33 columns from ``claim_id`` to ``url``, with ``source_chain``, ``speaker``, ``stance``,
        ``count_low`` and ``count_high`` (people or things, ``int32``), ``quote_start`` and ``quote_end`` (Unicode characters).

        Raises:
            FilterError, LedgerError: as :meth:`incidents`.
        """
        return _table(self._ledger.claims(where))

    def reports(self, where: str = "", *, with_text: bool = False) -> "pa.Table":
        """Reports: 11 columns from ``report_id`` to ``url``, and ``text`` when asked for.

        Raises:
            FilterError, LedgerError: as :meth:`incidents`.
        """
        return _table(self._ledger.reports(where, with_text))


def _table(batches: "list[pa.RecordBatch]") -> "pa.Table":
    import pyarrow

    return pyarrow.Table.from_batches(batches)


_open_file = open


def open(path: Union[str, "os.PathLike[str]"]) -> Ledger:  # noqa: A001  (as gzip.open)
    """Opens a ledger that ``attest init`` or ``attest add`` made, to read it.

    Raises:
        LedgerError: there is none, it is none, or it was made by an older attest and has to be brought up to date.
    """
    return Ledger(path)
