//! How much two places, stretches of days, parties or wordings have in common.

use std::collections::BTreeSet;

use gazetteer::{distance_km, plain};
use record::PlacePrecision;

use crate::atlas::{Where, Who};

/// How two places lie to one another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lie {
    /// One of them is not known.
    Missing,
    /// The same name in one country, or within five kilometres.
    Same,
    /// So many kilometres apart, both known to the spot.
    Apart(f64),
    /// One is vague and may hold the other.
    Inside,
    /// One is vague and does not hold the other.
    Outside,
}

/// How two places lie to one another; borderland places given to two countries count by their distance.
pub(crate) fn lie(a: Option<&Where>, b: Option<&Where>) -> Lie {
    let (Some(a), Some(b)) = (a, b) else { return Lie::Missing };
    let km = a.point.zip(b.point).map(|(a, b)| distance_km(a, b));
    let one_land = a.country == b.country || a.country.is_empty() || b.country.is_empty();
    if a.key == b.key && (one_land || km.is_some_and(|km| km <= 60.0)) {
        return Lie::Same;
    }
    match km {
        Some(km) if a.is_precise() && b.is_precise() => {
            if km <= 5.0 {
                Lie::Same
            } else {
                Lie::Apart(km)
            }
        }
        _ if !one_land => Lie::Outside,
        _ if holds(a, b) || holds(b, a) => Lie::Inside,
        Some(km) if km <= 60.0 => Lie::Apart(km),
        Some(_) => Lie::Outside,
        None => Lie::Missing,
    }
}

fn holds(outer: &Where, inner: &Where) -> bool {
    match outer.precision {
        PlacePrecision::Country => true,
        PlacePrecision::Admin1 => !outer.admin1.is_empty() && outer.admin1 == inner.admin1 || outer.key == inner.admin1,
        PlacePrecision::Admin2 => outer.point.zip(inner.point).is_some_and(|(a, b)| distance_km(a, b) <= 60.0) && (outer.admin1 == inner.admin1),
        PlacePrecision::Area | PlacePrecision::SeaAir => outer.point.zip(inner.point).is_none_or(|(a, b)| distance_km(a, b) <= 400.0),
        _ => false,
    }
}

/// Days between two stretches: 0 when they share one.
pub(crate) fn gap(a: (i64, i64), b: (i64, i64)) -> i64 {
    (a.0.max(b.0) - a.1.min(b.1)).max(0)
}

/// Whether two parties are one: `None` when either says nothing in particular.
pub(crate) fn same_party(a: Option<&Who>, b: Option<&Who>) -> Option<bool> {
    let (a, b) = (a?, b?);
    if a.key == b.key {
        return Some(true);
    }
    if a.is_generic || b.is_generic {
        return None;
    }
    Some(false)
}

/// Words of a name or quote that carry meaning: folded, four letters or more, or digits.
pub(crate) fn words(text: &str) -> BTreeSet<String> {
    plain(text).split(' ').filter(|w| w.len() > 3 || w.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned).collect()
}

/// Shared over all.
pub(crate) fn jaccard(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f32 {
    let shared = a.intersection(b).count() as f32;
    let all = a.len() as f32 + b.len() as f32 - shared;
    if all > 0.0 { shared / all } else { 0.0 }
}
