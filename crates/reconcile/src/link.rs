//! How likely two claims of one report, or two groups of claims of two reports, are about one thing: features and their
//! weighted sum. What the features are stands here; what each is worth is data, trained by `training/reconcile`.

use std::collections::{BTreeMap, BTreeSet};

use record::{Field, Kind};

use crate::Options;
use crate::cluster::Tie;
use crate::fact::Fact;
use crate::group::Group;
use crate::kindred::{Lie, gap, jaccard, lie, same_party};

/// Features of two claims of one report.
pub(crate) const WITHIN: [&str; 44] = [
    "same_event",
    "other_event",
    "place_same",
    "place_close",
    "place_off",
    "place_inside",
    "place_outside",
    "place_missing",
    "day_same",
    "day_overlap",
    "day_next",
    "day_gap",
    "day_missing",
    "here_and_now",
    "violence_same",
    "violence_other",
    "air_other",
    "arrest_other",
    "taken_other",
    "blast_other",
    "shell_other",
    "hold_other",
    "spoil_other",
    "exact_apart",
    "exact_apart_act",
    "spots_apart_act",
    "crossed",
    "actor_same",
    "actor_other",
    "target_same",
    "target_other",
    "near",
    "adjacent",
    "title",
    "source_same",
    "recalled_one",
    "recalled_both",
    "toll_other",
    "crowd",
    "crowd_elsewhere",
    "day_worded",
    "echo_here",
    "echo_elsewhere",
    "same_words",
];

/// Features of two groups of two reports.
pub(crate) const ACROSS: [&str; 32] = [
    "place_same",
    "place_close",
    "place_off",
    "place_inside",
    "place_outside",
    "place_missing",
    "day_same",
    "day_overlap",
    "day_next",
    "day_gap",
    "day_missing",
    "here_and_now",
    "violence_same",
    "violence_other",
    "kinds",
    "actor_same",
    "actor_other",
    "target_same",
    "target_other",
    "toll_same",
    "toll_other",
    "words",
    "lone",
    "only",
    "crowd",
    "recalled_one",
    "recalled_both",
    "weeks",
    "here_and_then",
    "mutual",
    "rival",
    "hull_apart",
];

/// What a report's claims look like as a whole.
pub(crate) struct Shape {
    /// Natural logarithm of how many different pairs of place and day they name.
    crowd: f32,
}

impl Shape {
    pub(crate) fn of(all: &[Fact], facts: &[usize]) -> Shape {
        let spots: BTreeSet<_> = facts.iter().map(|&f| (all[f].place.as_ref().map(|p| p.key.as_str()), all[f].days)).collect();
        Shape { crowd: (spots.len().max(1) as f32).ln() }
    }
}

/// The features by name, for training.
pub(crate) fn within_features(a: &Fact, b: &Fact, apart: usize, shape: &Shape) -> [f32; WITHIN.len()] {
    let mut x = [0.0; WITHIN.len()];
    let mut put = |name: &str, value: f32| put(&WITHIN, &mut x, name, value);
    match a.claim.event.zip(b.claim.event) {
        Some((a, b)) if a == b => put("same_event", 1.0),
        Some(_) => put("other_event", 1.0),
        None => {}
    }
    let lie = lie(a.place.as_ref(), b.place.as_ref());
    put(place_feature(lie), 1.0);
    let same_day = days(a.days, b.days, &mut put);
    if lie == Lie::Same && same_day {
        put("here_and_now", 1.0);
    }
    let (ka, kb) = (a.claim.kind, b.claim.kind);
    if ka.is_violence() && kb.is_violence() {
        put(if ka == kb { "violence_same" } else { "violence_other" }, 1.0);
    }
    if let Some(family) = lone_family(ka, kb) {
        put(family, 1.0);
    }
    let acts = |k: Kind| k.is_violence() || matches!(k, Kind::Abduction | Kind::Arrest | Kind::Seizure | Kind::Recapture);
    let both_act = acts(ka) && acts(kb);
    if let (Some(da), Some(db)) = (a.days, b.days)
        && da.0 == da.1
        && db.0 == db.1
        && da != db
    {
        put("exact_apart", 1.0);
        put("exact_apart_act", if both_act { 1.0 } else { 0.0 });
    }
    put("spots_apart_act", if both_act && matches!(lie, Lie::Apart(_) | Lie::Outside) { 1.0 } else { 0.0 });
    let crossed = |x: &Fact, y: &Fact| same_party(x.actor.as_ref(), crate::parties::hit(y)) == Some(true);
    put("crossed", if crossed(a, b) || crossed(b, a) { 1.0 } else { 0.0 });
    party("actor_same", "actor_other", same_party(a.actor.as_ref(), b.actor.as_ref()), &mut put);
    let target = |f| crate::parties::hit(f);
    party("target_same", "target_other", same_party(target(a), target(b)), &mut put);
    if a.claim.quote.field == b.claim.quote.field {
        let chars = f32::from(u16::try_from(a.claim.quote.start.abs_diff(b.claim.quote.start)).unwrap_or(u16::MAX));
        put("near", (-chars / 250.0).exp());
    }
    put("adjacent", if apart == 1 { 1.0 } else { 0.0 });
    put("title", if [a, b].iter().any(|f| f.claim.quote.field == Field::Title) { 1.0 } else { 0.0 });
    let same_source = a.claim.speaker().map(|s| &s.name) == b.claim.speaker().map(|s| &s.name);
    put("source_same", if same_source { 1.0 } else { 0.0 });
    recalled(a.is_recalled(), b.is_recalled(), &mut put);
    let tolls = a.claim.count.as_ref().zip(b.claim.count.as_ref()).filter(|(a, b)| a.is_exact() && b.is_exact() && a.low != b.low);
    if same_source && ka == kb && ka.has_victims() && a.claim.side == b.claim.side && tolls.is_some() {
        put("toll_other", 1.0);
    }
    put("crowd", shape.crowd);
    if !(lie == Lie::Same && same_day) {
        put("crowd_elsewhere", shape.crowd);
    }
    if let (Some(da), Some(db)) = (a.days, b.days)
        && gap(da, db) > 0
    {
        let worded = |f: &Fact| f.claim.date.as_ref().is_some_and(|d| d.text.is_some());
        put("day_worded", if worded(a) && worded(b) { 1.0 } else { 0.0 });
        // What comes after or before the deed: a death in hospital, a withdrawal, the operation it was part of.
        if !ka.is_violence() || !kb.is_violence() {
            put(if lie == Lie::Same { "echo_here" } else { "echo_elsewhere" }, 1.0);
        }
    }
    if a.claim.quote.text == b.claim.quote.text && a.claim.quote.start == b.claim.quote.start {
        put("same_words", 1.0);
    }
    x
}

/// The features by name, for training.
pub(crate) fn across_features(a: &Group, b: &Group) -> [f32; ACROSS.len()] {
    let mut x = [0.0; ACROSS.len()];
    let mut put = |name: &str, value: f32| put(&ACROSS, &mut x, name, value);
    let lie = lie(a.place.as_ref(), b.place.as_ref());
    put(place_feature(lie), 1.0);
    let same_day = days(a.days, b.days, &mut put);
    if lie == Lie::Same {
        put(if same_day { "here_and_now" } else { "here_and_then" }, 1.0);
    }
    if !a.violence.is_empty() && !b.violence.is_empty() {
        put(if a.violence.is_disjoint(&b.violence) { "violence_other" } else { "violence_same" }, 1.0);
    }
    let shared = a.kinds.intersection(&b.kinds).count() as f32;
    put("kinds", shared / a.kinds.union(&b.kinds).count().max(1) as f32);
    let sets = |a: &BTreeSet<String>, b: &BTreeSet<String>| (!a.is_empty() && !b.is_empty()).then(|| !a.is_disjoint(b));
    party("actor_same", "actor_other", sets(&a.actors, &b.actors), &mut put);
    party("target_same", "target_other", sets(&a.targets, &b.targets), &mut put);
    let by_kind = |g: &Group| g.counts.iter().map(|c| c.0).collect::<BTreeSet<Kind>>();
    if !a.counts.is_disjoint(&b.counts) {
        put("toll_same", 1.0);
    } else if !by_kind(a).is_disjoint(&by_kind(b)) {
        put("toll_other", 1.0);
    }
    put("words", jaccard(&a.words, &b.words));
    put("lone", if a.facts.len().min(b.facts.len()) == 1 { 1.0 } else { 0.0 });
    put("only", if a.siblings <= 1 && b.siblings <= 1 { 1.0 } else { 0.0 });
    put("crowd", (a.siblings.max(b.siblings).max(1) as f32).ln());
    recalled(a.is_recalled, b.is_recalled, &mut put);
    if let Some((a, b)) = a.published.zip(b.published) {
        put("weeks", ((a - b).abs() as f32 / 7.0).ln_1p());
    }
    if let Some((a, b)) = a.span.zip(b.span) {
        put("hull_apart", if gap(a, b) > 0 { 1.0 } else { 0.0 });
    }
    x
}

/// How alike two groups look at first sight, to find each one's likeliest mate in another report: place, day, parties,
/// kinds and counts, each worth about as much as it tells.
pub(crate) fn likeness(a: &Group, b: &Group) -> f32 {
    let place = match lie(a.place.as_ref(), b.place.as_ref()) {
        Lie::Same => 2.0,
        Lie::Apart(km) if km <= 25.0 => 0.5,
        Lie::Missing => 0.3,
        Lie::Inside => 0.5,
        Lie::Apart(_) | Lie::Outside => -1.0,
    };
    let day = match a.days.zip(b.days) {
        Some((a, b)) if a == b => 2.0,
        Some((a, b)) => 1.0 - gap(a, b).min(4) as f32,
        None => 0.0,
    };
    let shares = |a: &BTreeSet<String>, b: &BTreeSet<String>| if a.is_disjoint(b) { 0.0 } else { 0.5 };
    let kinds = a.violence.intersection(&b.violence).count().min(1) as f32 * 0.5;
    let counts = a.counts.intersection(&b.counts).count().min(2) as f32;
    place + day + shares(&a.actors, &b.actors) + shares(&a.targets, &b.targets) + kinds + counts + jaccard(&a.words, &b.words)
}

/// Least likeness of mates: the same place or day and something more.
const ALIKE: f32 = 2.5;

/// Marks in the features of pairs of groups whether each is the other's likeliest mate in its report, or only one is.
pub(crate) fn mates(groups: &[Group], pairs: &mut BTreeMap<(usize, usize), [f32; ACROSS.len()]>) {
    let mut best: BTreeMap<(usize, &str), f32> = BTreeMap::new();
    let likeness: BTreeMap<(usize, usize), f32> = pairs.keys().map(|&(a, b)| ((a, b), likeness(&groups[a], &groups[b]))).collect();
    for (&(a, b), &value) in &likeness {
        for (own, other) in [(a, b), (b, a)] {
            let top = best.entry((own, groups[other].report.as_str())).or_insert(f32::MIN);
            *top = top.max(value);
        }
    }
    for (&(a, b), x) in pairs.iter_mut() {
        let value = likeness[&(a, b)];
        let (of_a, of_b) = (value >= best[&(a, groups[b].report.as_str())], value >= best[&(b, groups[a].report.as_str())]);
        match (of_a, of_b) {
            (true, true) if value >= ALIKE => put(&ACROSS, x, "mutual", 1.0),
            (false, false) => put(&ACROSS, x, "rival", 1.0),
            _ => {}
        }
    }
}

/// What two claims of one report say of each other. Two places far apart keep them apart, unless the reader took both for
/// one event: a place is misread more often than that.
pub(crate) fn within(a: &Fact, b: &Fact, apart: usize, shape: &Shape, options: &Options) -> Tie {
    let one_event = a.claim.event.is_some() && a.claim.event == b.claim.event;
    if !one_event && contradict(a.place.as_ref(), b.place.as_ref(), options) {
        return Tie::Never;
    }
    Tie::Odds(options.model.within.odds(&within_features(a, b, apart, shape)))
}

/// Whether two groups of two reports contradict each other: two rows of one data set, far apart, or no day of one near any of
/// the other.
pub(crate) fn apart(a: &Group, b: &Group, options: &Options) -> bool {
    if a.row_of.is_some() && a.row_of == b.row_of {
        return true;
    }
    let days = a.span.zip(b.span).is_some_and(|(a, b)| gap(a, b) > options.apart_days.max(wide(a)).max(wide(b)));
    days || contradict(a.place.as_ref(), b.place.as_ref(), options)
}

/// A range of several days is itself vague: half its width may be wrong.
fn wide((start, end): (i64, i64)) -> i64 {
    (end - start) / 2
}

/// Two places that cannot be one: known to the spot and far apart, or in two countries and not at the border.
fn contradict(a: Option<&crate::atlas::Where>, b: Option<&crate::atlas::Where>, options: &Options) -> bool {
    matches!(lie(a, b), Lie::Apart(km) if km > options.apart_km)
}

fn place_feature(lie: Lie) -> &'static str {
    match lie {
        Lie::Missing => "place_missing",
        Lie::Same => "place_same",
        Lie::Apart(km) if km <= 25.0 => "place_close",
        Lie::Apart(_) => "place_off",
        Lie::Inside => "place_inside",
        Lie::Outside => "place_outside",
    }
}

/// Puts what two stretches of days have in common; whether they may be the same day.
fn days(a: Option<(i64, i64)>, b: Option<(i64, i64)>, put: &mut impl FnMut(&str, f32)) -> bool {
    let Some((a, b)) = a.zip(b) else {
        put("day_missing", 1.0);
        return false;
    };
    match gap(a, b) {
        0 if a == b => put("day_same", 1.0),
        0 => put("day_overlap", 1.0),
        1 => put("day_next", 1.0),
        more => put("day_gap", (more as f32).ln_1p()),
    }
    a == b
}

fn party(same: &str, other: &str, found: Option<bool>, put: &mut impl FnMut(&str, f32)) {
    if let Some(one) = found {
        put(if one { same } else { other }, 1.0);
    }
}

fn recalled(a: bool, b: bool, put: &mut impl FnMut(&str, f32)) {
    if a != b {
        put("recalled_one", 1.0);
    } else if a {
        put("recalled_both", 1.0);
    }
}

fn put(names: &[&str], x: &mut [f32], name: &str, value: f32) {
    let at = names.iter().position(|n| *n == name).expect("every feature that is put stands in its table");
    x[at] = value;
}

/// The family of deeds that one of two kinds belongs to and the other, itself a deed, does not.
fn lone_family(a: Kind, b: Kind) -> Option<&'static str> {
    let deed = |k: Kind| !matches!(k, Kind::Deaths | Kind::Injuries | Kind::Responsibility | Kind::Attribution | Kind::Operation);
    let family = |k: Kind| match k {
        Kind::Airstrike => "air_other",
        Kind::Arrest => "arrest_other",
        Kind::Abduction | Kind::Missing | Kind::Captives => "taken_other",
        Kind::Explosion => "blast_other",
        Kind::Shelling => "shell_other",
        Kind::Seizure | Kind::Recapture | Kind::Withdrawal | Kind::Siege => "hold_other",
        Kind::Looting | Kind::Destruction | Kind::Materiel | Kind::Displacement => "spoil_other",
        _ => "",
    };
    let (fa, fb) = (family(a), family(b));
    let lone = if fa.is_empty() { fb } else { fa };
    (deed(a) && deed(b) && fa != fb && !lone.is_empty()).then_some(lone)
}

/// Features of a pair as a table, for training.
pub(crate) fn table(names: &[&'static str], x: &[f32]) -> BTreeMap<String, f32> {
    names.iter().map(|n| (*n).to_owned()).zip(x.iter().copied()).collect()
}
