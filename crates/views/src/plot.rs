use ledger::fold;
use record::{Claim, Kind, Polarity, Scope, Stance, Toll, Victims};
use serde::Serialize;

use crate::incident::{ClaimLine, IncidentView};
use crate::paint::{Paint, clean, cut, fit, width, wrapped};
use crate::side::Relation;

/// One interval plot: the tolls of one side, and every claim that counts its people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plot {
    /// What is counted: `deaths`, `injured`, `abducted` or `displaced`.
    pub what: &'static str,
    /// The resolved figures, with the receipt of each.
    pub toll: Toll,
    /// Claims in the incident's order.
    pub rows: Vec<PlotRow>,
    /// The largest figure of all.
    pub most: u64,
}

/// A claim on a plot.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlotRow {
    /// Index into the view's claims.
    pub claim: usize,
    /// How its figure is drawn.
    pub shape: Shape,
}

/// Every plot of an incident: the dead first, then the hurt, the taken, the displaced; by side. A total that only repeats
/// the one side there is goes without saying.
pub fn plots(view: &IncidentView) -> Vec<Plot> {
    let incident = &view.entry.incident;
    let told: [&[Kind]; 4] = [&[Kind::Deaths], &[Kind::Injuries], &[Kind::Abduction, Kind::Captives, Kind::Arrest], &[Kind::Displacement]];
    let mut found = Vec::new();
    for ((what, tolls), kinds) in incident.tolls().into_iter().zip(told) {
        let shown = shown(tolls);
        for &toll in &shown {
            let counts = |line: &ClaimLine| kinds.contains(&line.entry.claim.kind) && line.entry.claim.scope == Scope::Incident;
            let rows: Vec<PlotRow> = (0..view.claims.len())
                .filter(|&n| counts(&view.claims[n]) && (shown.len() == 1 || about(&view.claims[n].entry.claim, toll, tolls)))
                .map(|claim| PlotRow { claim, shape: shape(&view.claims[claim].entry.claim) })
                .collect();
            let most = rows.iter().map(|row| row.shape.most()).chain([toll.high]).max().unwrap_or(0);
            found.push(Plot { what, toll: toll.clone(), rows, most });
        }
    }
    found
}

/// The plots as text.
pub(crate) fn plots_text(view: &IncidentView, columns: usize, paint: Paint) -> Vec<String> {
    let mut lines = Vec::new();
    let mut signs = Signs::default();
    for plot in plots(view) {
        let heading = match plot.what {
            "abducted" => "TAKEN".to_owned(),
            what => what.to_uppercase(),
        };
        draw_plot(&mut lines, &mut signs, (&heading, &plot), view, columns, paint);
    }
    if let Some(key) = signs.key() {
        // A sign and its meaning stay on one line.
        let whole = key.replace("   ", "\n").replace(' ', "\u{a0}").replace('\n', "   ");
        lines.extend(wrapped(&whole, columns, "").iter().map(|line| paint.dim(&line.replace('\u{a0}', " "))));
    }
    lines
}

/// A total that only repeats the one side there is goes without saying.
fn shown(tolls: &[Toll]) -> Vec<&Toll> {
    let same = |a: &Toll, b: &Toll| (a.low, a.best, a.high) == (b.low, b.best, b.high);
    let parts: Vec<&Toll> = tolls.iter().filter(|toll| toll.side != "total").collect();
    match parts[..] {
        [only] if tolls.iter().all(|toll| same(toll, only)) => vec![only],
        _ => tolls.iter().collect(),
    }
}

/// Whether a claim counts the people of a toll; a total shows what no side does.
fn about(claim: &Claim, toll: &Toll, tolls: &[Toll]) -> bool {
    let belongs = |name: &str| match name {
        "civilians" => claim.victims == Some(Victims::Civilian) || claim.side.as_deref() == Some("civilians"),
        "unknown" => claim.side.is_none() && claim.victims != Some(Victims::Civilian),
        name => claim.side.as_deref().is_some_and(|side| fold(side) == fold(name)),
    };
    let named = toll.because.iter().any(|bound| bound.claims.contains(&claim.id));
    if toll.side == "total" { named || !tolls.iter().any(|part| part.side != "total" && belongs(&part.side)) } else { named || belongs(&toll.side) }
}

/// How a claim's figure is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// One number.
    Exact(u64),
    /// One number, rounded by its words.
    Approximate(u64),
    /// So many or more.
    Open(u64),
    /// From so many to so many.
    Between(u64, u64),
    /// Said not to be so.
    Denied(u64),
    /// No number.
    Silent,
}

fn shape(claim: &Claim) -> Shape {
    let denied = claim.polarity == Polarity::Negative || claim.stance == Stance::Denies;
    match &claim.count {
        None if denied => Shape::Exact(0),
        None => Shape::Silent,
        Some(count) => match (count.low, count.high) {
            (low, high) if denied && low.or(high).is_some_and(|n| n > 0) => Shape::Denied(low.or(high).unwrap_or(0)),
            (Some(low), Some(high)) if low == high && count.approx => Shape::Approximate(low),
            (Some(low), Some(high)) if low == high => Shape::Exact(low),
            (low, Some(high)) => Shape::Between(low.unwrap_or(0), high),
            (Some(low), None) => Shape::Open(low),
            (None, None) => Shape::Silent,
        },
    }
}

impl Shape {
    fn most(self) -> u64 {
        match self {
            Shape::Exact(n) | Shape::Approximate(n) | Shape::Open(n) | Shape::Between(_, n) | Shape::Denied(n) => n,
            Shape::Silent => 0,
        }
    }
}

/// Which signs a reader must know.
#[derive(Default)]
struct Signs {
    seen: Vec<&'static str>,
}

impl Signs {
    fn note(&mut self, sign: &'static str) {
        if !self.seen.contains(&sign) {
            self.seen.push(sign);
        }
    }

    fn key(&self) -> Option<String> {
        const KEY: [&str; 7] =
            ["● exact", "├─▶ open range", "├──┤ from – to", "○ approximate", "◆ a party about its enemy", "× denied", "┆ copy, not counted"];
        let used: Vec<&str> = KEY.into_iter().filter(|sign| self.seen.contains(sign)).collect();
        (!used.is_empty()).then(|| used.join("   "))
    }
}

/// The columns of a plot: who, where on the axis, in which words.
struct Layout {
    who: usize,
    axis: usize,
    words: usize,
    top: u64,
    /// Column of every tick, with its number.
    ticks: Vec<(usize, u64)>,
}

impl Layout {
    fn new(columns: usize, most: u64) -> Layout {
        let who = (columns / 5).clamp(10, 24);
        let words = if columns >= 60 { (columns * 9 / 20).min(58) } else { 0 };
        let axis = columns.saturating_sub(who + words + if words > 0 { 2 } else { 1 }).clamp(12, 80);
        let step = step(most.max(1), (axis / 8).max(2) as u64);
        let top = most.max(1).div_ceil(step).saturating_mul(step);
        let mut layout = Layout { who, axis, words, top, ticks: vec![] };
        layout.ticks = (0..=top / step).map(|n| (layout.column(n * step), n * step)).collect();
        layout
    }

    fn column(&self, n: u64) -> usize {
        let last = (self.axis - 1) as u128;
        let top = u128::from(self.top);
        ((u128::from(n.min(self.top)) * last * 2 + top) / (top * 2)) as usize
    }

    /// The numbers along the top.
    fn scale(&self) -> String {
        let mut line = vec![' '; self.axis];
        for &(at, n) in &self.ticks {
            let digits: Vec<char> = n.to_string().chars().collect();
            let start = at.min(self.axis.saturating_sub(digits.len()));
            let free = line[start.saturating_sub(1)..(start + digits.len()).min(self.axis)].iter().all(|c| *c == ' ');
            if free {
                line.splice(start..start + digits.len(), digits);
            }
        }
        line.into_iter().collect()
    }
}

/// Numbers along an axis from 0 to at least `most`, the last of them its end: at most so many parts, each 1, 2 or 5 times a power of ten.
pub fn ticks(most: u64, parts: u64) -> Vec<u64> {
    let step = step(most.max(1), parts.max(1));
    (0..=most.max(1).div_ceil(step)).map(|n| n.saturating_mul(step)).collect()
}

/// The smallest of 1, 2, 5, 10, 20 … that parts `most` into at most so many.
fn step(most: u64, parts: u64) -> u64 {
    let mut size = 1_u64;
    loop {
        for step in [size, size.saturating_mul(2), size.saturating_mul(5)] {
            if most.div_ceil(step) <= parts || step == u64::MAX {
                return step;
            }
        }
        size = size.saturating_mul(10);
    }
}

fn draw_plot(lines: &mut Vec<String>, signs: &mut Signs, (heading, plot): (&str, &Plot), view: &IncidentView, columns: usize, paint: Paint) {
    let toll = &plot.toll;
    let layout = Layout::new(columns, plot.most);
    let head = format!("{heading} · {}", clean(&toll.side));
    if width(&head) < layout.who {
        lines.push(format!("{} {}", paint.bold(&fit(&head, layout.who)), paint.dim(layout.scale().trim_end())));
    } else {
        lines.push(paint.bold(&cut(&head, columns)));
        lines.push(format!("{} {}", " ".repeat(layout.who), paint.dim(layout.scale().trim_end())));
    }
    for row in &plot.rows {
        let line = &view.claims[row.claim];
        let drawn = draw(line, row.shape, &layout, signs);
        let row = format!("{} {}", fit(&line.speaker, layout.who), paint.mark(&fit(&drawn, layout.axis)));
        lines.push(ended(row, &words(line, layout.words), line.copy_of.is_some(), paint));
    }
    let figures = format!("low {} · best {} · high {}", toll.low, toll.best, toll.high);
    let bar = resolved(toll, &layout);
    let row = format!("{} {}", paint.bold(&fit("RESOLVED", layout.who)), paint.bold(&fit(&bar, layout.axis)));
    if layout.words > 0 {
        lines.push(format!("{row} {}", paint.bold(&figures)));
    } else {
        lines.push(row.trim_end().to_owned());
        lines.push(format!("{} {}", " ".repeat(layout.who), paint.bold(&figures)));
    }
    lines.extend(because(toll, view, columns));
    lines.push(String::new());
}

fn ended(row: String, words: &str, quiet: bool, paint: Paint) -> String {
    if words.is_empty() {
        return row.trim_end().to_owned();
    }
    format!("{row} {}", if quiet { paint.dim(words) } else { words.to_owned() })
}

/// What stands to the right of a claim's mark: its words first, shortened so that the rest fits.
fn words(line: &ClaimLine, columns: usize) -> String {
    if columns == 0 {
        return String::new();
    }
    let rest = match &line.copy_of {
        Some(original) => format!("copy of {original}, not counted  {} {}", line.report_label, line.label),
        None => {
            let stance = if line.entry.claim.source.is_empty() && line.entry.claim.stance == Stance::States {
                "own voice"
            } else {
                line.entry.claim.stance.as_str()
            };
            format!("{stance}  {} {}  {}", line.report_label, line.label, line.relation.label())
        }
    };
    let said = line.entry.claim.count.as_ref().map_or(&line.entry.claim.quote.text, |count| &count.text);
    let said = clean(if said.is_empty() { &line.entry.claim.quote.text } else { said });
    let room = columns.saturating_sub(width(&rest) + 4);
    if room < 6 {
        return cut(&rest, columns);
    }
    format!("“{}”  {rest}", cut(&said, room))
}

fn draw(line: &ClaimLine, shape: Shape, layout: &Layout, signs: &mut Signs) -> String {
    let enemy = line.relation == Relation::Enemy;
    let copy = line.copy_of.is_some();
    if copy {
        signs.note("┆ copy, not counted");
    }
    let mut drawn = vec![' '; layout.axis];
    let put = |drawn: &mut Vec<char>, from: usize, to: usize, (left, middle, right): (char, char, char)| {
        drawn[from..=to].fill(middle);
        drawn[from] = left;
        drawn[to] = right;
    };
    let dot = if enemy { '◆' } else { '●' };
    match shape {
        Shape::Silent => return "no figure".to_owned(),
        Shape::Exact(n) | Shape::Approximate(n) | Shape::Denied(n) if copy => drawn[layout.column(n)] = '┆',
        Shape::Exact(n) => {
            signs.note(if enemy { "◆ a party about its enemy" } else { "● exact" });
            drawn[layout.column(n)] = dot;
        }
        Shape::Approximate(n) => {
            signs.note("○ approximate");
            if enemy {
                signs.note("◆ a party about its enemy");
            }
            drawn[layout.column(n)] = if enemy { '◇' } else { '○' };
        }
        Shape::Denied(n) => {
            signs.note("× denied");
            drawn[layout.column(n)] = '×';
        }
        Shape::Open(n) => {
            signs.note("├─▶ open range");
            if enemy {
                signs.note("◆ a party about its enemy");
            }
            let from = layout.column(n);
            let to = (from + 8).min(layout.axis - 1);
            let line = if copy { ('┆', '┄', '▶') } else { (if enemy { '◆' } else { '├' }, '─', '▶') };
            // At the right edge there is no room for an arrow but instead of the mark.
            put(&mut drawn, from.min(to.saturating_sub(2)), to, line);
        }
        Shape::Between(low, high) => {
            signs.note("├──┤ from – to");
            if enemy {
                signs.note("◆ a party about its enemy");
            }
            let line = match (copy, enemy) {
                (true, _) => ('┆', '┄', '┆'),
                (_, true) => ('◆', '─', '◆'),
                _ => ('├', '─', '┤'),
            };
            put(&mut drawn, layout.column(low), layout.column(high), line);
        }
    }
    drawn.into_iter().collect()
}

fn resolved(toll: &Toll, layout: &Layout) -> String {
    let mut drawn = vec![' '; layout.axis];
    let (low, best, high) = (layout.column(toll.low), layout.column(toll.best), layout.column(toll.high));
    if low < high {
        drawn[low..=high].fill('─');
        drawn[low] = '├';
        drawn[high] = '┤';
    }
    drawn[best.clamp(low.min(high), high)] = '█';
    drawn.into_iter().collect()
}

/// `why  low 6 ← c2 Agence Nord: least count by a source without a stake · …`
fn because(toll: &Toll, view: &IncidentView, columns: usize) -> Vec<String> {
    let parts: Vec<String> = toll
        .because
        .iter()
        .map(|bound| {
            let n = toll.figure(bound);
            let claims: Vec<String> = bound
                .claims
                .iter()
                .map(|id| {
                    view.claims.iter().find(|line| line.entry.claim.id == *id).map_or(id.clone(), |line| format!("{} {}", line.label, line.speaker))
                })
                .collect();
            let from = if claims.is_empty() { String::new() } else { format!(" ← {}", claims.join(", ")) };
            format!("{} {n}{from}: {}", bound.bound, clean(&bound.rule))
        })
        .collect();
    if parts.is_empty() {
        return vec![];
    }
    wrapped(&format!("why  {}", parts.join(" · ")), columns, "     ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_holds_what_it_must_at_every_width() {
        for columns in [1, 20, 40, 59, 60, 80, 100, 200] {
            for most in [0, 1, 7, 25, 99, 1_000, 123_456, u64::MAX] {
                let layout = Layout::new(columns, most);
                assert!(layout.top >= most.max(1), "{columns} {most}");
                assert_eq!(layout.column(0), 0);
                assert!(layout.column(most) < layout.axis);
                assert_eq!(width(&layout.scale()), layout.axis);
            }
        }
        assert_eq!((step(25, 5), step(25, 6), step(100, 10), step(1, 2)), (5, 5, 10, 1));
    }
}
