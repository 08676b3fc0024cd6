//! What holds of everything that is imported.

use program::import::Imported;

/// Every claim stands on words of its own report.
pub fn check(imported: &Imported) {
    for (report, claims) in &imported.rows {
        for claim in claims {
            assert_eq!(claim.report, report.id);
            assert_eq!(claim.quote.locate(report).as_ref(), Ok(&claim.quote));
        }
    }
}
