//! A map from our own outlines: no tiles, no other host, read without scripts.

use std::fmt::Write;
use std::sync::{Arc, OnceLock};

use ledger::Brief;
use record::{PlacePrecision, Status};

use crate::plain::{escape, line};
use crate::query::Query;
use crate::words::{Words, countries, country_field};

const OUTLINES: &str = include_str!("../../../data/outlines/outlines.tsv");

/// Width and height of a drawing, in its own units.
const WIDTH: f64 = 960.0;
/// More spots than this are drawn as cells of a grid.
const SPOTS: usize = 400;
/// Side of such a cell.
const CELL: f64 = 24.0;
/// Least height in degrees: nearer, outlines tell nothing.
const NEAREST: f64 = 2.5;

/// Where a ring lies, and longitude and latitude of each of its points.
type Ring = (Frame, Vec<(f64, f64)>);

struct Outline {
    code: &'static str,
    rings: Vec<Ring>,
}

fn outlines() -> &'static [Outline] {
    static ALL: OnceLock<Vec<Outline>> = OnceLock::new();
    ALL.get_or_init(|| {
        OUTLINES
            .lines()
            .filter_map(|row| {
                let (code, rings) = row.split_once('\t')?;
                Some(Outline { code, rings: rings.split(';').map(ring).collect() })
            })
            .collect()
    })
}

fn ring(text: &'static str) -> Ring {
    let mut numbers = text.split(' ').map(|n| n.parse::<i32>().expect("a test reads every outline"));
    let (mut x, mut y) = (0, 0);
    let mut points = Vec::new();
    let mut around = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
    while let (Some(dx), Some(dy)) = (numbers.next(), numbers.next()) {
        x += dx;
        y += dy;
        let (lon, lat) = (f64::from(x) / 100.0, f64::from(y) / 100.0);
        around = [around[0].min(lon), around[1].min(lat), around[2].max(lon), around[3].max(lat)];
        points.push((lon, lat));
    }
    (around, points)
}

/// West, south, east, north in degrees.
pub(crate) type Frame = [f64; 4];

/// A drawing of a part of the world: plate carrée, true at its middle latitude.
pub(crate) struct Chart {
    frame: Frame,
    height: f64,
    per_degree: f64,
    squeeze: f64,
}

impl Chart {
    /// A chart that holds `frame`, widened to a shape of `height` to [`WIDTH`].
    pub(crate) fn new(frame: Frame, height: f64) -> Chart {
        let [west, south, east, north] = frame;
        let (lon, lat) = ((west + east) / 2.0, (south + north) / 2.0);
        let squeeze = lat.to_radians().cos().max(0.2);
        let tall = (north - south).max(NEAREST).max((east - west) * squeeze * height / WIDTH).min(170.0);
        let wide = (tall * WIDTH / height / squeeze).min(360.0);
        let frame = [lon - wide / 2.0, lat - tall / 2.0, lon + wide / 2.0, lat + tall / 2.0];
        Chart { frame, height, per_degree: height / tall, squeeze }
    }

    /// A chart around points, with room at the edges; the world without any.
    pub(crate) fn around(points: impl Iterator<Item = (f64, f64)>, height: f64) -> Chart {
        let mut frame: Option<Frame> = None;
        for (lat, lon) in points {
            let [west, south, east, north] = frame.unwrap_or([lon, lat, lon, lat]);
            frame = Some([west.min(lon), south.min(lat), east.max(lon), north.max(lat)]);
        }
        let Some([west, south, east, north]) = frame else { return Chart::new([-180.0, -58.0, 180.0, 80.0], height) };
        let (dx, dy) = (((east - west) * 0.15).max(2.5), ((north - south) * 0.18).max(1.8));
        Chart::new([west - dx, (south - dy).max(-85.0), east + dx, (north + dy).min(85.0)], height)
    }

    fn place(&self, lat: f64, lon: f64) -> (f64, f64) {
        ((lon - self.frame[0]) * self.per_degree * self.squeeze, (self.frame[3] - lat) * self.per_degree)
    }

    /// A frame as an address has it.
    fn text(frame: Frame) -> String {
        let [west, south, east, north] = frame;
        format!("{:.2},{:.2},{:.2},{:.2}", west.max(-180.0), south.max(-90.0), east.min(180.0), north.min(90.0))
    }

    /// The frame, so much wider or nearer.
    fn zoomed(&self, by: f64) -> String {
        let [west, south, east, north] = self.frame;
        let (lon, lat) = ((west + east) / 2.0, (south + north) / 2.0);
        let (dx, dy) = ((east - west) / 2.0 * by, (north - south) / 2.0 * by);
        Chart::text([lon - dx, lat - dy, lon + dx, lat + dy])
    }

    /// The outlines, as much of them as can be seen.
    fn land(&self, hatched: &[&str]) -> String {
        let [west, south, east, north] = self.frame;
        let mut svg = String::new();
        for outline in outlines() {
            let mut path = String::new();
            for ([w, s, e, n], points) in &outline.rings {
                let tiny = (e - w).max(n - s) * self.per_degree < 1.5;
                if tiny || *e < west || *w > east || *n < south || *s > north {
                    continue;
                }
                // Points nearer than a unit to the last drawn one cannot be told apart.
                let (mut last, mut begun) = ((f64::MIN, f64::MIN), false);
                for &(lon, lat) in points {
                    let (x, y) = self.place(lat, lon);
                    // Far outside, the outline only has to pass on the right side.
                    let (x, y) = (x.clamp(-WIDTH, 2.0 * WIDTH), y.clamp(-self.height, 2.0 * self.height));
                    if (x - last.0).abs() + (y - last.1).abs() < 1.2 {
                        continue;
                    }
                    let _ = write!(path, "{}{x:.1} {y:.1}", if begun { 'L' } else { 'M' });
                    (last, begun) = ((x, y), true);
                }
                if begun {
                    path.push('Z');
                }
            }
            if !path.is_empty() {
                let class = if hatched.contains(&outline.code) { "land known" } else { "land" };
                let _ = write!(svg, r#"<path class="{class}" d="{path}"/>"#);
            }
        }
        svg
    }

    /// Names of countries whose middle can be seen, where there is room.
    fn names(&self, words: &Words) -> String {
        if self.frame[2] - self.frame[0] > 100.0 {
            return String::new();
        }
        let field = |code: &str, column: &str| country_field(code, column).and_then(|text| text.parse::<f64>().ok());
        let mut seen: Vec<(&str, f64, f64)> = countries()
            .filter_map(|code| {
                let (x, y) = self.place(field(code, "lat")?, field(code, "lon")?);
                Some((code, x, y)).filter(|_| (30.0..WIDTH - 30.0).contains(&x) && (16.0..self.height - 8.0).contains(&y))
            })
            .collect();
        // Where two names do not fit, that of more people stands.
        let people = |code: &str| field(code, "population").unwrap_or(0.0);
        seen.sort_by(|a, b| people(b.0).total_cmp(&people(a.0)).then_with(|| a.0.cmp(b.0)));
        let mut svg = String::new();
        // The corner with the buttons is taken.
        let mut taken: Vec<Frame> = vec![[WIDTH - 60.0, 0.0, WIDTH, 120.0]];
        let mut taken_narrow: Vec<Frame> = vec![[WIDTH - 190.0, 0.0, WIDTH, 290.0]];
        for (code, x, y) in seen {
            let name = words.country(code);
            let fits = |size: f64, taken: &mut Vec<Frame>| {
                let half = size * (name.chars().count() as f64 * 3.4 + 3.0);
                let mine = [x - half, y - 13.0 * size, x + half, y + 4.0 * size];
                let free = taken.iter().all(|other| mine[0] > other[2] || mine[2] < other[0] || mine[1] > other[3] || mine[3] < other[1]);
                if free {
                    taken.push(mine);
                }
                free
            };
            // Narrow screens draw names twice as large beside the map, and so fewer of them.
            let class = match (fits(1.0, &mut taken), fits(2.0, &mut taken_narrow)) {
                (true, true) => "name",
                (true, false) => "name close",
                (false, _) => continue,
            };
            let _ = write!(svg, r#"<text class="{class}" x="{x:.1}" y="{y:.1}" text-anchor="middle">{}</text>"#, escape(name));
        }
        svg
    }

    fn open(&self, class: &str, label: &str) -> String {
        let height = self.height;
        format!(
            r#"<svg class="map {class}" viewBox="0 0 {WIDTH} {height}" role="group" aria-label="{}"><rect class="sea" width="{WIDTH}" height="{height}"/>"#,
            escape(label)
        )
    }
}

/// Kilometres around a point within which an imprecise place may lie; `None` for a spot.
fn reach(precision: Option<PlacePrecision>) -> Option<f64> {
    match precision {
        Some(PlacePrecision::Exact) | None => None,
        Some(PlacePrecision::Near) => Some(12.0),
        Some(PlacePrecision::Admin2) => Some(40.0),
        Some(PlacePrecision::Area | PlacePrecision::SeaAir) => Some(70.0),
        Some(PlacePrecision::Admin1) => Some(110.0),
        Some(PlacePrecision::Country) => Some(0.0),
    }
}

/// The map of a list: one mark an incident, or one a cell where there are too many.
pub(crate) struct ListMap {
    /// The drawing.
    pub(crate) svg: String,
    /// Where nearer, wider and all of it lead.
    pub(crate) nearer: String,
    pub(crate) wider: String,
    pub(crate) whole: String,
    /// The filter to what can be seen.
    pub(crate) here: String,
    /// Known to a country only, hatched on the map.
    pub(crate) by_country: usize,
}

/// Draws incidents; the frame is the address's `map`, else its `bbox`, else what holds them all.
pub(crate) fn list(briefs: &[Arc<Brief>], query: &Query, bbox: Option<Frame>, words: &Words) -> ListMap {
    let points = || briefs.iter().filter(|brief| brief.place_precision != Some(PlacePrecision::Country)).filter_map(|brief| brief.point);
    let asked = query.get("map").and_then(frame);
    let chart = match asked.or(bbox.filter(|bbox| bbox[0] <= bbox[2])) {
        Some(frame) => Chart::new(frame, 420.0),
        None => Chart::around(points().chain(briefs.iter().filter_map(|brief| brief.point).filter(|_| points().next().is_none())), 420.0),
    };
    let wide: Vec<&str> =
        briefs.iter().filter(|brief| brief.place_precision == Some(PlacePrecision::Country)).filter_map(|brief| brief.country.as_deref()).collect();
    let mut svg = chart.open("whole", words.say("map"));
    svg.push_str(&chart.land(&wide));
    svg.push_str(&chart.names(words));
    let spots: Vec<(&Brief, (f64, f64))> = briefs
        .iter()
        .filter(|brief| brief.place_precision != Some(PlacePrecision::Country))
        .filter_map(|brief| Some((&**brief, brief.point?)))
        .map(|(brief, (lat, lon))| (brief, chart.place(lat, lon)))
        .filter(|(_, (x, y))| (-40.0..WIDTH + 40.0).contains(x) && (-40.0..chart.height + 40.0).contains(y))
        .collect();
    if spots.len() > SPOTS {
        cells(&mut svg, &chart, &spots, query, words);
    } else {
        marks(&mut svg, &chart, &spots, words);
    }
    svg.push_str("</svg>");
    ListMap {
        svg,
        nearer: query.set("map", &chart.zoomed(0.5)).href("/incidents"),
        wider: query.set("map", &chart.zoomed(2.0)).href("/incidents"),
        whole: query.without_all("map").without_all("bbox").href("/incidents"),
        here: query.set("bbox", &Chart::text(chart.frame)).without_all("map").href("/incidents"),
        by_country: wide.len(),
    }
}

/// A frame from an address.
fn frame(text: &str) -> Option<Frame> {
    let numbers: Vec<f64> = text.split(',').map(|n| n.trim().parse().ok().filter(|n: &f64| n.is_finite())).collect::<Option<_>>()?;
    let frame: Frame = numbers.try_into().ok()?;
    (frame[0] < frame[2] && frame[1] < frame[3] && frame[0] >= -360.0 && frame[2] <= 360.0 && frame[1] >= -90.0 && frame[3] <= 90.0).then_some(frame)
}

fn radius(n: u64) -> f64 {
    (3.5 + 1.25 * (n as f64).sqrt()).min(30.0)
}

fn marks(svg: &mut String, chart: &Chart, spots: &[(&Brief, (f64, f64))], words: &Words) {
    // Areas below, large marks below small ones.
    let mut order: Vec<&(&Brief, (f64, f64))> = spots.iter().collect();
    order.sort_by_cached_key(|(brief, _)| {
        (reach(brief.place_precision).is_none(), std::cmp::Reverse(brief.deaths.map_or(0, |deaths| deaths[2])), brief.id.clone())
    });
    for (brief, (x, y)) in order {
        let [low, best, high] = brief.deaths.unwrap_or_default();
        let mut title = vec![words.word("type", &brief.kind).to_owned()];
        title.extend(brief.place.as_deref().map(line));
        title.extend(brief.start.map(|start| words.days(start, brief.end.unwrap_or(start))));
        if brief.deaths.is_some() {
            title.push(words.fill("killed_range", &[&words.range([low, best, high])]));
        }
        title.push(words.word("status", brief.status.as_str()).to_owned());
        let _ =
            write!(svg, r#"<a href="/incidents/{}" class="spot {}"><title>{}</title>"#, escape(&brief.id), brief.status, escape(&title.join(" · ")));
        if let Some(km) = reach(brief.place_precision) {
            let r = (km / 111.2 * chart.per_degree).max(7.0);
            let _ = write!(svg, r#"<circle class="area" cx="{x:.1}" cy="{y:.1}" r="{r:.1}"/>"#);
        }
        if high > best {
            let _ = write!(svg, r#"<circle class="high" cx="{x:.1}" cy="{y:.1}" r="{:.1}"/>"#, radius(high));
        }
        svg.push_str(&sign(brief.status, *x, *y, radius(best)));
        svg.push_str("</a>");
    }
}

/// A standing's sign: full disc, ring, broken ring, square.
fn sign(status: Status, x: f64, y: f64, r: f64) -> String {
    match status {
        Status::Contested => {
            format!(r#"<rect class="sign" x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}"/>"#, x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8)
        }
        _ => format!(r#"<circle class="sign" cx="{x:.1}" cy="{y:.1}" r="{r:.1}"/>"#),
    }
}

fn cells(svg: &mut String, chart: &Chart, spots: &[(&Brief, (f64, f64))], query: &Query, words: &Words) {
    let mut cells: std::collections::BTreeMap<(i64, i64), (u64, u64)> = std::collections::BTreeMap::new();
    for (brief, (x, y)) in spots {
        let cell = cells.entry(((y / CELL).floor() as i64, (x / CELL).floor() as i64)).or_default();
        cell.0 += 1;
        cell.1 = cell.1.saturating_add(brief.deaths.map_or(0, |deaths| deaths[1]));
    }
    for ((row, column), (incidents, killed)) in cells {
        let (x, y) = (column as f64 * CELL, row as f64 * CELL);
        let lon = |x: f64| chart.frame[0] + x / chart.per_degree / chart.squeeze;
        let lat = |y: f64| chart.frame[3] - y / chart.per_degree;
        let bbox = Chart::text([lon(x), lat(y + CELL), lon(x + CELL), lat(y)]);
        let title = format!("{} · {}", words.count("incidents", incidents), words.count("killed", killed));
        let r = (2.5 + (incidents as f64).sqrt() * 1.2).min(CELL * 0.62);
        let _ = write!(
            svg,
            r#"<a href="{}" class="spot cell"><title>{}</title><circle class="sign" cx="{:.1}" cy="{:.1}" r="{r:.1}"/></a>"#,
            escape(&query.set("bbox", &bbox).without_all("map").href("/incidents")),
            escape(&title),
            x + CELL / 2.0,
            y + CELL / 2.0,
        );
    }
}

/// A small map of one incident; nothing when it is on no map.
pub(crate) fn inset(place: &record::IncidentPlace, status: Status, words: &Words) -> String {
    let Some((lat, lon)) = place.lat.zip(place.lon) else { return String::new() };
    let wide = place.precision == PlacePrecision::Country;
    let span = if wide { 9.0 } else { 4.5 };
    let chart = Chart::new([lon - span, lat - span / 2.0, lon + span, lat + span / 2.0], 520.0);
    let country = place.country.as_deref().unwrap_or("");
    let mut svg = chart.open("inset", &line(&place.name));
    svg.push_str(&chart.land(if wide { std::slice::from_ref(&country) } else { &[] }));
    svg.push_str(&chart.names(words));
    if !wide {
        let (x, y) = chart.place(lat, lon);
        let _ = write!(svg, r#"<g class="spot {status}">"#);
        if let Some(km) = reach(Some(place.precision)) {
            let _ = write!(svg, r#"<circle class="area" cx="{x:.1}" cy="{y:.1}" r="{:.1}"/>"#, (km / 111.2 * chart.per_degree).max(16.0));
        }
        svg.push_str(&sign(status, x, y, 14.0));
        let _ = write!(svg, r#"<text class="spot-name" x="{x:.1}" y="{:.1}" text-anchor="middle">{}</text>"#, y - 44.0, escape(&line(&place.name)));
        svg.push_str("</g>");
    }
    svg + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outline_can_be_read() {
        assert!(outlines().len() > 230);
        for outline in outlines() {
            for ([west, south, east, north], points) in &outline.rings {
                assert!(points.len() >= 3, "{}", outline.code);
                assert!(*west >= -180.1 && *east <= 180.1 && *south >= -90.1 && *north <= 90.1, "{}", outline.code);
            }
        }
        let mali = outlines().iter().find(|outline| outline.code == "ML").unwrap();
        assert!(mali.rings[0].0[0] < -11.0 && mali.rings[0].0[2] > 4.0);
    }

    #[test]
    fn a_chart_holds_its_frame_and_keeps_its_shape() {
        for frame in [[-4.0, 13.0, -3.0, 14.0], [-180.0, -58.0, 180.0, 80.0], [30.0, -1.0, 30.0, -1.0], [100.0, 60.0, 140.0, 75.0]] {
            let chart = Chart::new(frame, 420.0);
            let [west, south, east, north] = chart.frame;
            assert!(west <= frame[0] + 1e-9 || east - west >= 359.9, "{frame:?}");
            assert!(south <= frame[1] && north >= frame[3] - 1e-9, "{frame:?}");
            let (x, y) = chart.place((south + north) / 2.0, (west + east) / 2.0);
            assert!((x - (east - west) * chart.per_degree * chart.squeeze / 2.0).abs() < 1e-6 && (y - 210.0).abs() < 1e-6);
        }
        for (text, good) in [("1,2,3,4", true), ("3,2,1,4", false), ("a,b,c,d", false), ("1,2,3", false), ("NaN,0,1,1", false)] {
            assert_eq!(frame(text).is_some(), good, "{text}");
        }
    }
}
