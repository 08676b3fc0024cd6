//! How long it takes to fill and ask a large ledger: `cargo run --release -p ledger --example load -- 100000`.

use std::time::Instant;

use ledger::{Act, Filter, Ledger, NewReport, Reading};
use record::{Claim, Count, DatePrecision, Field, Incident, IncidentDate, Kind, Quote, Report, Span, Status, Toll};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let n: usize = std::env::args().nth(1).map_or(Ok(10_000), |n| n.parse())?;
    let folder = tempfile::tempdir()?;
    let mut ledger = Ledger::create(folder.path().join("load.db"))?;
    let at = "2025-06-03T12:00:00Z".parse()?;
    let told: Vec<(NewReport, Reading)> = (0..n).map(|k| told(k, at)).collect::<Result<_, record::Error>>()?;

    let clock = Instant::now();
    for (new, reading) in &told[..n.min(200)] {
        ledger.add(new, reading)?;
    }
    report("add, each", clock, n.min(200));
    let clock = Instant::now();
    for batch in told.chunks(1000) {
        ledger.add_many(batch.iter().map(|(new, reading)| (new, reading)))?;
    }
    report("add_many, by 1000", clock, n);
    let incidents: Vec<Incident> = told.iter().enumerate().map(|(k, (_, reading))| incident(k, &reading.claims)).collect();
    let act = Act::new("load", "", at);
    for round in ["apply_incidents", "apply_incidents again"] {
        let clock = Instant::now();
        ledger.apply_incidents(&incidents, &act)?;
        report(round, clock, n);
    }
    for text in ["", "sort=-deaths", "country=XN from=2020-01-01", "text='district 77'", "kind=deaths outlet=nord", "as_of=2025-07-01"] {
        let clock = Instant::now();
        let filter = Filter { limit: Some(50), ..Filter::parse(text)? };
        let found = ledger.incidents(&filter)?.len();
        report(&format!("incidents {text:?}, {found} of 50"), clock, 1);
    }
    for text in ["soldiers", "district 77", "nowhere"] {
        let clock = Instant::now();
        let found = ledger.find(text, 20)?.len();
        report(&format!("find {text:?}, {found}"), clock, 1);
    }
    let clock = Instant::now();
    let claims = ledger.claims(&Filter::default())?.len();
    report("all claims", clock, claims);
    let clock = Instant::now();
    let problems = ledger.check()?.len();
    report(&format!("check, {problems} problems"), clock, 1);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "it is what the example is for")]
fn report(what: &str, clock: Instant, n: usize) {
    let spent = clock.elapsed();
    println!("{what:<50} {:>9.1} ms {:>9.1} µs each", spent.as_secs_f64() * 1e3, spent.as_secs_f64() * 1e6 / n.max(1) as f64);
}

fn told(k: usize, at: jiff::Timestamp) -> Result<(NewReport, Reading), record::Error> {
    let text = format!(
        "Soldiers fought rebels in district {} on day {k}. At least {} bodies were seen. {}",
        k % 997,
        k % 50,
        "Residents told reporters that shots were heard during the night. ".repeat(20)
    );
    let mut report = Report::new("wire", "en", "Fighting reported", &text);
    report.outlet = "Agence Nord".to_owned();
    report.identify();
    let claims = [(Kind::Clash, "Soldiers fought rebels"), (Kind::Deaths, "bodies were seen")]
        .into_iter()
        .map(|(kind, words)| claim(&report, kind, words, k as u64 % 50))
        .collect::<Result<_, _>>()?;
    let new = NewReport::new(report, format!("{k}.txt"), at).hashed(&format!("{k:064x}"));
    Ok((new, Reading::new("load", claims, at)))
}

fn claim(report: &Report, kind: Kind, words: &str, n: u64) -> Result<Claim, record::Error> {
    let span = Span::find(&report.text, words).expect("the words were just written");
    let mut claim = Claim { count: Some(Count::new("n", Some(n), None, false)?), ..Claim::new(report, kind, Quote::cut(report, Field::Text, span)?) };
    claim.identify();
    Ok(claim)
}

fn incident(k: usize, claims: &[Claim]) -> Incident {
    let day = jiff::civil::date(2015 + (k % 10) as i16, 1 + (k % 12) as i8, 1 + (k % 28) as i8);
    let n = k as u64 % 50;
    Incident {
        id: format!("{k:010}"),
        kind: "armed clash".to_owned(),
        date: Some(IncidentDate { start: day, end: day, precision: DatePrecision::Day }),
        place: None,
        parties: vec![],
        deaths: vec![Toll { side: "total".to_owned(), low: n, best: n, high: n, because: vec![] }],
        injured: vec![],
        abducted: vec![],
        displaced: vec![],
        status: Status::Reported,
        disputes: vec![],
        claims: claims.iter().map(|claim| claim.id.clone()).collect(),
    }
}
