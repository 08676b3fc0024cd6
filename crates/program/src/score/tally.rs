use std::collections::{BTreeMap, BTreeSet};

use record::{Field, Quote, Report, Span};

use super::{
    Prf, Scores,
    case::{Case, Claim, Incident, Text},
    pairs::{pairs, same_count, same_party, same_place, same_source, share, words},
    ratio,
};

/// Two places nearer than this are the same, in kilometres.
const NEAR_KM: f64 = 25.0;

/// One thing the program got wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The case's name.
    pub case: String,
    /// The report's id.
    pub report: String,
    /// What went wrong.
    pub what: Slipped,
    /// The kind of the claim.
    pub kind: String,
    /// The claim's words: the gold one's, or the program's when it is invented.
    pub quote: String,
    /// Whether the words stand in the title.
    pub title: bool,
    /// How many times the same words stand there before.
    pub occurrence: u32,
    /// The claim's id, gold or, when invented, the program's.
    pub claim: String,
    /// What was expected and what was said, for a wrong field.
    pub why: String,
}

/// How a claim can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slipped {
    /// A gold claim that nothing stands for.
    Missed,
    /// A claim that stands for no gold one.
    Invented,
    /// Matched, but said by somebody else.
    Source,
    /// Matched, but of another count.
    Count,
}

impl std::fmt::Display for Slip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Slip { case, kind, why, .. } = self;
        let short = |length| self.quote.chars().take(length).collect::<String>();
        match self.what {
            Slipped::Missed => write!(f, "{case} missed {kind}: {:?}", short(90)),
            Slipped::Invented => write!(f, "{case} invented {kind}: {:?}", short(90)),
            Slipped::Source => write!(f, "{case} source of {:?}: {why}", short(60)),
            Slipped::Count => write!(f, "{case} count of {:?}: {why}", short(60)),
        }
    }
}

impl Slip {
    /// Where its words stand in the title or text.
    pub fn place(&self, body: &str) -> Option<Span> {
        let quote = Quote { text: self.quote.clone(), field: Field::Text, occurrence: self.occurrence, start: 0, end: 0, span: Span::default() };
        let report = Report { text: body.to_owned(), ..Report::new("wire", "", "", "") };
        quote.locate(&report).ok().map(|found| found.span)
    }
}

/// Right answers and questions of one field.
type Share = (f64, f64);

/// Counts over the cases seen so far.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    gold: i64,
    said: i64,
    hit: i64,
    attributed: i64,
    full: i64,
    counted: i64,
    gold_countable: i64,
    said_countable: i64,
    incidents: i64,
    incidents_said: i64,
    incidents_found: i64,
    disputes: i64,
    disputes_said: i64,
    disputes_found: i64,
    b3: (f64, f64, u32),
    fields: BTreeMap<&'static str, Share>,
    kinds: BTreeMap<String, (u32, u32)>,
}

/// Records of one id, the last one standing, in the order in which the ids first came.
fn by_id<T>(list: &[T], id: fn(&T) -> &str) -> Vec<&T> {
    let mut at = BTreeMap::new();
    let mut kept: Vec<&T> = Vec::new();
    for record in list {
        let place = *at.entry(id(record)).or_insert(kept.len());
        if place < kept.len() {
            kept[place] = record;
        } else {
            kept.push(record);
        }
    }
    kept
}

impl Tally {
    /// Counts one case in. A gold case without claims must not come here; `said` is empty when nothing was predicted.
    /// Gives what went wrong, in the order of the gold claims, then of the predicted ones.
    pub fn add(&mut self, name: &str, gold: &Case, said: &Case) -> Vec<Slip> {
        let reports: BTreeMap<&str, &Text> = gold.reports.iter().map(|report| (report.id.as_str(), report)).collect();
        let claims = by_id(gold.claims.as_deref().unwrap_or_default(), |c| &c.id);
        let answers = by_id(said.claims.as_deref().unwrap_or_default(), |c| &c.id);
        let matched = pairs(&claims, &answers, &reports);
        let mut answer_of = vec![None; claims.len()];
        let mut gold_of = vec![None; answers.len()];
        for &(g, p) in &matched {
            (answer_of[g], gold_of[p]) = (Some(p), Some(g));
        }
        let slip = |what, claim: &Claim, why| Slip {
            case: name.to_owned(),
            report: claim.report.clone().unwrap_or_default(),
            what,
            kind: claim.kind.clone().unwrap_or_default(),
            quote: claim.quote.clone().unwrap_or_default(),
            title: claim.field.as_deref() == Some("title"),
            occurrence: claim.occurrence.unwrap_or(0),
            claim: claim.id.clone(),
            why,
        };
        let needed = |claim: &Claim| claim.optional != Some(true);
        let mut slips = Vec::new();
        for (g, claim) in claims.iter().enumerate().filter(|(_, claim)| needed(claim)) {
            self.gold += 1;
            let kind = self.kinds.entry(claim.kind.clone().unwrap_or_default()).or_default();
            kind.1 += 1;
            let Some(p) = answer_of[g] else {
                slips.push(slip(Slipped::Missed, claim, String::new()));
                continue;
            };
            kind.0 += 1;
            let (source, count) = self.matched(claim, answers[p]);
            if !source {
                slips.push(slip(Slipped::Source, claim, format!("gold {} got {}", speaker(claim), speaker(answers[p]))));
            }
            if claim.count.is_some() && !count {
                slips.push(slip(Slipped::Count, claim, format!("gold {} got {}", bounds(claim), bounds(answers[p]))));
            }
        }
        let excused = matched.iter().filter(|(g, _)| !needed(claims[*g])).count();
        self.said += answers.len() as i64 - excused as i64;
        for (p, claim) in answers.iter().enumerate() {
            if gold_of[p].is_none() {
                slips.push(slip(Slipped::Invented, claim, String::new()));
            }
            if claim.count.is_some() && gold_of[p].is_none_or(|g: usize| needed(claims[g])) {
                self.said_countable += 1;
            }
        }
        self.gold_countable += claims.iter().filter(|claim| needed(claim) && claim.count.is_some()).count() as i64;

        let aligned = self.group(&matched, &claims, &answers);
        let ids = (answers.iter().zip(&gold_of)).map(|(claim, g)| (claim.id.as_str(), g.map(|g| claims[g].id.as_str()))).collect();
        self.incidents(gold, said, &aligned, &ids);
        slips
    }

    fn field(&mut self, name: &'static str, right: impl Into<f64>) {
        let share = self.fields.entry(name).or_default();
        share.0 += right.into();
        share.1 += 1.0;
    }

    /// Counts the fields of one matched claim; gives whether source and count are right.
    fn matched(&mut self, gold: &Claim, said: &Claim) -> (bool, bool) {
        let (source, count, place) = (same_source(gold, said), same_count(gold, said), same_place(gold, said));
        let (scope, stance) = (gold.scope == said.scope, gold.stance == said.stance);
        let asked = gold.victims.as_deref().is_some_and(|victims| !victims.is_empty());
        let victims = !asked || gold.victims == said.victims;
        self.hit += 1;
        for (name, right) in [("source", source), ("place", place), ("scope", scope), ("stance", stance)] {
            self.field(name, right);
        }
        let counts = gold.count.is_some();
        if counts {
            self.field("count", count);
            self.counted += i64::from(count);
        }
        if asked {
            self.field("victims", victims);
        }
        for (name, a, b) in [("actor", &gold.actor, &said.actor), ("target", &gold.target, &said.target)] {
            if a.is_some() {
                self.field(name, same_party(a.as_ref(), b.as_ref()));
            }
        }
        if let Some(date) = &gold.date {
            self.field("date", within_a_day(Some(date), said.date.as_ref()));
        }
        self.attributed += i64::from(source);
        self.full += i64::from(source && (!counts || count) && scope && stance && place && victims);
        (source, count)
    }

    /// B-cubed over the matched claims that have a gold incident, and which predicted incident stands for which gold one.
    fn group<'a>(&mut self, matched: &[(usize, usize)], gold: &[&'a Claim], said: &[&'a Claim]) -> BTreeMap<&'a str, &'a str> {
        let labels: Vec<(&str, Option<&str>)> = (matched.iter())
            .filter_map(|&(g, p)| Some((gold[g].incident.as_deref().filter(|i| !i.is_empty())?, said[p].incident.as_deref())))
            .collect();
        let mut shared: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        for &(g, p) in &labels {
            let same_gold = labels.iter().filter(|other| other.0 == g).count() as f64;
            let (same_said, both) = match p {
                Some(_) => {
                    (labels.iter().filter(|other| other.1 == p).count() as f64, labels.iter().filter(|&&other| other == (g, p)).count() as f64)
                }
                None => (1.0, 1.0),
            };
            self.b3.0 += both / same_said;
            self.b3.1 += both / same_gold;
            self.b3.2 += 1;
            if let Some(p) = p.filter(|p| !p.is_empty()) {
                *shared.entry((g, p)).or_default() += 1;
            }
        }
        let mut shared: Vec<_> = shared.into_iter().collect();
        shared.sort_by_key(|&(ids, n)| (std::cmp::Reverse(n), ids));
        let (mut aligned, mut used) = (BTreeMap::new(), BTreeSet::new());
        for ((g, p), _) in shared {
            if !aligned.contains_key(g) && !used.contains(p) {
                aligned.insert(g, p);
                used.insert(p);
            }
        }
        aligned
    }

    fn incidents(&mut self, gold: &Case, said: &Case, aligned: &BTreeMap<&str, &str>, gold_of: &BTreeMap<&str, Option<&str>>) {
        let said: BTreeMap<&str, &Incident> = said.incidents.iter().map(|incident| (incident.id.as_str(), incident)).collect();
        self.incidents += gold.incidents.len() as i64;
        self.incidents_said += said.len() as i64;
        let nothing = Incident::default();
        for incident in &gold.incidents {
            let stand_in = aligned.get(incident.id.as_str());
            if incident.optional == Some(true) {
                self.incidents -= 1;
                self.incidents_said -= i64::from(stand_in.is_some());
                continue;
            }
            let found = stand_in.and_then(|id| said.get(id));
            self.incidents_found += i64::from(found.is_some());
            let answer = found.copied().unwrap_or(&nothing);
            self.field("incident type", incident.kind == answer.kind);
            self.field("incident date", within_a_day(incident.date.as_ref(), answer.date.as_ref()));
            self.field("incident place", same_spot(incident, answer));
            self.deaths(incident, answer);
            self.field("incident status", incident.status == answer.status);

            let told: BTreeSet<BTreeSet<Option<&str>>> = (answer.disputes.iter())
                .filter(|dispute| !dispute.claims().is_empty())
                .map(|dispute| dispute.claims().iter().map(|id| gold_of.get(id.as_str()).copied().flatten()).collect())
                .collect();
            let real: Vec<BTreeSet<Option<&str>>> =
                incident.disputes.iter().map(|dispute| dispute.claims().iter().map(|id| Some(id.as_str())).collect()).collect();
            self.disputes += real.len() as i64;
            self.disputes_found += real.iter().filter(|pair| told.contains(*pair)).count() as i64;
            self.disputes_said += answer.disputes.len() as i64;
        }
    }

    fn deaths(&mut self, gold: &Incident, said: &Incident) {
        let Some((gold, best)) = gold.total().and_then(|toll| Some((toll.clone(), toll.best?))) else { return };
        let said = said.total();
        self.field("deaths best", said.as_ref().is_some_and(|toll| toll.best == Some(best)));
        let range = |toll: &super::case::Toll| toll.low.zip(toll.high);
        let part = range(&gold).zip(said.as_ref().and_then(range)).map_or(0.0, |(a, b)| {
            let shared = a.1.min(b.1) - a.0.max(b.0) + 1.0;
            shared.max(0.0) / (a.1.max(b.1) - a.0.min(b.0) + 1.0)
        });
        self.field("deaths range", part);
    }

    /// The figures over everything counted so far.
    pub fn scores(&self) -> Scores {
        let (precision, recall, n) = self.b3;
        let b3 = if n == 0 {
            Prf::of(0, 0, 0)
        } else {
            let (p, r) = (100.0 * precision / f64::from(n), 100.0 * recall / f64::from(n));
            Prf { p, r, f: 2.0 * p * r / (p + r), counts: None }
        };
        Scores {
            detection: Prf::of(self.hit, self.said, self.gold),
            attributed: Prf::of(self.attributed, self.said, self.gold),
            counted: Prf::of(self.counted, self.said_countable, self.gold_countable),
            full: Prf::of(self.full, self.said, self.gold),
            incidents: Prf::of(self.incidents_found, self.incidents_said, self.incidents),
            disputes: Prf::of(self.disputes_found, self.disputes_said, self.disputes),
            b3,
            fields: self.fields.iter().map(|(name, share)| (*name, ratio(share.0, share.1))).collect(),
            kinds: self.kinds.clone(),
        }
    }
}

fn speaker(claim: &Claim) -> String {
    let none = "its own voice".to_owned();
    claim.source.last().map_or(none, |link| format!("{}:{:?}", link.kind.as_deref().unwrap_or("?"), link.name.as_deref().unwrap_or_default()))
}

fn bounds(claim: &Claim) -> String {
    let bound = |n: Option<f64>| n.map_or_else(|| "open".to_owned(), |n| n.to_string());
    claim.count.as_ref().map_or_else(|| "none".to_owned(), |count| format!("{}/{}", bound(count.low), bound(count.high)))
}

fn within_a_day(a: Option<&super::case::Day>, b: Option<&super::case::Day>) -> bool {
    let day = |date: Option<&super::case::Day>| {
        let start = date?.start.as_deref()?;
        start.chars().take(10).collect::<String>().parse::<jiff::civil::Date>().ok()
    };
    day(a).zip(day(b)).is_some_and(|(a, b)| (a - b).get_days().abs() <= 1)
}

fn same_spot(gold: &Incident, said: &Incident) -> bool {
    let (Some(gold), Some(said)) = (&gold.place, &said.place) else { return false };
    let near = (gold.lat.zip(gold.lon)).zip(said.lat.zip(said.lon)).is_some_and(|(a, b)| distance_km(a, b) <= NEAR_KM);
    let name = |place: &super::case::Place| words(place.name.as_deref().unwrap_or_default());
    near || share(&name(gold), &name(said))
}

fn distance_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let [lat1, lon1, lat2, lon2] = [a.0, a.1, b.0, b.1].map(f64::to_radians);
    let h = ((lat2 - lat1) / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * ((lon2 - lon1) / 2.0).sin().powi(2);
    12742.0 * h.min(1.0).sqrt().asin()
}
