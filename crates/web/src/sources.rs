//! `/sources`: who published and who is quoted; and `/sources/NAME`, how a speaker stands beside the others.

use askama::Template;
use axum::response::Response;
use ledger::Ledger;
use serde::Serialize;

use crate::ask::{Ask, Form};
use crate::fault::Fault;
use crate::page::{Page, html, json_text};
use crate::plain::line;
use crate::plot;
use crate::query::Query;
use crate::site::Site;

/// Rows of a table that is not paged.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage {
    page: Page,
    outlets: Vec<OutletShown>,
    outlets_total: String,
    speakers: Vec<SpeakerShown>,
    speakers_total: String,
}

struct OutletShown {
    name: String,
    href: String,
    kind: String,
    reports: String,
    copies: String,
    claims: String,
    claims_href: String,
    latest: String,
}

struct SpeakerShown {
    name: String,
    href: String,
    kind: String,
    claims: String,
    claims_href: String,
    reports: String,
    deaths: String,
    denials: String,
}

#[derive(Serialize)]
struct Sources {
    outlets: ledger::Top<ledger::Outlet>,
    speakers: ledger::Top<ledger::Speaker>,
}

pub(crate) fn sources(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    let words = ask.words;
    let found = Sources { outlets: ledger.outlets(MOST)?, speakers: ledger.speakers(MOST)? };
    if ask.form != Form::Html {
        return Ok(json_text(&found));
    }
    let dash = |n: u64| if n == 0 { "–".to_owned() } else { words.number(n) };
    let one = |name: &str, value: &str, path: &str| Query::default().with(name, value).href(path);
    let outlets = found
        .outlets
        .items
        .iter()
        .map(|outlet| OutletShown {
            name: if outlet.name.is_empty() { words.say("outlet_unknown").to_owned() } else { line(&outlet.name) },
            href: if outlet.name.is_empty() { "/reports".to_owned() } else { one("outlet", &outlet.name, "/reports") },
            kind: words.word("report_kind", &outlet.kind).to_owned(),
            reports: words.number(outlet.reports),
            copies: if outlet.copies == 0 {
                "–".to_owned()
            } else {
                format!("{} ({} %)", words.number(outlet.copies), outlet.copies * 100 / outlet.reports.max(1))
            },
            claims: dash(outlet.claims),
            claims_href: one("outlet", &outlet.name, "/claims"),
            latest: outlet.latest.map_or_else(|| "–".to_owned(), |day| words.day(day)),
        })
        .collect();
    let speakers = found
        .speakers
        .items
        .iter()
        .map(|speaker| {
            let query = Query::default().with("speaker", &speaker.name).with("speaker_kind", &speaker.kind);
            SpeakerShown {
                name: line(&speaker.name),
                href: speaker_address(&speaker.name, &speaker.kind),
                kind: words.word("source_kind", &speaker.kind).to_owned(),
                claims: words.number(speaker.claims),
                claims_href: query.href("/claims"),
                reports: words.number(speaker.reports),
                deaths: dash(speaker.deaths),
                denials: dash(speaker.denials),
            }
        })
        .collect();
    Ok(html(&SourcesPage {
        outlets,
        outlets_total: words.count("outlets", found.outlets.total as u64),
        speakers,
        speakers_total: words.count("speakers", found.speakers.total as u64),
        page: Page::new(site, ledger, ask, "sources", words.say("sources"))?,
    }))
}

#[derive(Template)]
#[template(path = "speaker.html")]
struct SpeakerPage {
    page: Page,
    name: String,
    kind: String,
    claims: String,
    claims_href: String,
    reports: String,
    incidents: String,
    incidents_href: String,
    shares: Vec<ShareShown>,
    too_few: String,
    ratios: Vec<(String, String)>,
    left_out: String,
}

struct ShareShown {
    name: String,
    about: String,
    svg: String,
    percent: String,
    interval: String,
    n: String,
}

/// Incidents below which shares say nothing.
const ENOUGH: u64 = 10;

fn speaker_address(name: &str, kind: &str) -> String {
    let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    Query::default().with("speaker_kind", kind).href(&format!("/sources/{}", name.replace('+', "%20")))
}

/// `/sources/NAME`: how what a speaker said stands beside what else was said.
pub(crate) fn speaker(site: &Site, ledger: &Ledger, ask: &Ask, name: &str) -> Result<Response, Fault> {
    let words = ask.words;
    let kind = ask.query.get("speaker_kind").unwrap_or("");
    let Some(track) = views::track(ledger, name, kind)? else { return Err(Fault::unknown(name)) };
    if ask.form != Form::Html {
        return Ok(json_text(&track));
    }
    let mut of = Query::default().with("speaker", &track.name);
    if !kind.is_empty() {
        of = of.with("speaker_kind", kind);
    }
    let all = [("first", track.first), ("alone", track.alone), ("corroborated", track.corroborated), ("contradicted", track.contradicted)];
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let shares = all.into_iter().filter_map(|(what, n)| {
        let [low, share, high] = track.share(n)?;
        Some(ShareShown {
            name: words.word("track", what).to_owned(),
            about: words.word("track_about", what).to_owned(),
            svg: plot::portion([low, share, high]),
            percent: percent(share),
            interval: format!("{}–{}", percent(low), percent(high)),
            n: words.number(n),
        })
    });
    let ratio = |what: &str, ratio: Option<views::Ratio>| {
        ratio.map(|ratio| (words.word("track", what).to_owned(), format!("{:.1} (n {})", ratio.median, words.number(ratio.n))))
    };
    Ok(html(&SpeakerPage {
        kind: if kind.is_empty() { String::new() } else { words.word("source_kind", kind).to_owned() },
        claims: words.count("claims", track.claims),
        claims_href: of.href("/claims"),
        reports: words.count("reports", track.reports),
        incidents: words.count("incidents", track.incidents + track.left_out),
        incidents_href: of.href("/incidents"),
        shares: if track.incidents < ENOUGH { vec![] } else { shares.collect() },
        too_few: words.fill("too_few", &[&words.count("incidents", track.incidents), &words.number(ENOUGH)]),
        ratios: [ratio("own", track.own), ratio("enemy", track.enemy)].into_iter().flatten().collect(),
        left_out: if track.left_out > 0 { words.fill("latest_only", &[&words.count("incidents", track.incidents)]) } else { String::new() },
        page: Page::new(site, ledger, &ask.without_query(), "sources", &line(&track.name))?,
        name: line(&track.name),
    }))
}
