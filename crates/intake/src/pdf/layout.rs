//! From letters at places to paragraphs in reading order.
//!
//! Letters side by side are a run; a page is cut where white runs through it from top to bottom (columns) or from side to side
//! (blocks), again and again; what is left is lines, which a block's paragraphs are made of.

use std::sync::atomic::{AtomicBool, Ordering};

/// A letter, or a ligature, where it stands: points, from the lower left corner of the page.
#[derive(Clone, Debug)]
pub(super) struct Glyph {
    pub(super) x: f64,
    pub(super) y: f64,
    /// Where the next begins.
    pub(super) end: f64,
    pub(super) size: f64,
    pub(super) letters: String,
}

/// White between two letters of one word, in sizes of the letters; more is a blank.
const BLANK: f64 = 0.17;
/// White between two words of one run; more begins another run.
const APART: f64 = 1.4;
/// White between two columns.
const GUTTER: f64 = 0.9;
/// Fewest lines of a column.
const COLUMN_LINES: usize = 3;
/// Fewest letters that a line of a column has on average: the cells of a table have fewer.
const COLUMN_LETTERS: usize = 14;
/// Most lines above columns (headings) that may stand as near to them as their own lines.
const HEAD_LINES: usize = 8;
/// How deep a page is cut.
const DEEPEST: usize = 12;
/// A line that ends so much of its block's width before the others ends a paragraph.
const SHORT: f64 = 0.18;

/// Letters side by side.
#[derive(Clone, Debug)]
struct Run {
    x: f64,
    end: f64,
    y: f64,
    size: f64,
    words: String,
}

impl Run {
    fn top(&self) -> f64 {
        self.y + 0.8 * self.size
    }

    fn bottom(&self) -> f64 {
        self.y - 0.25 * self.size
    }
}

/// The paragraphs of a page.
pub(super) fn blocks(glyphs: Vec<Glyph>, stop: &AtomicBool) -> Vec<String> {
    let mut out = Vec::new();
    cut(runs(glyphs), 0, stop, &mut out);
    out.retain(|block: &String| !block.is_empty());
    for end in [0, usize::MAX] {
        let at = end.min(out.len().saturating_sub(1));
        if out.get(at).is_some_and(|block| is_page_number(block)) {
            out.remove(at);
        }
    }
    out
}

/// The text of all pages: a paragraph that goes on in the next column or on the next page is one.
pub(super) fn joined(pages: Vec<Vec<String>>) -> String {
    let mut paragraphs: Vec<String> = Vec::new();
    for block in pages.into_iter().flatten() {
        let goes_on = block.chars().next().is_some_and(char::is_lowercase);
        match paragraphs.last_mut().filter(|last| goes_on && last.chars().count() > 40 && !ends(last)) {
            Some(last) => append(last, &block),
            None => paragraphs.push(block),
        }
    }
    paragraphs.join("\n\n")
}

fn ends(text: &str) -> bool {
    text.ends_with(['.', '!', '?', ':', ';', '”', '"', '»', ')', '…'])
}

fn is_page_number(block: &str) -> bool {
    let words: Vec<&str> = block.split_whitespace().collect();
    let number = |word: &str| word.trim_matches(['-', '–', '/', '|']).bytes().all(|byte| byte.is_ascii_digit() || byte == b'/');
    let small = |word: &str| matches!(word.to_lowercase().as_str(), "page" | "p." | "pg" | "of" | "sur" | "de" | "página" | "|" | "-" | "–");
    words.len() <= 5 && words.iter().any(|word| word.contains(|c: char| c.is_ascii_digit())) && words.iter().all(|word| number(word) || small(word))
}

fn runs(glyphs: Vec<Glyph>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for glyph in glyphs.into_iter().filter(|glyph| glyph.size > 0.1) {
        let size = glyph.size;
        if let Some(run) = runs.last_mut()
            && (glyph.y - run.y).abs() < 0.35 * size.max(run.size)
            && (-0.6..=APART).contains(&((glyph.x - run.end) / size))
        {
            if glyph.x - run.end > BLANK * size && !run.words.ends_with(' ') && !glyph.letters.starts_with(' ') {
                run.words.push(' ');
            }
            run.words.push_str(&glyph.letters);
            run.end = run.end.max(glyph.end);
            run.size = run.size.max(size);
        } else {
            runs.push(Run { x: glyph.x, end: glyph.end, y: glyph.y, size, words: glyph.letters });
        }
    }
    runs.retain(|run| !run.words.trim().is_empty());
    runs
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

fn cut(runs: Vec<Run>, depth: usize, stop: &AtomicBool, out: &mut Vec<String>) {
    if runs.is_empty() || stop.load(Ordering::Relaxed) {
        return;
    }
    if depth >= DEEPEST {
        return block(lines(runs), out);
    }
    if let Some(at) = gutter(&runs) {
        let (left, right): (Vec<Run>, Vec<Run>) = runs.into_iter().partition(|run| run.x < at);
        cut(left, depth + 1, stop, out);
        return cut(right, depth + 1, stop, out);
    }
    let lines = lines(runs);
    // Headings may stand close above columns.
    for head in 1..lines.len().min(HEAD_LINES) {
        let rest: Vec<Run> = lines[head..].iter().flatten().cloned().collect();
        if gutter(&rest).is_some() {
            cut(lines[..head].iter().flatten().cloned().collect(), depth + 1, stop, out);
            return cut(rest, depth + 1, stop, out);
        }
    }
    let bands = bands(lines);
    if bands.len() == 1 {
        return bands.into_iter().for_each(|band| block(band, out));
    }
    for band in bands {
        cut(band.into_iter().flatten().collect(), depth + 1, stop, out);
    }
}

/// Where white runs from top to bottom with a column on either side.
fn gutter(runs: &[Run]) -> Option<f64> {
    if runs.len() < 2 * COLUMN_LINES {
        return None;
    }
    let size = median(runs.iter().map(|run| run.size).collect());
    let mut sorted: Vec<&Run> = runs.iter().collect();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut end = sorted[0].end;
    let mut widest: Option<(f64, f64)> = None;
    for run in &sorted[1..] {
        let white = run.x - end;
        if white > GUTTER * size && widest.is_none_or(|(best, _)| white > best) {
            widest = Some((white, run.x - white / 2.0));
        }
        end = end.max(run.end);
    }
    let at = widest?.1;
    let is_column = |side: &dyn Fn(&Run) -> bool| {
        let mut rows: Vec<i64> = runs.iter().filter(|run| side(run)).map(|run| (run.y / (0.5 * size).max(0.1)) as i64).collect();
        let letters: usize = runs.iter().filter(|run| side(run)).map(|run| run.words.chars().count()).sum();
        rows.sort_unstable();
        rows.dedup();
        rows.len() >= COLUMN_LINES && letters >= COLUMN_LETTERS * rows.len()
    };
    (is_column(&|run| run.x < at) && is_column(&|run| run.x >= at)).then_some(at)
}

/// Runs as lines from the top, each from left to right.
fn lines(mut runs: Vec<Run>) -> Vec<Vec<Run>> {
    runs.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x.total_cmp(&b.x)));
    let mut lines: Vec<Vec<Run>> = Vec::new();
    for run in runs {
        match lines.last_mut() {
            Some(line) if (line[0].y - run.y).abs() < 0.4 * run.size.max(line[0].size) => line.push(run),
            _ => lines.push(vec![run]),
        }
    }
    for line in &mut lines {
        line.sort_by(|a, b| a.x.total_cmp(&b.x));
    }
    lines
}

/// Lines as bands with more white between them than their lines have.
fn bands(lines: Vec<Vec<Run>>) -> Vec<Vec<Vec<Run>>> {
    let bottom = |line: &[Run]| line.iter().map(Run::bottom).fold(f64::INFINITY, f64::min);
    let top = |line: &[Run]| line.iter().map(Run::top).fold(f64::NEG_INFINITY, f64::max);
    let gaps: Vec<f64> = lines.windows(2).map(|pair| bottom(&pair[0]) - top(&pair[1])).collect();
    let size = median(lines.iter().flatten().map(|run| run.size).collect());
    let usual = median(gaps.clone()).max(0.0);
    let much = (0.35 * size).max(1.4 * usual + 0.1 * size);
    let mut bands: Vec<Vec<Vec<Run>>> = Vec::new();
    for (n, line) in lines.into_iter().enumerate() {
        // Letters of another size are a heading.
        let other = |band: &[Vec<Run>]| band.last().is_some_and(|last| (last[0].size - line[0].size).abs() > 0.15 * size);
        match bands.last_mut() {
            Some(band) if gaps[n - 1] <= much && !other(band) => band.push(line),
            _ => bands.push(vec![line]),
        }
    }
    bands
}

/// The paragraphs of a block of lines.
fn block(lines: Vec<Vec<Run>>, out: &mut Vec<String>) {
    let of = |pick: fn(&Run) -> f64, best: fn(f64, f64) -> f64| lines.iter().flatten().map(pick).reduce(best).unwrap_or(0.0);
    let (left, right) = (of(|run| run.x, f64::min), of(|run| run.end, f64::max));
    let mut paragraph = String::new();
    let mut short = false;
    let mut indented = false;
    for line in &lines {
        let words = line.iter().map(|run| run.words.trim()).collect::<Vec<_>>().join(" ");
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let indent = line[0].x > left + 0.8 * line[0].size;
        let item = words.starts_with(['•', '●', '▪', '◦', '–', '—']) || words.starts_with("- ");
        if !paragraph.is_empty() && (short || item || (indent && !indented)) {
            out.push(std::mem::take(&mut paragraph));
        }
        if paragraph.is_empty() {
            paragraph = words
        } else {
            append(&mut paragraph, &words)
        }
        let end = line.iter().map(|run| run.end).fold(f64::NEG_INFINITY, f64::max);
        short = end < right - SHORT * (right - left);
        indented = indent;
    }
    out.push(paragraph);
}

/// Puts the next line behind a text; a word parted at the end of its line is one again.
fn append(text: &mut String, next: &str) {
    let parted = text.ends_with('\u{ad}')
        || (text.ends_with('-') && text.chars().rev().nth(1).is_some_and(char::is_lowercase) && next.chars().next().is_some_and(char::is_lowercase));
    if parted {
        text.pop();
    } else {
        text.push(' ');
    }
    text.push_str(next);
}
