//! Gold claims in place of the reader's, so that reconciliation alone is scored.

use std::path::Path;

use anyhow::{Context, Result};
use gazetteer::{Gazetteer, Hints};
use record::{Claim, Report};
use serde::Deserialize;

#[derive(Deserialize)]
struct Coded {
    reports: Vec<Report>,
    #[serde(default)]
    claims: Vec<Claim>,
}

/// Reports and claims of a gold case as a reader would hand them over: quotes found, places resolved through the
/// gazetteer, incidents hidden. Which report copies which stays as coded.
///
/// # Errors
/// When the file is no gold case, or a quote does not stand in its report.
pub fn gold_claims(path: &Path) -> Result<(Vec<Report>, Vec<Claim>)> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let Coded { reports, mut claims } =
        serde_json::from_slice(&bytes).with_context(|| format!("the claims of {} cannot be put in", path.display()))?;
    for report in &reports {
        let text = format!("{}\n\n{}", report.title, report.text);
        let context = Hints::of(&Gazetteer::embedded().locate(&text, &Hints::default()));
        for claim in claims.iter_mut().filter(|c| c.report == report.id) {
            claim.incident = None;
            let located = claim.quote.locate(report);
            claim.quote = located.with_context(|| format!("claim {} of {}", claim.id, path.display()))?;
            resolve(claim, &context);
        }
    }
    Ok((reports, claims))
}

/// Puts the point of a claim's place, if the gazetteer has the place in the country that the claim gives.
fn resolve(claim: &mut Claim, context: &Hints) {
    let Some(place) = claim.place.as_mut().filter(|p| p.lat.is_none()) else { return };
    let hints = Hints { countries: place.country.iter().map(|c| (c.clone(), 1.0)).collect(), ..context.clone() };
    let best = |words: &str| Gazetteer::embedded().places(words, &hints).first().map(|c| c.place);
    let Some(found) = best(&place.name).or_else(|| best(&place.text)) else { return };
    if place.country.as_deref().is_none_or(|country| found.country.is_empty() || country == found.country) {
        (place.lat, place.lon, place.gazetteer) = (Some(found.lat), Some(found.lon), Some(found.id()));
    }
}
