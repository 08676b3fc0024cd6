use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use ledger::{ClaimEntry, Event, IncidentEntry, Ledger, Proposal, Redirect};
use record::{Claim, Dispute, Id, Incident, Over, Repeats, Report, ReportKind, Toll};
use serde::Serialize;

use crate::Result;
use crate::paint::clean;
use crate::side::{Relation, Side, Sides, origin, relation};

/// One incident with everything that it stands on.
#[derive(Clone, Debug, Serialize)]
pub struct IncidentView {
    /// A heading: what, and where.
    pub title: String,
    /// The incident and its history.
    #[serde(rename = "incident")]
    pub entry: IncidentEntry,
    /// Reports that tell of it, copies included.
    pub n_reports: usize,
    /// Sources independent of one another.
    pub n_independent: usize,
    /// Its claims, in its order.
    pub claims: Vec<ClaimLine>,
    /// The claims by where their speakers stand: parties first, in the incident's order, then no stake.
    pub sides: Vec<SideGroup>,
    /// Its reports by publication, copies folded under their originals.
    pub reports: Vec<ReportLine>,
    /// Pairs that cannot both be true, in words.
    pub disputes: Vec<DisputeLine>,
    /// The sources independent of one another, in the order in which they first speak.
    pub voices: Vec<VoiceLine>,
    /// The dead in total as they became known, from the versions of the record.
    pub known: Vec<Known>,
    /// The way here from the id that was asked for, when that one was merged.
    pub redirects: Vec<Redirect>,
    /// What people decided about it and its claims.
    pub decisions: Vec<Event>,
    /// What the machine would have instead.
    pub proposal: Option<Proposal>,
}

/// A claim as one line of a view.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimLine {
    /// `c1`, `c2`, … within the view.
    pub label: String,
    /// The claim, and what people said of it.
    #[serde(rename = "claim")]
    pub entry: ClaimEntry,
    /// Who says it, outermost first, the outlet before all.
    pub chain: Vec<String>,
    /// Who says it, in a word or two: the innermost speaker, or the outlet.
    pub speaker: String,
    /// Where the speaker stands.
    pub side: Side,
    /// What the speaker has to do with the victims.
    pub relation: Relation,
    /// Label of its report within the view.
    pub report_label: String,
    /// Label of the original when its report is a copy: then it is not counted.
    pub copy_of: Option<String>,
}

/// A source independent of the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VoiceLine {
    /// A party, an outlet or a speaker.
    pub name: String,
    /// Labels of its claims; those of copies are their original's.
    pub claims: Vec<String>,
}

/// Claims of speakers that stand together.
#[derive(Clone, Debug, Serialize)]
pub struct SideGroup {
    /// Where they stand.
    pub side: Side,
    /// Indices into the view's claims.
    pub claims: Vec<usize>,
}

/// A report as one line of a view.
#[derive(Clone, Debug, Serialize)]
pub struct ReportLine {
    /// `r1`, `r2`, … within the view.
    pub label: String,
    /// The report.
    pub id: Id,
    /// Its outlet.
    pub outlet: String,
    /// What sort of outlet.
    pub kind: ReportKind,
    /// When it was published.
    pub published: Option<String>,
    /// Its language.
    pub language: String,
    /// Its headline.
    pub title: String,
    /// Labels of the view's claims in it.
    pub claims: Vec<String>,
    /// Reports that republish it.
    pub copies: Vec<ReportLine>,
}

/// A dispute in words.
#[derive(Clone, Debug, Serialize)]
pub struct DisputeLine {
    /// What over.
    pub over: Over,
    /// Labels of the pair.
    pub claims: [String; 2],
    /// The whole of it as a sentence.
    pub words: String,
}

/// The dead in total at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Known {
    /// When the record said so first.
    pub recorded_at: Timestamp,
    /// Least.
    pub low: u64,
    /// Most likely.
    pub best: u64,
    /// Most.
    pub high: u64,
}

/// One incident; the id of a merged one leads to the survivor.
///
/// # Errors
/// [`ledger::Error::Unknown`], [`ledger::Error::Withdrawn`].
pub fn incident(ledger: &Ledger, id: &str) -> Result<IncidentView> {
    incident_at(ledger, id, None)
}

/// [`incident`] as the ledger stood then.
///
/// # Errors
/// As there.
pub fn incident_at(ledger: &Ledger, id: &str, as_of: Option<Timestamp>) -> Result<IncidentView> {
    ledger.snapshot(|ledger| {
        let aliases = ledger.aliases(as_of)?;
        let mut entry = ledger.incident_entry(id, as_of)?;
        let mut claims = ledger.claims_of_incident_at(&entry.incident.id, as_of)?;
        aliases.name_incident(&mut entry.incident);
        claims.iter_mut().for_each(|entry| aliases.name_claim(&mut entry.claim));
        let plain: Vec<Claim> = claims.iter().map(|entry| entry.claim.clone()).collect();
        let reports = with_copies(ledger, &plain, as_of)?;
        let mut known: Vec<Known> = Vec::new();
        for version in ledger.incident_history(&entry.incident.id)? {
            if as_of.is_some_and(|as_of| version.recorded_at > as_of) {
                break;
            }
            let Some(toll) = total(&version.incident.deaths) else { continue };
            let same = known.last().is_some_and(|last| (last.low, last.best, last.high) == (toll.low, toll.best, toll.high));
            if !same {
                known.push(Known { recorded_at: version.recorded_at, low: toll.low, best: toll.best, high: toll.high });
            }
        }
        let redirects = ledger.redirects(id, as_of)?;
        let mut decisions = ledger.events(Some(&entry.incident.id), as_of)?;
        decisions.retain(Event::is_decision);
        let proposal = ledger.proposal(&entry.incident.id, as_of)?;
        Ok(IncidentView { redirects, decisions, proposal, ..build(entry, claims, &reports, known) })
    })
}

/// The same claims and reports under another outcome of the same incident: what rules or speakers left out would change.
/// Nothing is written.
///
/// # Errors
/// Those of the ledger.
pub fn incident_under(ledger: &Ledger, view: &IncidentView, incident: Incident, as_of: Option<Timestamp>) -> Result<IncidentView> {
    ledger.snapshot(|ledger| {
        let claims: Vec<ClaimEntry> = view.claims.iter().map(|line| line.entry.clone()).collect();
        let plain: Vec<Claim> = claims.iter().map(|entry| entry.claim.clone()).collect();
        let reports = with_copies(ledger, &plain, as_of)?;
        let id = view.entry.incident.id.clone();
        let entry = IncidentEntry { incident: Incident { id, ..incident }, ..view.entry.clone() };
        Ok(build(entry, claims, &reports, view.known.clone()))
    })
}

/// The total, or the only toll there is.
pub fn total(tolls: &[Toll]) -> Option<&Toll> {
    tolls.iter().find(|toll| toll.side == "total").or(match tolls {
        [only] => Some(only),
        _ => None,
    })
}

/// The reports of some claims, their originals, and the copies of those; each after its original, else by publication.
pub(crate) fn with_copies(ledger: &Ledger, claims: &[Claim], as_of: Option<Timestamp>) -> Result<Vec<Report>> {
    let mut originals: BTreeMap<Id, Report> = BTreeMap::new();
    for id in claims.iter().map(|claim| &claim.report).collect::<BTreeSet<_>>() {
        let mut report = ledger.report(id)?;
        // A copy of a copy leads to the first; a chain that does not end stops at what was seen.
        let mut seen = BTreeSet::from([report.id.clone()]);
        while let Some(original) = report.copy_of.clone().filter(|original| seen.insert(original.clone())) {
            match ledger.report(&original) {
                Ok(original) => report = original,
                Err(ledger::Error::Unknown { .. }) => break,
                Err(error) => return Err(error.into()),
            }
        }
        originals.insert(report.id.clone(), report);
    }
    let mut originals: Vec<Report> = originals.into_values().collect();
    originals.sort_by(|a, b| by_publication(a).cmp(&by_publication(b)));
    let mut found: Vec<Report> = Vec::new();
    let mut seen = BTreeSet::new();
    for original in originals {
        let mut queue = vec![original];
        while let Some(report) = queue.pop() {
            if seen.insert(report.id.clone()) {
                let mut copies = ledger.copies_of(&report.id, as_of)?;
                copies.sort_by(|a, b| by_publication(b).cmp(&by_publication(a)));
                found.push(report);
                queue.extend(copies);
            }
        }
    }
    Ok(found)
}

fn by_publication(report: &Report) -> (bool, &str, &str) {
    (report.published.is_none(), report.published.as_ref().map_or("", |p| p.as_str()), &report.id)
}

/// The sources independent of one another that speak in some claims: the numbers of each one's claims. A copy's claims are its
/// original's and no source of their own, as in reconciliation: what only the copy's speakers say counts for nothing.
pub(crate) fn voices(incident: &Incident, claims: &[Claim], reports: &[Report]) -> Vec<Vec<usize>> {
    let repeats = Repeats::among(reports);
    let by_id: BTreeMap<&str, &Report> = reports.iter().map(|report| (report.id.as_str(), report)).collect();
    let speaking: BTreeSet<&str> = claims.iter().map(|claim| claim.report.as_str()).collect();
    let own: Vec<Claim> = claims.iter().filter(|claim| !repeats.one_of(&claim.report, &speaking)).cloned().collect();
    let sides = Sides::of(incident, &own);
    let source = |claim: &Claim| {
        let original = by_id.get(repeats.root(&claim.report))?;
        Some(origin(&sides.speaker(claim, &original.outlet, original.kind), claim, &original.outlet, &original.id))
    };
    let mut origins: BTreeMap<String, Vec<usize>> = own.iter().filter_map(source).map(|source| (source, Vec::new())).collect();
    for (n, claim) in claims.iter().enumerate() {
        if let Some(voice) = source(claim).and_then(|source| origins.get_mut(&source)) {
            voice.push(n);
        }
    }
    let mut voices: Vec<Vec<usize>> = origins.into_values().collect();
    voices.sort();
    voices
}

fn build(entry: IncidentEntry, entries: Vec<ClaimEntry>, reports: &[Report], known: Vec<Known>) -> IncidentView {
    let incident = &entry.incident;
    let claims: Vec<Claim> = entries.iter().map(|entry| entry.claim.clone()).collect();
    let voices = voices(incident, &claims, reports);
    let sides = Sides::of(incident, &claims);
    let repeats = Repeats::among(reports);
    let labels: BTreeMap<&str, String> = reports.iter().enumerate().map(|(n, report)| (report.id.as_str(), format!("r{}", n + 1))).collect();
    let lines: Vec<ClaimLine> = entries
        .into_iter()
        .enumerate()
        .filter_map(|(n, entry)| {
            let claim = &entry.claim;
            let report = reports.iter().find(|report| report.id == claim.report)?;
            let side = sides.speaker(claim, &report.outlet, report.kind);
            let outlet = if report.outlet.is_empty() { report.kind.as_str() } else { &report.outlet };
            let mut line = ClaimLine {
                label: format!("c{}", n + 1),
                chain: vec![],
                speaker: String::new(),
                relation: relation(&side, claim, &sides),
                side,
                report_label: labels[claim.report.as_str()].clone(),
                copy_of: repeats.original(&claim.report).and_then(|original| labels.get(original.as_str()).cloned()),
                entry,
            };
            line.speak(outlet);
            Some(line)
        })
        .collect();
    let voices = voices.iter().map(|claims| VoiceLine { name: String::new(), claims: claims.iter().map(|n| format!("c{}", n + 1)).collect() });
    let mut view = IncidentView {
        title: String::new(),
        n_reports: reports.len(),
        n_independent: voices.len(),
        voices: voices.collect(),
        sides: vec![],
        reports: fold_copies(reports, &labels, &lines, &repeats),
        disputes: vec![],
        known,
        redirects: vec![],
        decisions: vec![],
        proposal: None,
        claims: lines,
        entry,
    };
    view.tell();
    view
}

impl ClaimLine {
    /// Tells who says its claim: this outlet, then the claim's own chain.
    pub(crate) fn speak(&mut self, outlet: &str) {
        self.chain = std::iter::once(outlet).chain(self.entry.claim.source.iter().map(|source| source.name.as_str())).map(clean).collect();
        self.speaker = capital(self.chain.last().expect("the outlet at least"));
    }
}

impl IncidentView {
    /// Tells what follows from its incident and its claims: the heading, the sides, the disputes, the voices by name.
    pub(crate) fn tell(&mut self) {
        self.title = title(&self.entry.incident);
        self.sides = groups(&self.entry.incident, &self.claims);
        self.disputes = self.entry.incident.disputes.iter().filter_map(|dispute| dispute_line(dispute, &self.claims)).collect();
        for voice in &mut self.voices {
            voice.claims.retain(|label| self.claims.iter().any(|line| line.label == *label));
            let first = self.claims.iter().find(|line| voice.claims.first() == Some(&line.label));
            voice.name = first.map_or_else(String::new, |line| match &line.side {
                Side::Party(name) => clean(name),
                _ => line.speaker.clone(),
            });
        }
        self.voices.retain(|voice| !voice.claims.is_empty());
    }
}

/// What and where: `Armed clash at Kardala`.
pub(crate) fn title(incident: &Incident) -> String {
    let what = capital(&clean(&incident.kind));
    match &incident.place {
        Some(place) => format!("{what} at {}", clean(&place.name)),
        None => format!("{what}, place unknown"),
    }
}

pub(crate) fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

fn groups(incident: &Incident, lines: &[ClaimLine]) -> Vec<SideGroup> {
    let parties = incident.parties.iter().map(|party| Side::Party(party.name.clone()));
    let order: Vec<Side> = parties.chain([Side::SomeParty, Side::NoStake]).collect();
    let mut groups: Vec<SideGroup> = Vec::new();
    for side in order {
        let claims: Vec<usize> = (0..lines.len()).filter(|&n| lines[n].side == side).collect();
        if !claims.is_empty() && groups.iter().all(|group| group.side != side) {
            groups.push(SideGroup { side, claims });
        }
    }
    groups
}

fn fold_copies(reports: &[Report], labels: &BTreeMap<&str, String>, claims: &[ClaimLine], repeats: &Repeats) -> Vec<ReportLine> {
    let line = |report: &Report| ReportLine {
        label: labels[report.id.as_str()].clone(),
        id: report.id.clone(),
        outlet: clean(&report.outlet),
        kind: report.kind,
        published: report.published.as_ref().map(|p| p.as_str().to_owned()),
        language: report.language.clone(),
        title: clean(&report.title),
        claims: claims.iter().filter(|line| line.entry.claim.report == report.id).map(|line| line.label.clone()).collect(),
        copies: vec![],
    };
    let mut folded: Vec<ReportLine> = Vec::new();
    for report in reports {
        match repeats.original(&report.id).and_then(|original| folded.iter_mut().find(|line| line.id == *original)) {
            Some(original) => original.copies.push(line(report)),
            None => folded.push(line(report)),
        }
    }
    folded
}

fn dispute_line(dispute: &Dispute, lines: &[ClaimLine]) -> Option<DisputeLine> {
    let [a, b] = dispute.claims.each_ref().map(|id| lines.iter().find(|line| line.entry.claim.id == *id));
    let (a, b) = (a?, b?);
    let about = about(dispute.over);
    let words = format!("{}; {}: both cannot be right about {about}", says(a, true), says(b, false));
    Some(DisputeLine { over: dispute.over, claims: [a.label.clone(), b.label.clone()], words })
}

/// What a dispute is about.
pub(crate) const fn about(over: Over) -> &'static str {
    match over {
        Over::Deaths => "how many died",
        Over::Actor => "who did it",
        Over::Outcome => "how it ended",
        Over::Date => "when it happened",
        Over::Place => "where it happened",
        Over::Occurrence => "whether it happened, or to whom",
    }
}

/// `Army spokesman denied (c3, “no losses”)`, `NLF statement alleged 21 (c4, “21 soldiers”)`: what was said in our words,
/// then in theirs. The past tense fits one speaker and many.
fn says(line: &ClaimLine, first: bool) -> String {
    let claim = &line.entry.claim;
    let verb = verb(claim.stance);
    let who = if first { line.speaker.clone() } else { line.chain.last().cloned().unwrap_or_default() };
    let count = claim.count.as_ref().map(|count| format!(" {}", crate::show::count_words(count))).unwrap_or_default();
    format!("{who} {verb}{count} ({}, “{}”)", line.label, clean(&claim.quote.text))
}

/// What a speaker did, in a word.
pub(crate) const fn verb(stance: record::Stance) -> &'static str {
    use record::Stance;
    match stance {
        Stance::States => "said",
        Stance::Confirms => "confirmed",
        Stance::Denies => "denied",
        Stance::DoesNotConfirm => "did not confirm",
        Stance::Estimates => "estimated",
        Stance::Alleges => "alleged",
        Stance::Shows => "showed",
    }
}

const MONTHS: [&str; 12] = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// Days in words: `2–3 June 2025`, `30 June – 2 July 2025`.
pub(crate) fn days(start: Date, end: Date) -> String {
    let month = |day: Date| MONTHS[day.month() as usize - 1];
    let whole = |day: Date| format!("{} {} {}", day.day(), month(day), day.year());
    if start == end {
        whole(start)
    } else if (start.year(), start.month()) == (end.year(), end.month()) {
        format!("{}–{}", start.day(), whole(end))
    } else if start.year() == end.year() {
        format!("{} {} – {}", start.day(), month(start), whole(end))
    } else {
        format!("{} – {}", whole(start), whole(end))
    }
}
