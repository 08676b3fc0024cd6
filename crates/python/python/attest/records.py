"""The nouns: a report is a text somebody published, a claim one thing it says and who says it, an incident one thing that
happened as the claims about it add up. Fields, words and meaning are those of the program's JSON; see docs/claims.md.

Every record is immutable, compares by value, and goes to and comes from the program's JSON with ``to_dict`` and ``from_dict``.
"""

from __future__ import annotations

import dataclasses
import datetime
import types
import typing
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Tuple, TypeVar, Union

_R = TypeVar("_R", bound="Record")


def _left_out(default: Any = None) -> Any:
    """A field that JSON leaves out at its default."""
    return field(default=default, metadata={"left_out": True})


@dataclass(frozen=True)
class Record:
    """What all records can do."""

    def to_dict(self) -> dict[str, Any]:
        """The record as the program's JSON has it: plain dicts, lists, strings, numbers, booleans and ``None``."""
        out: dict[str, Any] = {}
        for f in dataclasses.fields(self):
            value = getattr(self, f.name)
            if f.metadata.get("hidden") or (f.metadata.get("left_out") and value == f.default):
                continue
            out[f.metadata.get("json", f.name)] = _plain(value)
        return out

    @classmethod
    def from_dict(cls: type[_R], record: Mapping[str, Any]) -> _R:
        """The record of a dict in the program's JSON. Keys that it does not know are left alone.

        Raises:
            KeyError: a key is missing that every such record has.
            ValueError: a day is no ISO date.
        """
        kinds = _kinds(cls)
        given: dict[str, Any] = {}
        for f in dataclasses.fields(cls):
            key = f.metadata.get("json", f.name)
            if f.metadata.get("hidden"):
                continue
            if key in record:
                given[f.name] = _typed(kinds[f.name], record[key])
            elif f.default is dataclasses.MISSING:
                raise KeyError(f"a {cls.__name__.lower()} has {key!r}")
        return cls(**given)


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


_KINDS: dict[type, dict[str, Any]] = {}


def _kinds(cls: type) -> dict[str, Any]:
    if cls not in _KINDS:
        _KINDS[cls] = typing.get_type_hints(cls)
    return _KINDS[cls]


def _typed(kind: Any, value: Any) -> Any:
    origin, of = typing.get_origin(kind), typing.get_args(kind)
    if value is None:
        return None
    if origin in (Union, types.UnionType):
        return _typed(of[0], value)
    if origin is tuple:
        return tuple(_typed(of[0], item) for item in value)
    if isinstance(kind, type) and issubclass(kind, Record):
        return kind.from_dict(value)
    if kind is datetime.date:
        return datetime.date.fromisoformat(value)
    return value


@dataclass(frozen=True)
class Report(Record):
    """A text that somebody published, as it came."""

    id: str
    """From the content: ten base-32 digits."""
    published: Optional[str]
    """ISO 8601 date, with time and zone if known."""
    outlet: str
    """Who published it; empty when unknown."""
    kind: str
    """``wire newspaper broadcast local-media communique group-statement un ngo analysis social``"""
    language: str
    """ISO 639-1; ``und`` when nobody can tell."""
    title: str
    """Headline, may be empty."""
    text: str
    """Body; paragraphs are parted by one blank line."""
    copy_of: Optional[str] = None
    """Id of the report that this one republishes."""


@dataclass(frozen=True)
class Source(Record):
    """One link of the chain of who says a claim."""

    name: str
    """As printed."""
    kind: str
    """``armed-group``, ``military``, ``resident``, …"""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class PartyName(Record):
    """An actor or a target."""

    text: str
    """As printed."""
    name: str
    """By its usual full name."""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class PlaceName(Record):
    """The place that a claim is tied to."""

    text: str
    """As printed."""
    name: str
    """By its usual name."""
    country: Optional[str]
    """ISO 3166 alpha-2 of the country that the report places it in."""
    gazetteer: Optional[str] = _left_out()
    """The gazetteer's id, when it was resolved."""
    lat: Optional[float] = _left_out()
    """WGS 84 degrees, -90 to 90, when it was resolved."""
    lon: Optional[float] = _left_out()
    """WGS 84 degrees, -180 to 180, when it was resolved."""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Days(Record):
    """The days that a claim speaks of: ``start <= end``, both included."""

    text: Optional[str]
    """As printed, when the words stand in the claim's own sentence."""
    start: datetime.date
    end: datetime.date

    def __str__(self) -> str:
        return f"{self.start}" if self.start == self.end else f"{self.start} to {self.end}"


@dataclass(frozen=True)
class Count(Record):
    """How many, as the words say it: ``low <= high`` where both are known."""

    text: str
    """As printed."""
    low: Optional[int]
    """Fewest that the words allow; ``None`` is open."""
    high: Optional[int]
    """Most that they allow; ``None`` is open."""
    approx: bool = _left_out(False)
    """Whether the words round."""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Claim(Record):
    """One thing that a report says, with who says it; it always points at the words that make it."""

    id: str
    """From the content: ten base-32 digits."""
    report: str
    """Id of the report."""
    quote: str
    """The words, exactly as printed: ``text[start:end]``."""
    field: str = dataclasses.field(default="text", kw_only=True, metadata={"json": "in", "left_out": True})
    """``text`` or ``title``: where they stand."""
    occurrence: int = dataclasses.field(default=0, kw_only=True, metadata={"left_out": True})
    """How often the same words stand there before."""
    start: int
    """First character of the quote: Unicode code points, as Python counts."""
    end: int
    """One past its last character."""
    source: Tuple[Source, ...]
    """Who says it, outermost first; empty when the report says it in its own voice."""
    stance: str
    """``states confirms denies does-not-confirm estimates alleges shows``"""
    certainty: str
    """What the words commit to: ``certain probable possible``"""
    polarity: str
    """``positive``, or ``negative``: said not to have happened."""
    kind: str
    """What is asserted: ``attack deaths injuries airstrike …``"""
    scope: str
    """``incident``, ``period`` (a total over many) or ``background`` (only recalled)."""
    incident: Optional[str]
    """Id of the incident, where that is known."""
    actor: Optional[PartyName]
    target: Optional[PartyName]
    place: Optional[PlaceName]
    date: Optional[Days]
    count: Optional[Count]
    victims: Optional[str]
    """``military police armed-group civilian peacekeeper mixed unknown``"""
    side: Optional[str]
    """The party that the victims belong to, by its usual full name."""
    weapon: Optional[str]
    """As printed."""
    score: Optional[float] = _left_out()
    """How sure the reader is, 0 to 1, calibrated; ``None`` for a person's claim."""
    reader: Optional[str] = _left_out()
    """Version of the reader and hash of its model."""
    event: Optional[int] = _left_out()
    """Claims of one report with the same number are taken to be about one event."""
    origin: Optional[Report] = dataclasses.field(default=None, kw_only=True, repr=False, compare=False, metadata={"hidden": True})
    """The report itself, for claims that :func:`attest.read` made; not part of the record."""

    @property
    def speaker(self) -> Optional[Source]:
        """The innermost speaker; ``None`` when the report says it in its own voice."""
        return self.source[-1] if self.source else None


@dataclass(frozen=True)
class Bound(Record):
    """Why a bound stands where it does."""

    bound: str
    """``low``, ``best`` or ``high``."""
    claims: Tuple[str, ...]
    """Ids of the claims that set it."""
    rule: str
    """The rule that fired."""


@dataclass(frozen=True)
class Toll(Record):
    """How many people, for one side: ``low <= best <= high``."""

    side: str
    """A party's name, ``civilians``, ``unknown`` or ``total``."""
    low: int
    best: int
    high: int
    because: Tuple[Bound, ...] = _left_out(())
    """The receipt of each bound."""

    def __str__(self) -> str:
        return f"{self.side} {self.low}–{self.best}–{self.high}"


@dataclass(frozen=True)
class IncidentDays(Record):
    """When an incident happened: the first and the last day that it can have been."""

    start: datetime.date
    end: datetime.date
    precision: str
    """``day week month year``"""


@dataclass(frozen=True)
class IncidentPlace(Record):
    """Where an incident happened."""

    name: str
    admin1: Optional[str]
    """First-level unit."""
    admin2: Optional[str] = dataclasses.field(default=None, kw_only=True, metadata={"left_out": True})
    """Second-level unit."""
    country: Optional[str]
    """ISO 3166 alpha-2."""
    lat: Optional[float]
    """WGS 84 degrees."""
    lon: Optional[float]
    """WGS 84 degrees."""
    precision: str
    """``exact near admin2 admin1 country area sea-air``"""


@dataclass(frozen=True)
class Party(Record):
    """An actor in one incident."""

    name: str
    role: str
    """``attacker defender victim other``"""
    basis: str
    """``claimed`` (by itself), ``attributed`` (by others) or ``undisputed``."""


@dataclass(frozen=True)
class Dispute(Record):
    """Two claims that cannot both be true."""

    claims: Tuple[str, ...]
    """Ids of the two."""
    over: str
    """``deaths actor outcome date place occurrence``"""


@dataclass(frozen=True)
class Incident(Record):
    """One thing that happened, as the claims about it add up under a rule set."""

    id: str
    """Eight base-32 digits, ten where that many are needed to tell two apart; carries no meaning."""
    type: str
    """ACLED's sub-event name in lower case, such as ``armed clash``."""
    date: Optional[IncidentDays]
    place: Optional[IncidentPlace]
    parties: Tuple[Party, ...]
    deaths: Tuple[Toll, ...]
    """Per side and in total."""
    injured: Tuple[Toll, ...] = dataclasses.field(default=(), kw_only=True, metadata={"left_out": True})
    abducted: Tuple[Toll, ...] = dataclasses.field(default=(), kw_only=True, metadata={"left_out": True})
    displaced: Tuple[Toll, ...] = dataclasses.field(default=(), kw_only=True, metadata={"left_out": True})
    status: str
    """``claimed`` (by a party only), ``reported`` (by somebody without a stake), ``corroborated`` or ``contested``."""
    disputes: Tuple[Dispute, ...]
    claims: Tuple[str, ...]
    """Ids of its claims, in order of report and place in the text."""

    def toll(self, side: str = "total") -> Optional[Toll]:
        """The deaths of a side, or in total; ``None`` where nobody says."""
        return next((toll for toll in self.deaths if toll.side == side), None)
