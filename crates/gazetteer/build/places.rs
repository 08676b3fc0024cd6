use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

use crate::blob::{Strings, index};
use crate::fold;
use crate::table::Table;
use crate::weight::importance;

/// What the actor tables need to know of a country.
pub(crate) struct Country {
    pub(crate) iso2: String,
    pub(crate) name: String,
    pub(crate) name_fr: String,
    pub(crate) demonyms_en: Vec<String>,
    pub(crate) demonyms_fr: Vec<String>,
    pub(crate) demonyms_es: Vec<String>,
}

/// One row before sorting.
struct Row<'a> {
    id: u32,
    name: &'a str,
    names: Vec<&'a str>,
    lat: f64,
    lon: f64,
    feature: &'a str,
    country: u8,
    admin1: u16,
    admin2: u16,
    population: u64,
}

/// Highest bit: the id is Who's On First's; the next alone: an index into the table of ids that are words. GeoNames ids
/// are far below both.
const WOF: u32 = 1 << 31;
const WORD: u32 = 1 << 30;

#[derive(serde::Deserialize)]
struct Extra {
    /// GeoNames admin1 code to further names of the unit.
    admin1: HashMap<String, Vec<String>>,
    /// Place id to further names.
    place: HashMap<String, Vec<String>>,
}

#[derive(serde::Deserialize)]
struct Demonyms {
    en: HashMap<String, Vec<String>>,
    fr: HashMap<String, Vec<String>>,
    es: HashMap<String, Vec<String>>,
    /// Names of countries that the tables lack or that are used in the press only.
    names: HashMap<String, Vec<String>>,
    /// Where a country or first-level unit (`CA.01`) is put when only it is known.
    points: HashMap<String, [f64; 2]>,
    /// Names in the tables that are something else as well; never country words.
    not: Vec<String>,
}

impl Demonyms {
    /// Whether a name from the tables may stand for a country: it is not barred, nor set down as another country's.
    fn allows(&self, iso2: &str, name: &str) -> bool {
        let key = fold::key(name);
        !self.not.contains(&fold::plain(name)) && !self.names.iter().any(|(other, names)| other != iso2 && names.iter().any(|n| fold::key(n) == key))
    }
}

pub(crate) fn build(data: &Path, out: &Path) -> Result<Vec<Country>, Box<dyn Error>> {
    let countries = Table::read(&data.join("countries.tsv"))?;
    let demonyms: Demonyms = toml::from_str(&std::fs::read_to_string(data.join("demonyms.toml"))?)?;
    let extra: Extra = toml::from_str(&std::fs::read_to_string(data.join("extra.toml"))?)?;
    let col = |name: &str| countries.column(name);
    let (iso, name, id) = (col("iso2")?, col("name")?, col("geonameid")?);
    let mut codes: HashMap<&str, u8> = HashMap::new();
    let mut list = Vec::new();
    let mut strings = Strings::default();
    strings.add("");
    let mut country_rows = Vec::new();
    let mut country_names: HashMap<&str, Vec<String>> = HashMap::new();
    let mut words: Vec<(String, u32)> = Vec::new();
    for (n, row) in countries.rows().filter(|row| row[iso].len() == 2).enumerate() {
        let code = (n + 1) as u8;
        let iso2 = row[iso];
        codes.insert(iso2, code);
        let mut names = vec![row[name].to_owned()];
        for column in ["formal_name", "name_fr", "name_es", "name_pt", "name_ar", "name_ru", "name_uk", "name_de", "name_it"] {
            names.push(row[col(column)?].to_owned());
        }
        let aliases = row[col("aliases")?].split(',').filter(|a| a.chars().count() > 4 || !a.is_ascii());
        names.extend(aliases.map(str::to_owned));
        names.retain(|n| !n.is_empty() && demonyms.allows(iso2, n));
        names.extend(demonyms.names.get(iso2).into_iter().flatten().cloned());
        let en = demonyms
            .en
            .get(iso2)
            .cloned()
            .unwrap_or_else(|| row[col("demonyms_en").unwrap_or(0)].split(',').filter(|d| !d.is_empty()).map(str::to_owned).collect());
        let mut all = Vec::new();
        for word in &en {
            all.extend([word.clone(), format!("{word}s"), format!("{word}es")]);
        }
        let fr = demonyms.fr.get(iso2).cloned().unwrap_or_default();
        let es = demonyms.es.get(iso2).cloned().unwrap_or_default();
        all.extend(fr.iter().flat_map(|word| french(word)));
        all.extend(es.iter().flat_map(|word| spanish(word)));
        words.extend(names.iter().map(|n| (fold::key(n), u32::from(code) << 1)));
        let taken: Vec<String> = words.iter().filter(|w| w.1 & 1 == 0).map(|w| w.0.clone()).collect();
        words.extend(all.iter().map(|d| (fold::key(d), u32::from(code) << 1 | 1)).filter(|w| !taken.contains(&w.0)));
        country_rows.extend_from_slice(iso2.as_bytes());
        country_rows.extend_from_slice(&strings.add(row[name]).to_le_bytes());
        let neighbours = row[col("neighbours")?];
        country_rows.extend_from_slice(&strings.add(neighbours).to_le_bytes());
        country_rows.extend_from_slice(&strings.add(en.first().map_or("", |d| d)).to_le_bytes());
        country_names.entry(row[id]).or_default().extend(names);
        let name_fr = row[col("name_fr")?].to_owned();
        list.push(Country { iso2: iso2.to_owned(), name: row[name].to_owned(), name_fr, demonyms_en: en, demonyms_fr: fr, demonyms_es: es });
    }
    words.retain(|w| !w.0.is_empty());
    index(words, 1 << 20, &out.join("countries.fst"), &out.join("countries.lists"))?;
    std::fs::write(out.join("countries.rows"), country_rows)?;

    let admin1 = Table::read(&data.join("admin1.tsv.gz"))?;
    let admin2 = Table::read(&data.join("admin2.tsv.gz"))?;
    let (admin1_codes, admin1_bytes) = units(&admin1, &mut strings)?;
    let (admin2_codes, admin2_bytes) = units(&admin2, &mut strings)?;
    std::fs::write(out.join("admin1.names"), admin1_bytes)?;
    std::fs::write(out.join("admin2.names"), admin2_bytes)?;

    let regions = Table::read(&data.join("regions.tsv"))?;
    let mut region_names: HashMap<&str, Vec<&str>> = HashMap::new();
    let (rid, raliases) = (regions.column("id")?, regions.column("aliases")?);
    for row in regions.rows() {
        region_names.insert(row[rid], row[raliases].split('|').filter(|a| !a.is_empty()).collect());
    }

    let table = Table::read(&data.join("places.tsv.gz"))?;
    let added = Table::read(&data.join("added.tsv"))?;
    let mut rows = Vec::new();
    let mut id_words: Vec<&str> = Vec::new();
    for row in table.rows().chain(added.rows()) {
        let [id, name, names, lat, lon, feature, country, a1, a2, population] = row[..] else {
            return Err(format!("places.tsv.gz: {} fields in the row of {:?}", row.len(), row.first()).into());
        };
        let number = match (id.parse::<u32>(), id.strip_prefix("wof:").map(str::parse::<u32>)) {
            (Ok(number), _) => number,
            (_, Some(Ok(number))) => number | WOF,
            _ => {
                id_words.push(id);
                WORD | (id_words.len() - 1) as u32
            }
        };
        let code = codes.get(country).copied().unwrap_or(0);
        let unit1 = format!("{country}.{a1}");
        let unit2 = format!("{country}.{a1}.{a2}");
        let mut names: Vec<&str> = names.split(',').filter(|n| !n.is_empty()).collect();
        if feature == "AADM1" {
            names.extend(extra.admin1.get(&unit1).into_iter().flatten().map(String::as_str));
        }
        names.extend(extra.place.get(id).into_iter().flatten().map(String::as_str));
        if feature.starts_with("APCL") || feature == "ATERR" {
            // The tables have them in every language and spelling, of which many are words or towns elsewhere.
            names.clear();
        }
        names.extend(country_names.get(id).into_iter().flatten().map(String::as_str));
        names.extend(region_names.get(id).into_iter().flatten());
        let point = match feature {
            "AADM1" => demonyms.points.get(&unit1),
            _ if feature.starts_with("APCL") => demonyms.points.get(country),
            _ => None,
        };
        let [lat, lon] = point.copied().unwrap_or([lat.parse()?, lon.parse()?]);
        rows.push(Row {
            id: number,
            name,
            names,
            lat,
            lon,
            feature,
            country: code,
            admin1: admin1_codes.get(unit1.as_str()).copied().unwrap_or(0),
            admin2: admin2_codes.get(unit2.as_str()).copied().unwrap_or(0),
            population: population.parse().unwrap_or(0),
        });
    }
    // Country rows are called by the country's usual name, not by its formal one.
    for row in &mut rows {
        if row.feature.starts_with("APCL") && row.country > 0 {
            let usual = &list[usize::from(row.country) - 1].name;
            if country_names.get(row.id.to_string().as_str()).is_some_and(|names| names.contains(usual)) {
                row.names.push(row.name);
                row.name = usual;
            }
        }
    }
    rows.sort_by(|a, b| {
        let weight = |row: &Row| importance(row.feature, row.population);
        weight(b).total_cmp(&weight(a)).then(a.id.cmp(&b.id))
    });
    write_rows(&rows, &id_words, &mut strings, out)?;
    strings.write(&out.join("strings"))?;
    Ok(list)
}

/// The forms of a French adjective given in the masculine singular.
pub(crate) fn french(word: &str) -> Vec<String> {
    let feminine = if let Some(stem) = word.strip_suffix("ien") {
        format!("{stem}ienne")
    } else if let Some(stem) = word.strip_suffix("éen") {
        format!("{stem}éenne")
    } else if word.ends_with('e') || word.ends_with('è') {
        word.to_owned()
    } else if let Some(stem) = word.strip_suffix("grec") {
        format!("{stem}grecque")
    } else if let Some(stem) = word.strip_suffix('c') {
        format!("{stem}que")
    } else {
        format!("{word}e")
    };
    let plural = if word.ends_with('s') { word.to_owned() } else { format!("{word}s") };
    vec![word.to_owned(), feminine.clone(), plural, format!("{feminine}s")]
}

/// The forms of a Spanish adjective given in the masculine singular.
pub(crate) fn spanish(word: &str) -> Vec<String> {
    if let Some(stem) = word.strip_suffix('o') {
        vec![word.to_owned(), format!("{stem}a"), format!("{word}s"), format!("{stem}as")]
    } else if word.ends_with(['e', 'a', 'í', 'i', 'ú']) {
        vec![word.to_owned(), format!("{word}s"), format!("{word}es")]
    } else {
        let bare = word.replace("és", "es").replace("án", "an");
        vec![word.to_owned(), format!("{bare}a"), format!("{bare}es"), format!("{bare}as")]
    }
}

type Units<'a> = (HashMap<&'a str, u16>, Vec<u8>);

/// Numbers the units of a level from 1 and notes where each one's name stands.
fn units<'a>(table: &'a Table, strings: &mut Strings) -> Result<Units<'a>, Box<dyn Error>> {
    let (code, name) = (table.column("code")?, table.column("name")?);
    let mut codes = HashMap::new();
    let mut bytes = vec![0; 4];
    for row in table.rows() {
        let number = u16::try_from(bytes.len() / 4)?;
        codes.insert(row[code], number);
        bytes.extend_from_slice(&strings.add(row[name]).to_le_bytes());
    }
    Ok((codes, bytes))
}

fn write_rows(rows: &[Row], id_words: &[&str], strings: &mut Strings, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut features: Vec<&str> = rows.iter().map(|r| r.feature).collect();
    features.sort_unstable();
    features.dedup();
    let number: HashMap<&str, u8> = features.iter().enumerate().map(|(n, f)| (*f, n as u8)).collect();
    let mut bytes = Vec::with_capacity(rows.len() * 22);
    let mut pairs = Vec::new();
    let mut keys = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let at = at as u32;
        let lat = ((row.lat + 90.0) / 180.0 * f64::from((1 << 24) - 1)).round() as u32;
        let lon = ((row.lon + 180.0) / 360.0 * f64::from((1 << 24) - 1)).round() as u32;
        bytes.extend_from_slice(&lat.to_le_bytes()[..3]);
        bytes.extend_from_slice(&lon.to_le_bytes()[..3]);
        let name = strings.add(row.name);
        if name >= 1 << 24 {
            return Err("place names no longer fit 24-bit offsets".into());
        }
        bytes.extend_from_slice(&name.to_le_bytes()[..3]);
        bytes.push(row.country);
        bytes.extend_from_slice(&row.admin1.to_le_bytes());
        bytes.extend_from_slice(&row.admin2.to_le_bytes());
        bytes.push(number[row.feature]);
        bytes.extend_from_slice(&row.id.to_le_bytes());
        bytes.extend_from_slice(&(row.population.min(u64::from(u32::MAX)) as u32).to_le_bytes()[..4]);
        keys.clear();
        keys.push(fold::key(row.name));
        keys.extend(row.names.iter().map(|n| fold::key(n)));
        keys.sort_unstable();
        keys.dedup();
        pairs.extend(keys.drain(..).filter(|k| k.len() > 1).map(|k| (k, at)));
    }
    std::fs::write(out.join("places.rows"), bytes)?;
    std::fs::write(out.join("places.features"), features.join("\n"))?;
    std::fs::write(out.join("places.ids"), id_words.join("\n"))?;
    index(pairs, 1 << 21, &out.join("places.fst"), &out.join("places.lists"))
}
