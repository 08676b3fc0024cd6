//! `/reports/ID`: a report with every claim marked in its words, and the claims beside.

use askama::Template;
use axum::response::Response;
use ledger::Ledger;
use record::{Claim, Field, Report};
use views::ReportView;

use crate::ask::{Ask, Form};
use crate::card::{Card, card, sort};
use crate::cite::{self, Work};
use crate::fault::Fault;
use crate::list::written;
use crate::page::{Page, html, json_text, redirect};
use crate::plain::{line, plain};
use crate::site::Site;

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    page: Page,
    id: String,
    title: Vec<Piece>,
    title_cards: Vec<Card>,
    outlet: String,
    kind: String,
    published: String,
    language: String,
    rtl: bool,
    recorded: String,
    hash: String,
    url: String,
    /// Whether the address can be followed.
    link: bool,
    inputs: Vec<String>,
    /// When it was fetched, and what the host answered.
    fetched: Vec<(String, String)>,
    copy_of: Option<Twin>,
    copies: Vec<Twin>,
    claims: String,
    paragraphs: Vec<Paragraph>,
    sorts: Vec<(&'static str, String)>,
    cite: String,
    cite_forms: Vec<(&'static str, String)>,
    files: Vec<(String, String)>,
}

/// Another report with the same text, and how its words differ.
struct Twin {
    id: String,
    outlet: String,
    published: String,
    difference: Vec<(&'static str, String)>,
}

struct Paragraph {
    pieces: Vec<Piece>,
    cards: Vec<Card>,
}

/// A stretch of text under the same claims.
pub(crate) struct Piece {
    pub(crate) text: String,
    /// Claims whose words begin here: anchors.
    pub(crate) begins: Vec<String>,
    /// Claims whose words end here: their labels.
    pub(crate) ends: Vec<(String, String)>,
    /// The claim that a click leads to, the one with the fewest words; empty for plain text.
    pub(crate) claim: String,
    /// Classes of its marks.
    pub(crate) class: String,
}

pub(crate) fn report(site: &Site, ledger: &Ledger, ask: &Ask, id: &str) -> Result<Response, Fault> {
    let as_of = ask.query.filter()?.as_of;
    let id = match ledger.noun(id)? {
        Some((ledger::Noun::Report, id)) => id,
        Some((noun, id)) => return Ok(redirect(&crate::incident::address(noun, &id))),
        None => return Err(Fault::unknown(id)),
    };
    let view = views::report(ledger, &id, as_of)?;
    match ask.form {
        Form::Json => Ok(json_text(&view)),
        Form::Html => Ok(html(&shown(site, ledger, ask, &view)?)),
        Form::Csv | Form::Geojson => {
            let filter = ledger::Filter { report: Some(id), as_of, ..ledger::Filter::default() };
            let listing = views::Listing::Claims(views::claims(ledger, &filter)?);
            written(site, ask, &listing, if ask.form == Form::Csv { views::Format::Csv } else { views::Format::Geojson })
        }
    }
}

/// `/claims/ID`: the words in the report.
pub(crate) fn claim(ledger: &Ledger, ask: &Ask, id: &str) -> Result<Response, Fault> {
    match ledger.noun(id)? {
        Some((ledger::Noun::Claim, id)) => {
            let view = views::claim(ledger, &id, ask.query.filter()?.as_of)?;
            if ask.form == Form::Json {
                return Ok(json_text(&view));
            }
            Ok(redirect(&format!("/reports/{}#q-{id}", view.report.id)))
        }
        Some((noun, id)) => Ok(redirect(&crate::incident::address(noun, &id))),
        None => Err(Fault::unknown(id)),
    }
}

fn shown(site: &Site, ledger: &Ledger, ask: &Ask, view: &ReportView) -> Result<ReportPage, Fault> {
    let words = ask.words;
    let report = &view.entry.report;
    let claims: Vec<Claim> = view.claims.iter().map(|entry| entry.claim.clone()).collect();
    let states: Vec<String> = view.claims.iter().map(|entry| crate::card::state(entry, words)).collect();
    let label = |n: usize| format!("c{}", n + 1);
    let cards = |inside: &dyn Fn(&Claim) -> bool| -> Vec<Card> {
        claims
            .iter()
            .enumerate()
            .filter(|(_, claim)| inside(claim))
            .map(|(n, claim)| Card {
                label: label(n),
                // They are marked beside.
                quote: String::new(),
                incident: claim.incident.clone().unwrap_or_default(),
                state: states[n].clone(),
                ..card(claim, &report.outlet, report.kind.as_str(), words)
            })
            .collect()
    };
    let paragraphs = paragraphs(&report.text)
        .into_iter()
        .map(|(start, end)| Paragraph {
            pieces: pieces(&report.text, start, end, &claims, Field::Text),
            cards: cards(&|claim| claim.quote.field == Field::Text && (start..end.max(start + 1)).contains(&(claim.quote.span.start as usize))),
        })
        .collect();
    let day = |report: &Report| report.published.as_ref().map_or_else(|| words.say("undated").to_owned(), |published| words.day(published.date()));
    let outlet = |report: &Report| if report.outlet.is_empty() { words.say("outlet_unknown").to_owned() } else { line(&report.outlet) };
    let other = |other: &Report, original: &Report, copy: &Report| Twin {
        id: other.id.clone(),
        outlet: outlet(other),
        published: day(other),
        difference: difference(&original.text, &copy.text),
    };
    let copy_of = match &report.copy_of {
        None => None,
        Some(original) => Some(ledger.report(original)?),
    };
    let mut sorts: Vec<&'static str> = claims.iter().map(|claim| sort(claim.kind)).collect();
    sorts.sort_unstable();
    sorts.dedup();
    let url = view.entry.url.clone().unwrap_or_default();
    let title = if report.title.is_empty() { words.say("untitled").to_owned() } else { line(&report.title) };
    let path = format!("/reports/{}", report.id);
    let read = view.entry.recorded_at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let hash = view.entry.raw_hash.clone().unwrap_or_default();
    let cited = [line(&url), if hash.is_empty() { String::new() } else { format!("SHA-256 {hash}") }];
    let cite = [words.fill("cite_report", &[&outlet(report), &title, &day(report), &words.day(read)])].into_iter().chain(cited);
    Ok(ReportPage {
        cite: cite.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "),
        cite_forms: cite::forms(&Work {
            sort: cite::Sort::Report,
            id: &report.id,
            title: &title,
            publisher: &report.outlet,
            issued: report.published.as_ref().map(|published| published.date()),
            accessed: read,
            url: &url,
            note: &if hash.is_empty() { String::new() } else { format!("SHA-256 {hash}") },
        }),
        page: Page::new(site, ledger, ask, "reports", &title)?,
        id: report.id.clone(),
        title: pieces(&report.title, 0, report.title.len(), &claims, Field::Title),
        title_cards: cards(&|claim| claim.quote.field == Field::Title),
        outlet: outlet(report),
        kind: words.word("report_kind", report.kind.as_str()).to_owned(),
        published: report.published.as_ref().map_or_else(
            || words.say("undated").to_owned(),
            |published| {
                let time = published.as_str().get(11..).map(line).filter(|time| !time.is_empty());
                time.map_or_else(|| words.day(published.date()), |time| format!("{}, {time}", words.day(published.date())))
            },
        ),
        language: line(&report.language),
        rtl: matches!(report.language.as_str(), "ar" | "fa" | "he" | "ur" | "ps"),
        recorded: words.moment(view.entry.recorded_at),
        hash,
        link: url.starts_with("https://") || url.starts_with("http://"),
        url: line(&url),
        inputs: view.inputs.iter().map(|input| line(&input.input)).filter(|input| !input.is_empty()).collect(),
        fetched: view
            .inputs
            .iter()
            .filter_map(|input| input.fetched.as_ref())
            .map(|fetched| (words.moment(fetched.fetched_at), line(&views::answer(fetched))))
            .collect(),
        copies: view.copies.iter().map(|copy| other(copy, report, copy)).collect(),
        copy_of: copy_of.as_ref().map(|original| other(original, original, report)),
        claims: words.count("claims", claims.len() as u64),
        paragraphs,
        sorts: sorts.into_iter().map(|sort| (sort, words.word("sort", sort).to_owned())).collect(),
        files: [("JSON", ".json"), ("CSV", ".csv")].iter().map(|(name, ending)| ((*name).to_owned(), format!("{path}{ending}"))).collect(),
    })
}

/// Byte ranges of the paragraphs of a text, which blank lines part; none is empty.
pub(crate) fn paragraphs(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = 0;
    for part in text.split("\n\n") {
        let end = start + part.len();
        if !part.trim().is_empty() {
            found.push((start, end));
        }
        start = end + 2;
    }
    found
}

/// Cuts `start..end` of a field where claims begin and end.
pub(crate) fn pieces(text: &str, start: usize, end: usize, claims: &[Claim], field: Field) -> Vec<Piece> {
    let inside: Vec<(usize, &Claim, usize, usize)> = claims
        .iter()
        .enumerate()
        .filter(|(_, claim)| claim.quote.field == field && text.get(claim.quote.span.range()).is_some())
        .map(|(n, claim)| (n, claim, claim.quote.span.start as usize, claim.quote.span.end as usize))
        .filter(|(_, _, from, to)| *from < end && *to > start)
        .collect();
    let mut cuts = vec![start, end];
    cuts.extend(inside.iter().flat_map(|(_, _, from, to)| [(*from).max(start), (*to).min(end)]));
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2)
        .map(|cut| {
            let (from, to) = (cut[0], cut[1]);
            let over: Vec<_> = inside.iter().filter(|(_, _, a, b)| *a <= from && *b >= to).collect();
            let shortest = over.iter().min_by_key(|(n, _, a, b)| (b - a, *n));
            let mut class: Vec<String> = Vec::new();
            for (_, claim, ..) in &over {
                let name = format!("k-{}", sort(claim.kind));
                if !class.contains(&name) {
                    class.push(name);
                }
            }
            if over.len() > 1 {
                class.push(format!("over-{}", over.len().min(3)));
            }
            Piece {
                text: plain(&text[from..to]),
                begins: over.iter().filter(|(_, _, a, _)| (*a).max(start) == from).map(|(_, claim, ..)| claim.id.clone()).collect(),
                ends: over.iter().filter(|(_, _, _, b)| *b == to).map(|(n, claim, ..)| (format!("c{}", n + 1), claim.id.clone())).collect(),
                claim: shortest.map_or_else(String::new, |(_, claim, ..)| claim.id.clone()),
                class: class.join(" "),
            }
        })
        .collect()
}

/// Most words that are compared; longer texts are said to differ, not how.
const COMPARED: usize = 4_000;

/// How a copy's words differ from its original's: stretches that are the `same`, gone from the original (`del`) or new
/// (`ins`); long same stretches are shortened. Empty when the texts are the same.
fn difference(original: &str, copy: &str) -> Vec<(&'static str, String)> {
    let (a, b): (Vec<&str>, Vec<&str>) = (original.split_whitespace().collect(), copy.split_whitespace().collect());
    if a == b || a.len() > COMPARED || b.len() > COMPARED {
        return vec![];
    }
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (mid_a, mid_b) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    // Longest common subsequence of what is left.
    let width = mid_b.len() + 1;
    let mut longest = vec![0_u16; (mid_a.len() + 1) * width];
    for x in (0..mid_a.len()).rev() {
        for y in (0..mid_b.len()).rev() {
            longest[x * width + y] = if mid_a[x] == mid_b[y] {
                longest[(x + 1) * width + y + 1] + 1
            } else {
                longest[(x + 1) * width + y].max(longest[x * width + y + 1])
            };
        }
    }
    let mut runs: Vec<(&'static str, Vec<&str>)> = Vec::new();
    let mut add = |what: &'static str, word| match runs.last_mut() {
        Some((last, words)) if *last == what => words.push(word),
        _ => runs.push((what, vec![word])),
    };
    a[..head].iter().for_each(|&word| add("same", word));
    let (mut x, mut y) = (0, 0);
    while x < mid_a.len() || y < mid_b.len() {
        if x < mid_a.len() && y < mid_b.len() && mid_a[x] == mid_b[y] {
            add("same", mid_a[x]);
            (x, y) = (x + 1, y + 1);
        } else if y >= mid_b.len() || (x < mid_a.len() && longest[(x + 1) * width + y] >= longest[x * width + y + 1]) {
            add("del", mid_a[x]);
            x += 1;
        } else {
            add("ins", mid_b[y]);
            y += 1;
        }
    }
    a[a.len() - tail..].iter().for_each(|&word| add("same", word));
    runs.into_iter()
        .map(|(what, words)| {
            let text = if what == "same" && words.len() > 14 {
                format!("{} … {}", words[..6].join(" "), words[words.len() - 6..].join(" "))
            } else {
                words.join(" ")
            };
            (what, plain(&text))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::{Quote, Span};

    fn claim(report: &Report, kind: &str, words: &str) -> Claim {
        let quote = Quote::cut(report, Field::Text, Span::find(&report.text, words).unwrap()).unwrap();
        let mut claim: Claim = serde_json::from_value(serde_json::json!({
            "id": words, "report": report.id, "source": [], "stance": "states", "certainty": "certain", "polarity": "positive", "kind": kind,
            "scope": "incident", "incident": null, "actor": null, "target": null, "place": null, "date": null, "count": null,
            "victims": null, "side": null, "weapon": null, "quote": quote.text,
        }))
        .unwrap();
        claim.quote = quote;
        claim
    }

    #[test]
    fn pieces_put_together_are_the_text_and_know_their_claims() {
        let text = "Fighters attacked a post, killing six soldiers.\n\nThe army d\u{e9}nied.";
        let report = Report::new("wire", "en", "", text);
        let claims = [
            claim(&report, "attack", "Fighters attacked a post, killing six"),
            claim(&report, "deaths", "killing six soldiers"),
            claim(&report, "attack", "d\u{e9}nied"),
        ];
        let mut whole = String::new();
        for (start, end) in paragraphs(text) {
            let pieces = pieces(text, start, end, &claims, Field::Text);
            assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(), text[start..end]);
            for piece in pieces {
                whole += &format!("[{}|{}]", piece.text, piece.class);
            }
        }
        assert_eq!(
            whole,
            "[Fighters attacked a post, |k-violence][killing six|k-violence k-people over-2][ soldiers|k-people][.|][The army |][d\u{e9}nied|k-violence][.|]"
        );
    }

    #[test]
    fn a_difference_is_told_by_words() {
        let told = |a: &str, b: &str| difference(a, b).iter().map(|(what, text)| format!("{what}:{text}")).collect::<Vec<_>>().join(" | ");
        for (a, b, expected) in [
            ("six soldiers died", "six soldiers died", ""),
            ("six soldiers died", "eight soldiers died", "del:six | ins:eight | same:soldiers died"),
            ("a b c", "a b c d", "same:a b c | ins:d"),
            ("", "new", "ins:new"),
            ("a x b", "a y b", "same:a | del:x | ins:y | same:b"),
        ] {
            assert_eq!(told(a, b), expected, "{a} / {b}");
        }
        let long = "word ".repeat(20);
        assert_eq!(
            told(&format!("{long} end"), &format!("{long} fin")),
            "same:word word word word word word … word word word word word word | del:end | ins:fin"
        );
    }
}
