//! Interval plots and bars as inline SVG. Places along an axis are percentages and everything else is in pixels, so a
//! drawing takes the width it is given and its marks keep their shape. An axis runs from left to right in every script.

use std::fmt::Write;

use views::{Bin, Shape};

/// Left and right of the axis, in percent, so that a mark at either end is whole.
const MARGIN: f64 = 2.0;

/// An axis from 0.
pub(crate) struct Axis {
    ticks: Vec<u64>,
    top: u64,
}

impl Axis {
    /// An axis that holds `most`.
    pub(crate) fn new(most: u64) -> Axis {
        let ticks = views::ticks(most, 6);
        let top = ticks.last().copied().unwrap_or(1).max(1);
        Axis { ticks, top }
    }

    /// Percent of the width.
    fn at(&self, n: u64) -> f64 {
        MARGIN + (100.0 - 2.0 * MARGIN) * (n.min(self.top) as f64 / self.top as f64)
    }

    /// The numbers along it.
    pub(crate) fn scale(&self, number: impl Fn(u64) -> String) -> String {
        let mut svg = String::from(r#"<svg class="scale" width="100%" height="18" aria-hidden="true">"#);
        for &tick in &self.ticks {
            let _ = write!(svg, r#"<text x="{:.2}%" y="13" text-anchor="middle">{}</text>"#, self.at(tick), number(tick));
        }
        svg + "</svg>"
    }

    /// Lines at the ticks, down to `to`: past the end of a drawing, into the row below, which is painted later.
    fn grid(&self, to: u32) -> String {
        self.ticks.iter().fold(String::new(), |mut svg, &tick| {
            let x = self.at(tick);
            let _ = write!(svg, r#"<line class="grid" x1="{x:.2}%" x2="{x:.2}%" y1="0" y2="{to}"/>"#);
            svg
        })
    }

    /// One claim's figure: dot, ring, arrow, range, diamond, cross; a copy's in a broken line.
    pub(crate) fn row(&self, shape: Shape, enemy: bool, copy: bool) -> String {
        let class = if copy { "track copy" } else { "track" };
        let mut svg = format!(r#"<svg class="{class}" width="100%" height="26" aria-hidden="true">{}"#, self.grid(44));
        match shape {
            Shape::Exact(n) => svg.push_str(&mark(self.at(n), enemy, false)),
            Shape::Approximate(n) => svg.push_str(&mark(self.at(n), enemy, true)),
            Shape::Denied(n) => {
                let _ = write!(svg, r#"<svg x="{:.2}%" y="13" overflow="visible"><path class="cross" d="M-5-5 5 5M-5 5 5-5"/></svg>"#, self.at(n));
            }
            Shape::Open(n) => {
                let from = self.at(n);
                let to = (from + 14.0).min(100.0 - MARGIN / 2.0);
                // At the right edge the arrow still has a shaft.
                let from_shaft = from.min(to - 2.0);
                let _ = write!(
                    svg,
                    r#"<line class="shaft" x1="{from_shaft:.2}%" x2="{to:.2}%" y1="13" y2="13"/><svg x="{to:.2}%" y="13" overflow="visible"><path class="head" d="M-7-5 1 0-7 5"/></svg>"#
                );
                svg.push_str(&if enemy { mark(from, true, false) } else { end(from) });
            }
            Shape::Between(low, high) => {
                let (from, to) = (self.at(low), self.at(high));
                let _ = write!(svg, r#"<line class="shaft" x1="{from:.2}%" x2="{to:.2}%" y1="13" y2="13"/>"#);
                for x in [from, to] {
                    svg.push_str(&if enemy { mark(x, true, false) } else { end(x) });
                }
            }
            Shape::Silent => {}
        }
        svg + "</svg>"
    }

    /// The resolved range: low to high, best as a block.
    pub(crate) fn resolved(&self, [low, best, high]: [u64; 3]) -> String {
        let [l, b, h] = [low, best, high].map(|n| self.at(n));
        format!(
            r#"<svg class="track resolved" width="100%" height="30" aria-hidden="true">{}<line class="span" x1="{l:.2}%" x2="{h:.2}%" y1="15" y2="15"/>{}{}<svg x="{b:.2}%" y="15" overflow="visible"><rect class="best" x="-4" y="-10" width="8" height="20" rx="1.5"/></svg></svg>"#,
            self.grid(30),
            end_at(l, 15),
            end_at(h, 15),
        )
    }
}

fn end(x: f64) -> String {
    end_at(x, 13)
}

fn end_at(x: f64, y: u32) -> String {
    format!(r#"<line class="end" x1="{x:.2}%" x2="{x:.2}%" y1="{}" y2="{}"/>"#, y - 6, y + 6)
}

/// A dot, or a party's diamond for its enemy's losses; hollow when the words round.
fn mark(x: f64, enemy: bool, hollow: bool) -> String {
    let class = if hollow { "dot hollow" } else { "dot" };
    if enemy {
        format!(r#"<svg x="{x:.2}%" y="13" overflow="visible"><path class="{class}" d="M0-7 7 0 0 7-7 0Z"/></svg>"#)
    } else {
        format!(r#"<circle class="{class}" cx="{x:.2}%" cy="13" r="5.5"/>"#)
    }
}

/// A toll in the width of a table's cell, on a scale shared by the page: the root of the figure, so that one large
/// incident does not flatten all others.
pub(crate) fn small([low, best, high]: [u64; 3], most: u64) -> String {
    let at = |n: u64| 3.0 + 94.0 * (n as f64 / most.max(1) as f64).sqrt();
    let (l, b, h) = (at(low), at(best), at(high));
    let shaft = if low == high { String::new() } else { format!(r#"<line x1="{l:.1}%" x2="{h:.1}%" y1="7" y2="7"/>"#) };
    format!(
        r#"<svg class="small" width="100%" height="14" aria-hidden="true"><line class="base" x1="0" x2="100%" y1="7" y2="7"/>{shaft}<circle cx="{b:.1}%" cy="7" r="3"/></svg>"#
    )
}

/// A share of the most as a lying bar.
pub(crate) fn share(n: u64, most: u64) -> String {
    let wide = 100.0 * n as f64 / most.max(1) as f64;
    format!(r#"<svg class="share" width="100%" height="10" aria-hidden="true"><rect width="{wide:.1}%" height="10" rx="1.5"/></svg>"#)
}

/// A share with its interval on a line from nought to all.
pub(crate) fn portion(bounds: [f64; 3]) -> String {
    let [low, share, high] = bounds.map(|share| 2.0 + 96.0 * share.clamp(0.0, 1.0));
    format!(
        r#"<svg class="small" width="100%" height="14" aria-hidden="true"><line class="base" x1="2%" x2="98%" y1="7" y2="7"/><line x1="{low:.1}%" x2="{high:.1}%" y1="7" y2="7"/><circle cx="{share:.1}%" cy="7" r="3.5"/></svg>"#
    )
}

/// A bar of a series, as a link to what it stands for.
pub(crate) struct Bar {
    pub(crate) bin: Bin,
    pub(crate) href: String,
    pub(crate) title: String,
    /// Whether reports of it still come in.
    pub(crate) late: bool,
}

/// Bars are the best figure, whiskers low to high; below, a dot for the number of incidents. Hatched where days are known
/// to the week or worse.
pub(crate) fn bars(bars: &[Bar], height: u32, top: u64, labels: &[(usize, String)]) -> String {
    let count = bars.len().max(1) as f64;
    let (slot, head) = (100.0 / count, 6.0);
    let room = f64::from(height) - head;
    let most = top.max(1) as f64;
    let y = |n: u64| head + room * (1.0 - (n as f64 / most).min(1.0));
    let base = f64::from(height);
    let mut svg = format!(r#"<svg class="bars" width="100%" height="{}" role="group">"#, height + 36);
    let _ = write!(svg, r#"<line class="base" x1="0" x2="100%" y1="{base}" y2="{base}"/>"#);
    let busiest = bars.iter().map(|bar| bar.bin.incidents).max().unwrap_or(0).max(1) as f64;
    for (n, _) in bars.iter().enumerate().filter(|(_, bar)| bar.late) {
        let _ = write!(svg, r#"<rect class="late" x="{:.3}%" y="{head}" width="{slot:.3}%" height="{room}"/>"#, slot * n as f64);
    }
    for (n, Bar { bin, href, title, .. }) in bars.iter().enumerate().filter(|(_, bar)| bar.bin.incidents > 0) {
        let (left, middle) = (slot * n as f64, slot * (n as f64 + 0.5));
        let wide = (slot * 0.7).min(3.0);
        let hatched = if bin.uncertain > 0 { " hatched" } else { "" };
        let _ = write!(
            svg,
            r#"<a href="{}"><title>{}</title><rect class="hit" x="{left:.3}%" y="0" width="{slot:.3}%" height="{}"/><rect class="bar{hatched}" x="{:.3}%" y="{:.1}" width="{wide:.3}%" height="{:.1}"/>"#,
            crate::plain::escape(href),
            crate::plain::escape(title),
            height + 18,
            middle - wide / 2.0,
            y(bin.best),
            base - y(bin.best),
        );
        if bin.low < bin.high {
            // A light ground under it, so that it is seen on the bar too.
            for class in ["halo", "whisker"] {
                let _ = write!(svg, r#"<line class="{class}" x1="{middle:.3}%" x2="{middle:.3}%" y1="{:.1}" y2="{:.1}"/>"#, y(bin.high), y(bin.low));
            }
        }
        let radius = 1.5 + 3.5 * (bin.incidents as f64 / busiest).sqrt();
        let _ = write!(svg, r#"<circle class="number" cx="{middle:.3}%" cy="{}" r="{radius:.1}"/></a>"#, height + 9);
    }
    for (n, label) in labels {
        // Under its bar, unless that is too near the edge for the words.
        let anchor = match *n {
            _ if slot > 8.0 => "middle",
            0 => "start",
            n if n + 1 == bars.len() => "end",
            _ => "middle",
        };
        let x = match anchor {
            "start" => 0.0,
            "end" => 100.0,
            _ => slot * (*n as f64 + 0.5),
        };
        let _ = write!(svg, r#"<text x="{x:.2}%" y="{}" text-anchor="{anchor}">{}</text>"#, height + 32, crate::plain::escape(label));
    }
    svg + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_has_its_shape() {
        let axis = Axis::new(21);
        for (shape, enemy, copy, has, lacks) in [
            (Shape::Exact(8), false, false, &["<circle class=\"dot\""][..], &["head", "path"][..]),
            (Shape::Exact(21), true, false, &["M0-7 7 0"], &["<circle"]),
            (Shape::Approximate(8), false, false, &["dot hollow"], &[]),
            (Shape::Open(6), false, false, &["class=\"head\"", "class=\"end\""], &["<circle"]),
            (Shape::Open(25), true, true, &["track copy", "class=\"head\"", "M0-7"], &[]),
            (Shape::Between(1, 15), false, false, &["class=\"shaft\"", "class=\"end\""], &["head"]),
            (Shape::Denied(13), false, false, &["cross"], &["dot"]),
            (Shape::Silent, false, false, &["grid"], &["dot", "shaft"]),
        ] {
            let svg = axis.row(shape, enemy, copy);
            for part in has {
                assert!(svg.contains(part), "{shape:?} {part}: {svg}");
            }
            for part in lacks {
                assert!(!svg.contains(part), "{shape:?} {part}: {svg}");
            }
        }
    }

    #[test]
    fn everything_stays_on_the_axis() {
        for most in [0, 1, 7, 25, 1_000, 123_456, u64::MAX] {
            let axis = Axis::new(most);
            for n in [0, 1, most / 2, most] {
                assert!((MARGIN..=100.0 - MARGIN).contains(&axis.at(n)), "{n} of {most}");
            }
        }
    }
}
