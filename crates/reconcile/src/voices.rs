//! Who is independent of whom: quotations of one origin count once.

use gazetteer::plain;
use record::SourceKind;

use crate::fact::Fact;

/// The link of the chain that makes a claim somebody's: the outermost agency, else the innermost speaker.
fn named<'f>(fact: &'f Fact) -> Option<&'f record::Source> {
    fact.claim.source.first().filter(|s| s.kind == SourceKind::Media).or(fact.claim.source.last())
}

/// What claims of one origin share. A speaker without a name ("residents", "a security source") is told apart by the
/// outlet that heard it.
pub(crate) fn origin(fact: &Fact) -> String {
    let outlet = || plain(&fact.report.outlet);
    match named(fact) {
        None => format!("report {}", if fact.report.outlet.is_empty() { fact.claim.report.clone() } else { outlet() }),
        Some(s) if matches!(s.kind, SourceKind::Unnamed | SourceKind::UnnamedOfficial | SourceKind::Resident | SourceKind::Witness) => {
            format!("{} {} {}", outlet(), s.kind.as_str(), plain(&s.name))
        }
        Some(s) => plain(&s.name),
    }
}
