//! Drafts to places: every name in the report is settled together, then each claim gets the one its words point at.

use gazetteer::{Gazetteer, Hints, Resolved, Toponym, ToponymKind};
use record::{Field, PlaceName, Report, Scope, Span};

use crate::{
    sentence,
    spot::{Draft, Words},
};

/// What the report's names came to.
pub(crate) struct Places {
    /// The place of each draft.
    pub(crate) of: Vec<Option<PlaceName>>,
    /// ISO codes of the countries it speaks of, the likeliest first.
    pub(crate) countries: Vec<String>,
}

/// Settles the names of the whole report and those the drafts point at.
pub(crate) fn places(gazetteer: &Gazetteer, report: &Report, drafts: &[Draft]) -> Places {
    let whole = format!("{}\n\n{}", report.title, report.text);
    let shift = report.title.len() + 2;
    let at = |(field, span): Words| {
        let by = if field == Field::Title { 0 } else { shift };
        Span::new(span.start as usize + by, span.end as usize + by)
    };
    let pointed: Vec<Span> = drafts.iter().filter_map(|d| d.place.map(at)).collect();
    let mut toponyms: Vec<Toponym> = gazetteer.spot(&whole);
    toponyms.retain(|t| !pointed.iter().any(|p| p.overlaps(t.span)));
    for &span in &pointed {
        if !toponyms.iter().any(|t| t.span == span) {
            let text = span.slice(&whole).to_owned();
            let country = gazetteer.country(&text);
            let kind = if country.is_some_and(|c| c.is_demonym) { ToponymKind::Demonym } else { ToponymKind::Name };
            toponyms.push(Toponym { span, text, kind, score: 9.0, country: country.map(|c| c.iso2) });
        }
    }
    toponyms.sort_by_key(|t| (t.span, t.text.clone()));
    let mut hints = Hints::default();
    for word in report.outlet.split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() > 3) {
        if let Some(country) = gazetteer.country(word) {
            hints = hints.country(country.iso2, 0.5);
        }
    }
    let resolved = gazetteer.resolve_all(&whole, &toponyms, &hints);
    let countries = countries(&resolved);
    let sentences = [sentence::split(&report.title), sentence::split(&report.text)];
    let main = main_place(&resolved, &pointed);
    let of = drafts
        .iter()
        .map(|draft| {
            let own = draft.place.and_then(|words| {
                let span = at(words);
                resolved.iter().find(|r| r.toponym.span == span).map(|r| (words.1.slice(report.field(words.0)).to_owned(), r))
            });
            let sentence = at((draft.field, sentence::around(&sentences[usize::from(draft.field == Field::Text)], draft.span)));
            let own = match own {
                Some((_, r)) if sentence.overlaps(r.toponym.span) || draft.scope == Scope::Period => own,
                other => only_place(&resolved, sentence).map(|r| (r.toponym.text.clone(), r)).or(other),
            };
            match own {
                Some((text, r)) => Some(name(text, Some(r), &countries)),
                None if draft.scope != Scope::Period => main.map(|r| name(r.toponym.text.clone(), Some(r), &countries)),
                None => None,
            }
        })
        .collect();
    Places { of, countries }
}

fn name(text: String, resolved: Option<&Resolved>, countries: &[String]) -> PlaceName {
    match resolved.and_then(|r| r.best) {
        Some(best) => PlaceName {
            name: best.place.name.to_owned(),
            country: Some(best.place.country.to_owned()).filter(|c| !c.is_empty()),
            gazetteer: Some(best.place.id()),
            lat: Some(best.place.lat),
            lon: Some(best.place.lon),
            text,
        },
        None => PlaceName { name: text.clone(), text, country: countries.first().cloned(), gazetteer: None, lat: None, lon: None },
    }
}

/// The countries that names and adjectives vote for, most votes first.
fn countries(resolved: &[Resolved]) -> Vec<String> {
    let mut votes: Vec<(String, f32)> = Vec::new();
    for r in resolved {
        let country = r.best.map(|b| b.place.country).or(r.toponym.country).unwrap_or("");
        let vote = if r.toponym.kind == ToponymKind::Demonym { 0.7 } else { 1.0 };
        match votes.iter_mut().find(|(c, _)| c == country) {
            _ if country.is_empty() => {}
            Some((_, sum)) => *sum += vote,
            None => votes.push((country.to_owned(), vote)),
        }
    }
    votes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    votes.into_iter().map(|(c, _)| c).collect()
}

/// The one town or village that a sentence names, if it names just one.
fn only_place(resolved: &[Resolved], sentence: Span) -> Option<&Resolved> {
    let mut inside = resolved
        .iter()
        .filter(|r| sentence.contains(r.toponym.span) && r.toponym.kind == ToponymKind::Name)
        .filter(|r| r.best.is_some_and(|b| b.place.is_settlement()));
    let first = inside.next()?;
    inside.all(|r| r.toponym.text == first.toponym.text).then_some(first)
}

/// The place most claims point at, else the first settlement named.
fn main_place<'a>(resolved: &'a [Resolved], pointed: &[Span]) -> Option<&'a Resolved> {
    let times = |r: &Resolved| {
        let same = |span: &&Span| resolved.iter().any(|o| o.toponym.span == **span && o.toponym.text == r.toponym.text);
        pointed.iter().filter(same).count()
    };
    let best = resolved.iter().filter(|r| pointed.contains(&r.toponym.span)).max_by_key(|r| (times(r), std::cmp::Reverse(r.toponym.span)));
    best.or_else(|| resolved.iter().find(|r| r.best.is_some_and(|b| b.place.is_settlement())))
}
