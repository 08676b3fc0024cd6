//! Measures dates against gold cases: `cargo run --release -p reader --example dates -- DIRECTORY... [--show]`.
//!
//! For every claim whose date is printed in words: whether the first and last day resolve as the coder had them. The
//! context of a claim is the last date that stands before its quote in the same report.
#![expect(clippy::print_stdout, reason = "a report for people")]

use std::path::Path;

use jiff::civil::Date;
use reader::date::{find, resolve, resolve_words_in};
use record::{Dated, Field, Published, Quote};
use serde_json::Value;

#[derive(Default)]
struct Tally {
    all: usize,
    resolved: usize,
    start: usize,
    start_near: usize,
    inside: usize,
    both: usize,
    end_near: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (flags, directories): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let show = flags.iter().any(|flag| flag == "--show");
    for directory in directories {
        let mut tally = Tally::default();
        for case in cases(Path::new(&directory))? {
            for claim in case["claims"].as_array().into_iter().flatten() {
                let Ok(gold) = serde_json::from_value::<Dated>(claim["date"].clone()) else { continue };
                let Some(words) = gold.text.as_deref() else { continue };
                let Some(report) = case["reports"].as_array().into_iter().flatten().find(|report| report["id"] == claim["report"]) else { continue };
                let language = report["language"].as_str().unwrap_or("en");
                let Ok(published) = report["published"].as_str().unwrap_or_default().parse::<Published>() else { continue };
                let context = context(report, claim, words, published.date(), language);
                let found = resolve_words_in(words, published.date(), context, language);
                let hit = tally.add(&gold, found);
                if show && !hit {
                    println!(
                        "{language}\t{words}\tpublished {} {:?}\tcontext {context:?}\tgold {} {}\tfound {found:?}",
                        published.date(),
                        published.date().weekday(),
                        gold.start,
                        gold.end
                    );
                }
            }
        }
        println!("{directory}: {} dates", tally.all);
        for (what, n) in [
            ("resolved", tally.resolved),
            ("first day exact", tally.start),
            ("first day within one", tally.start_near),
            ("first day inside the days found", tally.inside),
            ("last day within one", tally.end_near),
            ("both exact", tally.both),
        ] {
            println!("  {what}: {:.1} % ({n})", 100.0 * n as f64 / tally.all.max(1) as f64);
        }
    }
    Ok(())
}

impl Tally {
    fn add(&mut self, gold: &Dated, found: Option<(Date, Date)>) -> bool {
        let off = |a: Date, b: Date| (a - b).get_days().abs();
        self.all += 1;
        let Some((start, end)) = found else { return false };
        self.resolved += 1;
        self.start += usize::from(start == gold.start);
        self.both += usize::from(start == gold.start && end == gold.end);
        self.inside += usize::from(start <= gold.start && gold.start <= end);
        let near = off(start, gold.start) <= 1;
        self.start_near += usize::from(near);
        self.end_near += usize::from(off(end, gold.end) <= 1);
        near
    }
}

/// The last day spoken of before the claim's quote, from the report's own words.
fn context(report: &Value, claim: &Value, own: &str, published: Date, language: &str) -> Option<Date> {
    let quote: Quote = serde_json::from_value(claim.clone()).ok()?;
    if quote.field == Field::Title {
        return None;
    }
    let text = report["text"].as_str()?;
    let at = text.match_indices(&quote.text).nth(quote.occurrence as usize)?.0;
    let mut context = None;
    for mention in find(text, language) {
        if mention.span.start as usize >= at {
            break;
        }
        // The claim's own words do not date themselves.
        let same = mention.span.slice(text).contains(own) || own.contains(mention.span.slice(text));
        if !same
            && mention.expr.is_date()
            && let Some((start, _)) = resolve(&mention.expr, published, context)
        {
            context = Some(start);
        }
    }
    context
}

fn cases(directory: &Path) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let mut paths: Vec<_> = std::fs::read_dir(directory)?.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    paths.iter().map(|path| Ok(serde_json::from_str(&std::fs::read_to_string(path)?)?)).collect()
}
