//! How long pages about a large ledger take: `cargo run --release -p web --example large -- 100000`.
//!
//! The ledger is made up: towns, parties and outlets by number, three claims an incident, every ninth toll disputed. Each
//! page is asked once to warm up and five times to be measured; the median is told.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use ledger::{Act, Ledger, NewReport, Reading};
use record::{
    Basis, Bound, Claim, Count, DatePrecision, Dispute, Field, Incident, IncidentDate, IncidentPlace, Kind, Over, Party, PlacePrecision, Quote,
    Report, Role, Source, SourceKind, Span, Stance, Status, Toll,
};
use tower::ServiceExt as _;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const COUNTRIES: [&str; 12] = ["ML", "BF", "NE", "NG", "TD", "SD", "SO", "CD", "MZ", "CM", "ET", "CF"];
const TYPES: [&str; 5] = ["armed clash", "attack", "suicide bomb", "air/drone strike", "shelling/artillery/missile attack"];

fn main() -> Result<()> {
    let n: usize = std::env::args().nth(1).map_or(Ok(10_000), |n| n.parse())?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("large.attest");
    let clock = Instant::now();
    let last = fill(&path, n)?;
    say(&format!("{n} incidents made in {:.0} s", clock.elapsed().as_secs_f64()));
    let app = web::app(web::Site::new(&path, Arc::new(web::NoDesk)));
    let pages = [
        "/incidents".to_owned(),
        "/incidents?country=ML".to_owned(),
        "/incidents?country=ML&type=attack&from=2018-01-01&sort=-deaths".to_owned(),
        "/incidents?actor=party+number+17".to_owned(),
        "/incidents?view=map&map=-5.00,10.00,5.00,16.00".to_owned(),
        "/incidents?offset=5000".to_owned(),
        "/incidents?text=district+17".to_owned(),
        "/incidents?text=bodies&country=ML".to_owned(),
        "/incidents?speaker=speaker+7".to_owned(),
        "/incidents?kind=deaths&stance=denies".to_owned(),
        "/incidents?as_of=2025-06-03T12:00:00Z".to_owned(),
        "/incidents?as_of=2025-06-03T12:00:00Z&country=ML".to_owned(),
        format!("/incidents/{last}"),
        "/trends?split=country".to_owned(),
        "/actors".to_owned(),
        "/places".to_owned(),
        "/api/v1/incidents?country=ML".to_owned(),
        "/api/v1/incidents?sort=-recorded&cursor=5000".to_owned(),
        "/api/v1/claims?kind=deaths".to_owned(),
        "/ogc/collections/incidents/items?bbox=-5,10,5,16".to_owned(),
        "/incidents.atom".to_owned(),
    ];
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        for page in &pages {
            let mut times = Vec::new();
            let mut size = 0;
            let mut first = 0.0;
            for round in 0..6 {
                let clock = Instant::now();
                let request = Request::builder().uri(page).header("host", "127.0.0.1").body(Body::empty())?;
                let answer = app.clone().oneshot(request).await?;
                assert!(answer.status().is_success(), "{page} {}", answer.status());
                size = to_bytes(answer.into_body(), usize::MAX).await?.len();
                let spent = clock.elapsed().as_secs_f64() * 1e3;
                if round == 0 {
                    first = spent;
                } else {
                    times.push(spent);
                }
            }
            times.sort_by(f64::total_cmp);
            say(&format!("{page:<70} {:>8.1} ms, first {first:>8.1} ms, {:>6} kB", times[2], size / 1000));
        }
        Ok(())
    })
}

#[expect(clippy::print_stdout, reason = "it is what the example is for")]
fn say(line: &str) {
    println!("{line}");
}

fn fill(path: &std::path::Path, n: usize) -> Result<String> {
    let mut ledger = Ledger::create(path)?;
    let at = "2025-06-03T12:00:00Z".parse()?;
    let told: Vec<(NewReport, Reading)> = (0..n).map(|k| told(k, at)).collect::<Result<_>>()?;
    for batch in told.chunks(2_000) {
        ledger.add_many(batch.iter().map(|(new, reading)| (new, reading)))?;
    }
    let incidents: Vec<Incident> = told.iter().enumerate().map(|(k, (_, reading))| incident(k, &reading.claims)).collect();
    ledger.apply_incidents(&incidents, &Act::new("large", "", at))?;
    Ok(incidents.last().map(|incident| incident.id.clone()).unwrap_or_default())
}

/// A number that looks drawn, and is the same each time.
fn drawn(k: usize, salt: usize, below: usize) -> usize {
    (k.wrapping_mul(2_654_435_761).wrapping_add(salt.wrapping_mul(40_503)) >> 7) % below
}

fn told(k: usize, at: jiff::Timestamp) -> Result<(NewReport, Reading)> {
    let n = drawn(k, 1, 50);
    let text = format!(
        "Soldiers fought rebels in district {} on day {k}. At least {n} bodies were seen. The army said it lost nobody. {}",
        k % 997,
        "Residents told reporters that shots were heard during the night. ".repeat(8)
    );
    let mut report = Report::new("wire", "en", "Fighting reported", &text);
    report.outlet = format!("Outlet {}", drawn(k, 2, 60));
    report.published = Some(day(k).to_string().parse()?);
    report.identify();
    let claims = [(Kind::Clash, "Soldiers fought rebels"), (Kind::Deaths, "bodies were seen"), (Kind::Deaths, "lost nobody")]
        .into_iter()
        .map(|(kind, words)| claim(&report, kind, words, n as u64))
        .collect::<Result<_>>()?;
    Ok((NewReport::new(report, format!("{k}.txt"), at).hashed(&format!("{k:064x}")), Reading::new("large", claims, at)))
}

fn day(k: usize) -> jiff::civil::Date {
    jiff::civil::date(2015 + drawn(k, 3, 10) as i16, 1 + drawn(k, 4, 12) as i8, 1 + drawn(k, 5, 28) as i8)
}

fn claim(report: &Report, kind: Kind, words: &str, n: u64) -> Result<Claim> {
    let span = Span::find(&report.text, words).ok_or("the words were just written")?;
    let mut claim = Claim {
        source: vec![Source { name: format!("Speaker {}", n % 23), kind: SourceKind::Witness }],
        stance: if n.is_multiple_of(11) { Stance::Denies } else { Stance::States },
        count: Some(Count::new("n", Some(n), None, false)?),
        score: Some(0.8),
        ..Claim::new(report, kind, Quote::cut(report, Field::Text, span)?)
    };
    claim.identify();
    Ok(claim)
}

fn incident(k: usize, claims: &[Claim]) -> Incident {
    let n = drawn(k, 1, 50) as u64;
    let day = day(k);
    let party = |salt, role| Party { name: format!("Party Number {}", drawn(k, salt, 150)), role, basis: Basis::Attributed };
    let ids: Vec<String> = claims.iter().map(|claim| claim.id.clone()).collect();
    let because =
        ["low", "best", "high"].map(|bound| Bound { bound: bound.to_owned(), claims: vec![ids[1].clone()], rule: "least: report".to_owned() });
    Incident {
        id: format!("{:08X}", k.wrapping_mul(2_654_435_761) & 0xFFFF_FFFF),
        kind: TYPES[drawn(k, 6, TYPES.len())].to_owned(),
        date: Some(IncidentDate { start: day, end: day, precision: DatePrecision::Day }),
        place: Some(IncidentPlace {
            name: format!("Town {}", drawn(k, 7, 5_000)),
            admin1: None,
            admin2: None,
            country: Some(COUNTRIES[drawn(k, 8, COUNTRIES.len())].to_owned()),
            lat: Some(drawn(k, 9, 3_000) as f64 / 100.0 - 10.0),
            lon: Some(drawn(k, 10, 6_000) as f64 / 100.0 - 15.0),
            precision: PlacePrecision::Near,
        }),
        parties: vec![party(11, Role::Attacker), party(12, Role::Defender)],
        deaths: vec![Toll { side: "total".to_owned(), low: n, best: n, high: n + 5, because: because.to_vec() }],
        injured: vec![],
        abducted: vec![],
        displaced: vec![],
        status: Status::ALL[drawn(k, 13, Status::ALL.len())],
        disputes: if k.is_multiple_of(9) { vec![Dispute { claims: [ids[1].clone(), ids[2].clone()], over: Over::Deaths }] } else { vec![] },
        claims: ids,
    }
}
