//! Stands in for the reader until its model is trained: "N … killed" only. Goes away with it.
use record::*;

pub(crate) fn read(report: &Report) -> anyhow::Result<Vec<Claim>> {
    if report.text.contains("PANIC") {
        panic!("asked to");
    }
    let pattern = regex::Regex::new(r"(?i)(at least )?(\d+|five|six|eight|cinq) (soldiers|people|civilians|bodies|morts)( were killed| killed| died)?").expect("fixed");
    let mut claims = Vec::new();
    for m in pattern.captures_iter(&report.text) {
        let whole = m.get(0).expect("whole");
        let n: u64 = match m[2].to_lowercase().as_str() { "five" | "cinq" => 5, "six" => 6, "eight" => 8, d => d.parse().unwrap_or(1) };
        let mut claim = Claim {
            id: String::new(), report: report.id.clone(),
            quote: Quote::cut(report, Field::Text, Span::new(whole.start(), whole.end()))?,
            source: vec![], stance: Stance::States, certainty: Certainty::Certain, polarity: Polarity::Positive,
            kind: Kind::Deaths, scope: Scope::Incident, incident: None, actor: None, target: None, place: None, date: None,
            count: Count::new(&m[2], Some(n), if m.get(1).is_some() { None } else { Some(n) }, false).ok(),
            victims: Some(Victims::Unknown), side: None, weapon: None, score: Some(0.5), reader: None, event: Some(0),
        };
        claim.identify();
        claims.push(claim);
    }
    Ok(claims)
}

pub(crate) fn reconcile(_: &[Report], claims: &[Claim]) -> Vec<Incident> {
    let mut ids: Vec<Id> = claims.iter().map(|c| c.id.clone()).collect();
    ids.sort();
    if ids.is_empty() { return vec![]; }
    let mut counts: Vec<u64> = claims.iter().filter_map(|c| c.count.as_ref()?.low).collect();
    counts.sort_unstable();
    let disputes = if ids.len() > 1 && counts.first() != counts.last() { vec![Dispute { claims: [ids[0].clone(), ids[1].clone()], over: Over::Deaths }] } else { vec![] };
    let toll = Toll { side: "total".into(), low: counts[0], best: counts[0], high: counts[counts.len() - 1], because: vec![] };
    vec![Incident { id: content_id(["stand-in"])[..6].to_owned(), kind: "attack".into(), date: None, place: None, parties: vec![], deaths: vec![toll], injured: vec![], abducted: vec![], displaced: vec![], status: Status::Reported, disputes, claims: ids }]
}
