//! Bytes as Web Annotations of a report that is there: every claim stands on words of it, and the same bytes say the same.
#![no_main]

#[path = "guarded.rs"]
mod guarded;
#[path = "imported.rs"]
mod imported;

use libfuzzer_sys::fuzz_target;
use program::import::{Options, read};
use record::{Claim, Field, Kind, Quote, Report, Span};

/// A report whose words stand there twice, in letters of one, two and three bytes, and what is claimed of it already.
fn there() -> (Report, Vec<Claim>) {
    let mut report = Report::new("wire", "en", "Five killed", "Five killed at Ménaka. Later, five killed at الفاشر; five killed at Ménaka.");
    report.identify();
    let mut claim = Claim::new(&report, Kind::Deaths, Quote::cut(&report, Field::Title, Span::new(0, 11)).unwrap());
    claim.identify();
    (report, vec![claim])
}

fuzz_target!(init: guarded::let_pass(), |bytes: &[u8]| {
    let (report, claims) = there();
    let known = |name: &str| (!name.is_empty()).then(|| (report.clone(), claims.clone()));
    let intake = intake::Options::default();
    let options = Options { outlet: None, name: "fuzz", map: &[], known: &known, intake: &intake };
    let Ok(found) = read(bytes, &options) else { return };
    imported::check(&found);
    assert_eq!(format!("{found:?}"), format!("{:?}", read(bytes, &options).unwrap()));
});
