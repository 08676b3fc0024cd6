use std::collections::BTreeSet;

use fst::Streamer;
use record::PlacePrecision;
use serde::Serialize;

use crate::Gazetteer;
use crate::fold::plain;
use crate::tables::number;
use crate::weight::importance;

/// What a settlement gains when its second-level unit bears its name and nothing else tells its size.
const SEAT: f32 = 1.5;

/// One place of the gazetteer. Cheap to copy; its words live as long as the program.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Place {
    /// Number of the row in this build; stable only within it. Keep [`Place::id`] instead.
    #[serde(skip)]
    pub row: u32,
    /// Usual name, in Latin letters.
    pub name: &'static str,
    /// Name of the first-level unit, or of the place itself when it is one; empty when unknown.
    pub admin1: &'static str,
    /// Name of the second-level unit; empty when unknown.
    pub admin2: &'static str,
    /// ISO 3166 alpha-2; empty for seas, continents and regions of several countries.
    pub country: &'static str,
    /// WGS 84 degrees, to about 2 m; the table itself holds four decimals.
    pub lat: f64,
    /// WGS 84 degrees.
    pub lon: f64,
    /// GeoNames class letter: A unit, P settlement, H water, L area, T terrain, S spot, V vegetation, R road.
    pub class: char,
    /// GeoNames feature code, such as `PPLA` or `ADM1`.
    pub code: &'static str,
    /// Inhabitants, 0 when unknown.
    pub population: u32,
    id: u32,
    #[serde(skip)]
    pub(crate) unit1: u16,
    #[serde(skip)]
    pub(crate) unit2: u16,
}

impl Place {
    /// The gazetteer's id: a GeoNames number, `wof:N` or `x:slug`.
    pub fn id(&self) -> String {
        match self.id >> 30 {
            0b01 => Gazetteer::embedded().tables.id_words[(self.id & 0x3fff_ffff) as usize].to_owned(),
            0b10 | 0b11 => format!("wof:{}", self.id & 0x7fff_ffff),
            _ => self.id.to_string(),
        }
    }

    /// How near a claim can be put that names this place and nothing closer.
    pub fn precision(&self) -> PlacePrecision {
        match (self.class, self.code) {
            ('A', "ADM1") => PlacePrecision::Admin1,
            ('A', code) if code.starts_with("PCL") || code == "TERR" => PlacePrecision::Country,
            ('A', _) => PlacePrecision::Admin2,
            ('H', "SEA" | "OCN" | "GULF" | "STRT") => PlacePrecision::SeaAir,
            ('L', "RGN" | "CONT" | "LIN") => PlacePrecision::Area,
            ('P' | 'S' | 'R', _) => PlacePrecision::Exact,
            _ => PlacePrecision::Near,
        }
    }

    /// How likely the place is meant when only its name is known, in the units of a candidate's score.
    pub fn importance(&self) -> f32 {
        let mut feature = String::with_capacity(6);
        feature.push(self.class);
        feature.push_str(self.code);
        // A town of unknown size that its district is called after is no hamlet.
        let seat =
            self.class == 'P' && self.population == 0 && !self.admin2.is_empty() && plain(self.admin2).split(' ').any(|w| w == plain(self.name));
        importance(&feature, u64::from(self.population)) + if seat { SEAT } else { 0.0 }
    }

    /// Whether it is a country, and not a part of one.
    pub fn is_country(&self) -> bool {
        self.precision() == PlacePrecision::Country
    }

    /// Whether it is a settlement.
    pub fn is_settlement(&self) -> bool {
        self.class == 'P'
    }

    /// Kilometres to a point, on a sphere of 6371 km.
    pub fn distance_km(&self, (lat, lon): (f64, f64)) -> f64 {
        distance_km((self.lat, self.lon), (lat, lon))
    }
}

/// Great-circle distance in kilometres between two points in degrees, on a sphere of 6371 km.
pub fn distance_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (lat1, lon1, lat2, lon2) = (a.0.to_radians(), a.1.to_radians(), b.0.to_radians(), b.1.to_radians());
    let h = ((lat2 - lat1) / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * ((lon2 - lon1) / 2.0).sin().powi(2);
    2.0 * 6371.0 * h.sqrt().min(1.0).asin()
}

impl Gazetteer {
    /// The place in a row of this build; `row` must be below [`Gazetteer::len`].
    pub fn place(&self, row: u32) -> Place {
        let t = &self.tables;
        let b = t.rows.get(row);
        let feature = t.features[usize::from(b[14])];
        let (class, code) = feature.split_at(1);
        let (unit1, unit2) = (number(&b[10..12]), number(&b[12..14]));
        let unit = |rows: crate::tables::Rows, n: u32| t.strings.get(number(rows.get(n)));
        let mut country = self.country_code(b[9]);
        if feature == "LCONT" {
            country = "";
        }
        let scale = f64::from((1 << 24) - 1);
        Place {
            row,
            name: t.strings.get(number(&b[6..9])),
            admin1: unit(t.admin1, unit1),
            admin2: unit(t.admin2, unit2),
            country,
            lat: round4(f64::from(number(&b[0..3])) / scale * 180.0 - 90.0),
            lon: round4(f64::from(number(&b[3..6])) / scale * 360.0 - 180.0),
            class: class.chars().next().unwrap_or('P'),
            code,
            population: number(&b[19..23]),
            id: number(&b[15..19]),
            unit1: unit1 as u16,
            unit2: unit2 as u16,
        }
    }

    /// The look-up keys ([`crate::key`]) under which any of these rows is known: usual and alternate names. It looks at every name.
    pub fn keys_of(&self, rows: &BTreeSet<u32>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut names = self.tables.places.names.stream();
        while let Some((key, value)) = names.next() {
            if self.tables.places.expand(value).any(|row| rows.contains(&row)) {
                found.insert(String::from_utf8_lossy(key).into_owned());
            }
        }
        found
    }

    /// How many places there are.
    pub fn len(&self) -> u32 {
        self.tables.rows.len()
    }

    /// Whether there are none; never so for the embedded one.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The place with a gazetteer id such as `2457163`, `wof:1108796545` or `x:sahel`; looks at every row.
    pub fn by_id(&self, id: &str) -> Option<Place> {
        let packed = match (id.parse::<u32>(), id.strip_prefix("wof:").map(str::parse::<u32>)) {
            (Ok(number), _) => number,
            (_, Some(Ok(number))) => number | 1 << 31,
            _ => self.tables.id_words.iter().position(|word| *word == id)? as u32 | 1 << 30,
        };
        (0..self.len()).find(|&row| number(&self.tables.rows.get(row)[15..19]) == packed).map(|row| self.place(row))
    }
}

fn round4(degrees: f64) -> f64 {
    (degrees * 1e4).round() / 1e4
}
