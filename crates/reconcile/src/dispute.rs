//! Pairs of claims that cannot both be true.
//!
//! Which pairs can be at odds at all is exact (two figures of one side that exclude each other, a denial and what it may
//! deny, two authors of one deed, two outcomes, two statuses of the same dead); how likely such a pair is what a reader
//! would call the dispute is a weighted sum of signs, trained on coded cases.

use std::collections::{BTreeMap, BTreeSet};

use record::{Certainty, Dispute, Field, Kind, Over, Polarity, SourceKind, Stance};

use crate::Model;
use crate::atlas::Camp;
use crate::fact::Fact;
use crate::kindred::same_party;
use crate::parties::Cast;
use crate::toll::side;

/// Most pairs of one incident that are weighed; beyond, an incident is a war and its least telling pairs are left.
const MOST_PAIRS: usize = 20_000;

/// Two claims that may be at odds.
pub(crate) struct Pair<'f, 'a> {
    pub(crate) a: &'f Fact<'a>,
    pub(crate) b: &'f Fact<'a>,
    over: Over,
    /// Signs that they are, or are not.
    pub(crate) signs: Vec<(&'static str, f32)>,
}

/// Most disputes of one claim: beyond, they tell one disagreement again.
const MOST_OF_ONE: usize = 2;

/// The disputes of an incident, in order of their claims. One disagreement is one dispute, however many claims repeat either
/// side of it: between two voices only the likeliest pair, and of the pairs of one claim the two likeliest.
pub(crate) fn disputes(facts: &[&Fact], cast: &Cast, model: &Model) -> Vec<Dispute> {
    let mut weighed: Vec<(f32, Pair)> = candidates(facts, cast)
        .into_iter()
        .map(|p| (model.disputes.odds(p.signs.iter().copied()), p))
        .filter(|p| p.0 > model.disputes.threshold)
        .collect();
    weighed.sort_by(|x, y| y.0.total_cmp(&x.0).then_with(|| (&x.1.a.claim.id, &x.1.b.claim.id).cmp(&(&y.1.a.claim.id, &y.1.b.claim.id))));
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    let mut heard = BTreeSet::new();
    let mut found = BTreeSet::new();
    for (_, pair) in &weighed {
        let ids = [pair.a.claim.id.as_str(), pair.b.claim.id.as_str()];
        let mut voices = [voice(pair.a), voice(pair.b)];
        voices.sort_unstable();
        if ids.iter().any(|id| used.get(id).is_some_and(|n| *n >= MOST_OF_ONE)) || !heard.insert((pair.over, voices)) {
            continue;
        }
        for id in ids {
            *used.entry(id).or_default() += 1;
        }
        let [a, b] = if ids[0] <= ids[1] { ids } else { [ids[1], ids[0]] };
        found.insert(Dispute { claims: [a.to_owned(), b.to_owned()], over: pair.over });
    }
    found.into_iter().collect()
}

/// Every pair that can be at odds, with its signs.
pub(crate) fn candidates<'f, 'a>(facts: &[&'f Fact<'a>], cast: &Cast) -> Vec<Pair<'f, 'a>> {
    let mut pairs = Vec::new();
    let view = View { facts, cast };
    for (n, a) in facts.iter().enumerate() {
        for b in &facts[n + 1..] {
            if pairs.len() >= MOST_PAIRS {
                return pairs;
            }
            if let Some((over, signs)) = view.pair(a, b) {
                pairs.push(Pair { a, b, over, signs });
            }
        }
    }
    pairs
}

/// How two kinds can be at odds.
#[derive(Clone, Copy, PartialEq)]
enum Kin {
    Same,
    /// Both say who did it or that it was done.
    Acts,
    /// A deed and its harm.
    Harm,
    /// Who holds a place.
    Hold,
}

fn kin(a: Kind, b: Kind) -> Option<Kin> {
    let acts = |k: Kind| k.is_violence() || matches!(k, Kind::Responsibility | Kind::Attribution);
    let harm = |k: Kind| k.is_violence() || matches!(k, Kind::Deaths | Kind::Injuries | Kind::Abduction | Kind::Destruction);
    let hold = |k: Kind| matches!(k, Kind::Seizure | Kind::Recapture | Kind::Withdrawal | Kind::Repelled | Kind::Clash | Kind::Siege | Kind::Attack);
    let both = |f: &dyn Fn(Kind) -> bool| f(a) && f(b);
    if a == b {
        Some(Kin::Same)
    } else if both(&acts) {
        Some(Kin::Acts)
    } else if both(&harm) {
        Some(Kin::Harm)
    } else if both(&hold) {
        Some(Kin::Hold)
    } else {
        None
    }
}

/// Who speaks, roughly.
#[derive(Clone, Copy, PartialEq)]
enum Says {
    Party,
    Outlet,
    Neutral,
}

struct View<'v, 'f, 'a> {
    facts: &'v [&'f Fact<'a>],
    cast: &'v Cast,
}

type Signs = Vec<(&'static str, f32)>;

impl View<'_, '_, '_> {
    fn pair(&self, a: &Fact, b: &Fact) -> Option<(Over, Signs)> {
        let kin = kin(a.claim.kind, b.claim.kind)?;
        let unsure = |f: &Fact| f.claim.stance == Stance::DoesNotConfirm;
        if unsure(a) || unsure(b) {
            return None;
        }
        match (a.claim.polarity, b.claim.polarity) {
            (Polarity::Negative, Polarity::Positive) => Some(self.denial(a, b, kin)),
            (Polarity::Positive, Polarity::Negative) => Some(self.denial(b, a, kin)),
            (Polarity::Negative, Polarity::Negative) => None,
            _ if voice(a) == voice(b) => None,
            _ => self.figures(a, b).or_else(|| self.status(a, b)).or_else(|| self.authors(a, b, kin)).or_else(|| self.outcomes(a, b, kin)),
        }
    }

    fn says(&self, fact: &Fact) -> Says {
        let speaker = self.cast.speaker(fact);
        match speaker.kind {
            None => Says::Outlet,
            Some(
                SourceKind::ArmedGroup
                | SourceKind::Military
                | SourceKind::Police
                | SourceKind::Government
                | SourceKind::ForeignGovernment
                | SourceKind::UnnamedOfficial,
            ) => Says::Party,
            Some(_) => Says::Neutral,
        }
    }

    fn is_group(&self, fact: &Fact) -> bool {
        self.cast.speaker(fact).kind == Some(SourceKind::ArmedGroup)
    }

    /// The side that the victims of a claim belong to, when it says.
    fn side(&self, fact: &Fact) -> Option<String> {
        Some(side(fact, self.cast).0).filter(|s| s != "unknown" && fact.claim.kind.has_victims())
    }

    /// Others of one kind, as many as fit, on a scale that grows slowly.
    fn others(&self, fits: impl Fn(&Fact) -> bool) -> f32 {
        (self.facts.iter().filter(|f| fits(f)).count() as f32).ln_1p()
    }

    /// A denial and what it may deny.
    fn denial(&self, no: &Fact, yes: &Fact, kin: Kin) -> (Over, Signs) {
        let mut s = Signs::new();
        let denies = no.claim.stance == Stance::Denies;
        s.push((if denies { "deny" } else { "no" }, 1.0));
        let akin = match kin {
            Kin::Same => "no same kind",
            Kin::Acts => "no acts",
            Kin::Harm => "no harm",
            Kin::Hold => "no hold",
        };
        s.push((akin, 1.0));
        s.push((no_kind(no.claim.kind), 1.0));
        if let Some(same) = same_party(no.actor.as_ref(), yes.actor.as_ref()) {
            s.push((if same { "no actor same" } else { "no actor other" }, 1.0));
            if same && matches!(kin, Kin::Same | Kin::Acts) {
                s.push(("no actor same act", 1.0));
            }
        }
        let sides = self.side(no).zip(self.side(yes));
        if let Some((x, y)) = &sides {
            s.push((if x == y { "no side same" } else { "no side other" }, 1.0));
        }
        if no.claim.kind == Kind::Deaths && yes.claim.kind == Kind::Deaths {
            if let Some((x, y)) = no.claim.count.as_ref().zip(yes.claim.count.as_ref()) {
                s.push((if (x.low, x.high) == (y.low, y.high) { "no count same" } else { "no count other" }, 1.0));
            }
            if no.claim.count.as_ref().is_some_and(|c| c.high == Some(0)) {
                s.push(("no zero", 1.0));
            }
        }
        s.push((
            match no.published().cmp(yes.published()) {
                std::cmp::Ordering::Greater => "no later",
                std::cmp::Ordering::Less => "no earlier",
                std::cmp::Ordering::Equal => "no same time",
            },
            1.0,
        ));
        if !denies && voice(no) == voice(yes) {
            s.push(("no own voice", 1.0));
        }
        if voice(no) == voice(yes) {
            s.push(("no one voice", 1.0));
        }
        if yes.claim.stance == Stance::Alleges {
            s.push(("no alleged", 1.0));
        }
        s.push((
            match self.says(yes) {
                Says::Party => "no of party",
                Says::Outlet => "no of outlet",
                Says::Neutral => "no of neutral",
            },
            1.0,
        ));
        s.push((
            match self.says(no) {
                Says::Party => "no by party",
                Says::Outlet => "no by outlet",
                Says::Neutral => "no by neutral",
            },
            1.0,
        ));
        if [no, yes].iter().any(|f| f.claim.quote.field == Field::Title) {
            s.push(("no title", 1.0));
        }
        if no.claim.report == yes.claim.report {
            s.push(("no one report", 1.0));
            s.push(("no near", near(no, yes)));
            let (from, to) = (no.position().min(yes.position()), no.position().max(yes.position()));
            let between = |f: &Fact| {
                f.claim.report == no.claim.report
                    && f.position() > from
                    && f.position() < to
                    && (f.claim.kind == no.claim.kind || f.claim.kind == yes.claim.kind)
            };
            if !self.facts.iter().any(|f| between(f)) {
                s.push(("no adjacent", 1.0));
            }
        }
        s.push(("no rivals", self.others(|f| f.claim.polarity == Polarity::Positive && f.claim.kind == yes.claim.kind)));
        s.push(("no denials", self.others(|f| f.claim.polarity == Polarity::Negative && f.claim.kind == no.claim.kind)));
        let over = match (no.claim.kind, yes.claim.kind) {
            (Kind::Responsibility | Kind::Attribution, _) => Over::Actor,
            (Kind::Deaths, Kind::Deaths) => Over::Deaths,
            (Kind::Injuries | Kind::Captives | Kind::Seizure | Kind::Recapture | Kind::Repelled | Kind::Withdrawal | Kind::Destruction, _) => {
                Over::Outcome
            }
            (_, Kind::Responsibility | Kind::Attribution) => Over::Actor,
            _ => Over::Occurrence,
        };
        (over, s)
    }

    /// Two figures that exclude each other.
    fn figures(&self, a: &Fact, b: &Fact) -> Option<(Over, Signs)> {
        let kind = a.claim.kind;
        if kind != b.claim.kind || !matches!(kind, Kind::Deaths | Kind::Injuries | Kind::Captives | Kind::Abduction | Kind::Missing) {
            return None;
        }
        let (sa, sb) = (self.side(a), self.side(b));
        if sa.is_some() && sb.is_some() && sa != sb {
            return None;
        }
        let range = |f: &Fact| f.claim.count.as_ref().and_then(|c| Some((c.low.or(c.high)?, c.high)));
        let (ra, rb) = (range(a)?, range(b)?);
        let (few, many, x, y) = if ra.0 <= rb.0 { (a, b, ra, rb) } else { (b, a, rb, ra) };
        let most = x.1.filter(|most| *most < y.0)?;
        let dead = kind == Kind::Deaths;
        let mut s = Signs::new();
        let mut put = |name: &'static str, value: f32| {
            if value != 0.0 {
                s.push((name, value));
            }
        };
        let flag = |b: bool| if b { 1.0 } else { 0.0 };
        put(if dead { "dead" } else { "hurt" }, 1.0);
        put("toll one side", flag(sa.is_some() && sa == sb));
        put("toll no side", flag(sa.is_none() && sb.is_none()));
        put("toll one day", flag(day(a) == day(b)));
        put("toll one report", flag(a.claim.report == b.claim.report));
        put("toll rises", flag(day(many) > day(few)));
        put("toll falls", flag(day(many) < day(few)));
        let (low, high) = (self.says(few), self.says(many));
        put("toll few by party", flag(low == Says::Party));
        put("toll many by party", flag(high == Says::Party));
        put("toll by parties", flag(low == Says::Party && high == Says::Party));
        put("toll by group", flag(self.is_group(a) || self.is_group(b)));
        put("toll by camps", flag(self.cast.speaker(a).camp != self.cast.speaker(b).camp && low == Says::Party && high == Says::Party));
        put("toll by outlet", flag(low == Says::Outlet || high == Says::Outlet));
        put("toll few by neutral", flag(low == Says::Neutral));
        put("toll many by neutral", flag(high == Says::Neutral));
        put("toll rises by group", flag(day(many) > day(few) && (self.is_group(a) || self.is_group(b))));
        let ratio = if most > 0 { (y.0 as f32 / most as f32).ln() } else { 3.0 };
        put("toll ratio", ratio.min(3.0));
        put("toll far", flag(ratio > 1.2));
        put("toll few", flag(most <= 2));
        put("toll possible", flag([a, b].iter().any(|f| f.claim.certainty == Certainty::Possible)));
        put("toll approximate", flag([a, b].iter().any(|f| f.claim.count.as_ref().is_some_and(|c| c.approx))));
        put("toll open", flag(y.1.is_none()));
        put("toll title", flag([a, b].iter().any(|f| f.claim.quote.field == Field::Title)));
        put("toll near", if a.claim.report == b.claim.report { near(a, b) } else { 0.0 });
        put("toll estimate", flag([a, b].iter().any(|f| f.claim.stance == Stance::Estimates)));
        put("toll confirmed", flag([a, b].iter().any(|f| f.claim.stance == Stance::Confirms)));
        put("toll recalled", flag(a.is_recalled() || b.is_recalled()));
        let of_kind = |f: &Fact| f.claim.kind == kind && f.claim.polarity == Polarity::Positive;
        let part = |f: &&&Fact| of_kind(f) && voice(f) == voice(few) && range(f).is_some_and(|r| r.0 > x.0);
        put("toll part", flag(self.facts.iter().any(|f| part(&f))));
        put("toll few again", self.others(|f| of_kind(f) && range(f) == Some(x)) - 2f32.ln());
        put("toll many again", self.others(|f| of_kind(f) && range(f) == Some(y)) - 2f32.ln());
        put("toll figures", self.others(of_kind));
        let first = |fact: &Fact, value| {
            let same = self.facts.iter().filter(|f| of_kind(f) && range(f) == Some(value));
            let order = |f: &Fact| (f.claim.quote.field == Field::Title, f.published().to_owned(), f.claim.report.clone(), f.position());
            same.min_by_key(|f| order(f)).is_some_and(|f| f.claim.id == fact.claim.id)
        };
        put("toll few first", flag(first(few, x)));
        put("toll many first", flag(first(many, y)));
        Some((if dead { Over::Deaths } else { Over::Outcome }, s))
    }

    /// The same dead, fighters to one and civilians to the other.
    fn status(&self, a: &Fact, b: &Fact) -> Option<(Over, Signs)> {
        if a.claim.kind != Kind::Deaths || b.claim.kind != Kind::Deaths {
            return None;
        }
        let (sa, sb) = (self.side(a)?, self.side(b)?);
        if sa == sb || (sa != "civilians" && sb != "civilians") {
            return None;
        }
        let says = [self.says(a), self.says(b)];
        let low = |f: &Fact| f.claim.count.as_ref().and_then(|c| c.low);
        let flag = |b: bool| if b { 1.0 } else { 0.0 };
        let ratio = low(a).zip(low(b)).map_or(0.0, |(x, y)| ((x as f32 + 1.0) / (y as f32 + 1.0)).ln().abs());
        let state = |f: &Fact| matches!(f.side.as_ref().map(|w| &w.camp), Some(Camp::State(_)));
        Some((
            Over::Occurrence,
            vec![
                ("status", 1.0),
                ("status equal", flag(low(a).is_some() && low(a) == low(b))),
                ("status party", flag(says.contains(&Says::Party))),
                ("status parties", flag(says[0] == Says::Party && says[1] == Says::Party)),
                ("status camps", flag(self.cast.speaker(a).camp != self.cast.speaker(b).camp)),
                ("status one day", flag(day(a) == day(b))),
                ("status one report", flag(a.claim.report == b.claim.report)),
                ("status ratio", ratio),
                ("status probable", flag([a, b].iter().any(|f| f.claim.certainty == Certainty::Probable))),
                ("status of state", flag(state(a) || state(b))),
                ("status claims", (self.facts.len() as f32).ln_1p()),
            ],
        ))
    }

    /// Two authors of one deed.
    fn authors(&self, a: &Fact, b: &Fact, kin: Kin) -> Option<(Over, Signs)> {
        let act = |k: Kind| k.is_violence() || matches!(k, Kind::Responsibility | Kind::Attribution);
        if !matches!(kin, Kin::Same | Kin::Acts) || !act(a.claim.kind) {
            return None;
        }
        let (wa, wb) = (a.actor.as_ref()?, b.actor.as_ref()?);
        if wa.key == wb.key {
            return None;
        }
        let flag = |b: bool| if b { 1.0 } else { 0.0 };
        let of = |k: Kind| [a, b].iter().filter(|f| f.claim.kind == k).count() as f32;
        let says = [self.says(a), self.says(b)];
        let crossed = [(a, wb), (b, wa)].iter().any(|(f, w)| f.target.as_ref().is_some_and(|t| t.key == w.key));
        Some((
            Over::Actor,
            vec![
                ("author", 1.0),
                ("author unnamed", flag(wa.is_generic || wb.is_generic)),
                ("author claimed", of(Kind::Responsibility)),
                ("author attributed", of(Kind::Attribution)),
                ("author clash", flag([a, b].iter().any(|f| f.claim.kind == Kind::Clash))),
                ("author alleged", flag([a, b].iter().any(|f| f.claim.stance == Stance::Alleges))),
                ("author parties", flag(says[0] == Says::Party && says[1] == Says::Party)),
                ("author camps", flag(self.cast.speaker(a).camp != self.cast.speaker(b).camp)),
                ("author group", flag(self.is_group(a) || self.is_group(b))),
                ("author outlet", flag(says.contains(&Says::Outlet))),
                ("author one report", flag(a.claim.report == b.claim.report)),
                ("author near", if a.claim.report == b.claim.report { near(a, b) } else { 0.0 }),
                ("author crossed", flag(crossed)),
                ("author one target", flag(same_party(a.target.as_ref(), b.target.as_ref()) == Some(true))),
                ("author title", flag([a, b].iter().any(|f| f.claim.quote.field == Field::Title))),
                ("author claims", (self.facts.len() as f32).ln_1p()),
            ],
        ))
    }

    /// Two outcomes: who holds the place.
    fn outcomes(&self, a: &Fact, b: &Fact, kin: Kin) -> Option<(Over, Signs)> {
        let hold = |k: Kind| matches!(k, Kind::Seizure | Kind::Recapture | Kind::Withdrawal | Kind::Repelled | Kind::Clash | Kind::Siege);
        if !matches!(kin, Kin::Same | Kin::Hold) || !hold(a.claim.kind) || !hold(b.claim.kind) || a.claim.kind == Kind::Clash {
            return None;
        }
        let (wa, wb) = (a.actor.as_ref()?, b.actor.as_ref()?);
        let flag = |b: bool| if b { 1.0 } else { 0.0 };
        let of = |k: Kind| flag([a, b].iter().any(|f| f.claim.kind == k));
        let says = [self.says(a), self.says(b)];
        Some((
            Over::Outcome,
            vec![
                ("outcome", 1.0),
                ("outcome actors", flag(wa.key != wb.key)),
                ("outcome seizure", of(Kind::Seizure)),
                ("outcome recapture", of(Kind::Recapture)),
                ("outcome withdrawal", of(Kind::Withdrawal)),
                ("outcome repelled", of(Kind::Repelled)),
                ("outcome one kind", flag(a.claim.kind == b.claim.kind)),
                ("outcome parties", flag(says[0] == Says::Party && says[1] == Says::Party)),
                ("outcome camps", flag(self.cast.speaker(a).camp != self.cast.speaker(b).camp)),
                ("outcome group", flag(self.is_group(a) || self.is_group(b))),
                ("outcome one report", flag(a.claim.report == b.claim.report)),
                ("outcome other day", flag(day(a) != day(b))),
                ("outcome claims", (self.facts.len() as f32).ln_1p()),
            ],
        ))
    }
}

/// Report and speaker.
fn voice<'f>(fact: &'f Fact) -> (&'f str, Option<&'f str>) {
    (fact.claim.report.as_str(), fact.claim.speaker().map(|s| s.name.as_str()))
}

fn day<'f>(fact: &'f Fact) -> &'f str {
    fact.published().get(..10).unwrap_or("")
}

/// 1 for claims side by side, towards 0 as they stand apart in one text.
fn near(a: &Fact, b: &Fact) -> f32 {
    let apart = a.claim.quote.start.abs_diff(b.claim.quote.start);
    (-(apart as f32) / 150.0).exp()
}

fn no_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Deaths => "no deaths",
        Kind::Injuries => "no injuries",
        Kind::Responsibility => "no responsibility",
        Kind::Attribution => "no attribution",
        Kind::Seizure | Kind::Recapture | Kind::Repelled | Kind::Withdrawal => "no holding",
        Kind::Abduction | Kind::Arrest | Kind::Captives | Kind::Missing => "no taking",
        kind if kind.is_violence() => "no violence",
        _ => "no other",
    }
}
