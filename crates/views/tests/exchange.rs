//! What leaves a small ledger: other houses' shapes, HXL, workbooks, bundles, situation reports. All names are invented.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod world;

use std::io::{Cursor, Read};

use ledger::Filter;
use serde_json::{Value, json};
use views::houses::{ACLED_ACTORS, ACLED_TYPES};
use views::{AcledOptions, Format, IncidentView, Listing, Period, Publisher, Publishing, RenderOptions, Rows, document};
use world::{NLF, World, listings, world};

fn views_of(world: &World) -> Vec<IncidentView> {
    ["7K3QFM", "Q2M4TZ"].map(|id| views::incident(&world.ledger, id).unwrap()).to_vec()
}

fn options() -> RenderOptions {
    RenderOptions { rules: "careful".to_owned(), licence: "CC BY 4.0".to_owned(), ..RenderOptions::default() }
}

/// One record a paragraph, one cell a line: a table too wide to be read otherwise.
fn cards(rows: &Rows) -> String {
    let card = |row: &Vec<Value>| rows.columns.iter().zip(row).map(|(name, cell)| format!("{name}: {cell}\n")).collect::<String>();
    rows.rows.iter().map(card).collect::<Vec<_>>().join("\n")
}

fn unpacked(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|n| {
            let mut file = archive.by_index(n).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), String::from_utf8_lossy(&bytes).into_owned())
        })
        .collect()
}

/// What may stand under a column.
enum Is {
    Words,
    Day,
    Moment,
    Int(i64, i64),
    Real(f64),
    OneOf(&'static [&'static str]),
    Nothing,
}

fn check(rows: &Rows, types: &[(&str, Is, bool)]) {
    assert_eq!(rows.columns, types.iter().map(|(name, _, _)| *name).collect::<Vec<_>>());
    for row in &rows.rows {
        for ((name, is, empty), cell) in types.iter().zip(row) {
            let blank = cell.is_null() || cell == "";
            let day = |text: &str| text.parse::<jiff::civil::Date>().is_ok();
            let good = match is {
                _ if blank => *empty,
                Is::Words => cell.is_string(),
                Is::Day => cell.as_str().is_some_and(day),
                Is::Moment => cell.as_str().and_then(|text| text.strip_suffix(" 00:00:00.000")).is_some_and(day),
                Is::Int(least, most) => cell.as_i64().is_some_and(|n| (*least..=*most).contains(&n)),
                Is::Real(most) => cell.as_f64().is_some_and(|n| n.abs() <= *most),
                Is::OneOf(words) => cell.as_str().is_some_and(|word| words.contains(&word)),
                Is::Nothing => false,
            };
            assert!(good, "{name} is {cell}");
        }
    }
}

/// The columns of ACLED's codebook as the project's reference lists them: name, type, whether it may be empty.
fn acled_types(numeric: bool) -> Vec<(&'static str, Is, bool)> {
    let inter = || if numeric { Is::Int(1, 8) } else { Is::OneOf(ACLED_ACTORS) };
    vec![
        ("event_id_cnty", Is::Words, false),
        ("event_date", Is::Day, false),
        ("year", Is::Int(1900, 2100), false),
        ("time_precision", Is::Int(1, 3), false),
        (
            "disorder_type",
            Is::OneOf(&["Political violence", "Demonstrations", "Political violence; Demonstrations", "Strategic developments"]),
            false,
        ),
        (
            "event_type",
            Is::OneOf(&["Battles", "Protests", "Riots", "Explosions/Remote violence", "Violence against civilians", "Strategic developments"]),
            false,
        ),
        ("sub_event_type", Is::Words, false),
        ("actor1", Is::Words, true),
        ("assoc_actor_1", Is::Words, true),
        ("inter1", inter(), true),
        ("actor2", Is::Words, true),
        ("assoc_actor_2", Is::Words, true),
        ("inter2", inter(), true),
        ("interaction", if numeric { Is::Int(10, 88) } else { Is::Words }, true),
        ("civilian_targeting", Is::OneOf(&["Civilian targeting"]), true),
        ("iso", Is::Int(1, 999), true),
        ("region", Is::Words, true),
        ("country", Is::Words, true),
        ("admin1", Is::Words, true),
        ("admin2", Is::Words, true),
        ("admin3", Is::Nothing, true),
        ("location", Is::Words, true),
        ("latitude", Is::Real(90.0), true),
        ("longitude", Is::Real(180.0), true),
        ("geo_precision", Is::Int(1, 3), true),
        ("source", Is::Words, false),
        ("source_scale", Is::Words, false),
        ("notes", Is::Words, false),
        ("fatalities", Is::Int(0, i64::MAX), false),
        ("tags", Is::Nothing, true),
        ("timestamp", Is::Int(1, i64::MAX), false),
    ]
}

/// The columns of UCDP GED 23.1 as the project's reference lists them.
fn ged_types() -> Vec<(&'static str, Is, bool)> {
    let count = || Is::Int(0, i64::MAX);
    vec![
        ("id", Is::Int(1, i64::MAX), false),
        ("relid", Is::Words, false),
        ("year", Is::Int(1900, 2100), false),
        ("active_year", Is::Int(0, 1), false),
        ("code_status", Is::OneOf(&["Clear", "Check"]), false),
        ("type_of_violence", Is::Int(1, 3), false),
        ("conflict_dset_id", Is::Nothing, true),
        ("conflict_new_id", Is::Nothing, true),
        ("conflict_name", Is::Words, true),
        ("dyad_dset_id", Is::Nothing, true),
        ("dyad_new_id", Is::Nothing, true),
        ("dyad_name", Is::Words, false),
        ("side_a_dset_id", Is::Nothing, true),
        ("side_a_new_id", Is::Nothing, true),
        ("side_a", Is::Words, true),
        ("side_b_dset_id", Is::Nothing, true),
        ("side_b_new_id", Is::Nothing, true),
        ("side_b", Is::Words, true),
        ("number_of_sources", Is::Int(1, i64::MAX), false),
        ("source_article", Is::Words, false),
        ("source_office", Is::Words, false),
        ("source_date", Is::Words, false),
        ("source_headline", Is::Words, true),
        ("source_original", Is::Words, true),
        ("where_prec", Is::Int(1, 7), true),
        ("where_coordinates", Is::Words, true),
        ("where_description", Is::Words, true),
        ("adm_1", Is::Words, true),
        ("adm_2", Is::Words, true),
        ("latitude", Is::Real(90.0), true),
        ("longitude", Is::Real(180.0), true),
        ("geom_wkt", Is::Words, true),
        ("priogrid_gid", Is::Int(1, 259_200), true),
        ("country", Is::Words, true),
        ("country_id", Is::Int(2, 990), true),
        ("region", Is::OneOf(&["Africa", "Americas", "Asia", "Europe", "Middle East"]), true),
        ("event_clarity", Is::Int(1, 2), false),
        ("date_prec", Is::Int(1, 5), false),
        ("date_start", Is::Moment, false),
        ("date_end", Is::Moment, false),
        ("deaths_a", count(), false),
        ("deaths_b", count(), false),
        ("deaths_civilians", count(), false),
        ("deaths_unknown", count(), false),
        ("best", count(), false),
        ("high", Is::Int(1, i64::MAX), false),
        ("low", count(), false),
        ("gwnoa", Is::Int(2, 990), true),
        ("gwnob", Is::Int(2, 990), true),
    ]
}

#[test]
fn acled_shaped_rows_have_that_house_s_columns_types_and_words() {
    let world = world();
    for (numeric, best) in [(false, false), (true, true)] {
        let (rows, left_out) = views::acled(&views_of(&world), AcledOptions { best, numeric, ..AcledOptions::default() });
        assert_eq!((rows.rows.len(), left_out), (1, 1), "one has no date");
        check(&rows, &acled_types(numeric));
        let cell = |name: &str| &rows.rows[0][rows.columns.iter().position(|column| *column == name).unwrap()];
        assert_eq!(cell("fatalities"), if best { 8 } else { 6 });
        let subs = ACLED_TYPES.iter().find(|(event, _)| cell("event_type") == event).unwrap().1;
        assert!(subs.iter().any(|sub| cell("sub_event_type") == sub));
    }
    insta::assert_snapshot!("acled", cards(&views::acled(&views_of(&world), AcledOptions::default()).0));
}

#[test]
fn figures_of_few_victims_are_no_zero_and_no_row_of_the_dead() {
    let mut world = world();
    let mut incident = world.ledger.incident("7K3QFM").unwrap();
    (incident.kind, incident.injured, incident.abducted) = ("sexual violence".to_owned(), vec![], vec![]);
    let told = incident.deaths.clone();
    for (n, (publishing, most, fatalities, says, ged)) in [
        (Publishing::Public, Some(2), Value::Null, " Fatalities: withheld, as figures of few victims are, or unknown.", 0),
        // Whether there is a figure that is held back cannot be told.
        (Publishing::Public, None, Value::Null, " Fatalities: withheld, as figures of few victims are, or unknown.", 0),
        (Publishing::Public, Some(21), json!(3), " Fatalities: between 3 and 21, best estimate 3.", 1),
        (Publishing::Partner, Some(2), json!(2), " Fatalities: 2.", 1),
        (Publishing::Partner, None, json!(0), ".", 0),
    ]
    .into_iter()
    .enumerate()
    {
        incident.deaths = most
            .map(|most| told.iter().map(|toll| record::Toll { low: most.min(3), best: most.min(3), high: most, ..toll.clone() }).collect())
            .unwrap_or_default();
        let at = format!("2025-06-06T12:00:{n:02}Z").parse().unwrap();
        let verdicts = vec![ledger::Verdict::Incident { incident: incident.clone(), fields: ledger::Fields::new(), stands: true }];
        let decision = ledger::Decision { deed: ledger::Deed::Set, subject: "7K3QFM".to_owned(), verdicts, seen: vec![] };
        world.ledger.decide(&decision, &ledger::Act::new("ana", "", at)).unwrap();
        let mut publisher = Publisher::of(&world.ledger, publishing, "2025-06-20T12:00:00Z".parse().unwrap(), None).unwrap();
        let view = publisher.view(views::incident(&world.ledger, "7K3QFM").unwrap()).unwrap();
        let (rows, _) = views::acled(std::slice::from_ref(&view), AcledOptions { publishing, ..AcledOptions::default() });
        let cell = |name: &str| &rows.rows[0][rows.columns.iter().position(|column| *column == name).unwrap()];
        assert_eq!(cell("fatalities"), &fatalities, "{publishing:?} {most:?}");
        let notes = cell("notes").as_str().unwrap();
        assert!(notes.contains(says) && notes.contains("Fatalities") == says.contains("Fatalities"), "{publishing:?} {most:?}: {notes}");
        assert_eq!(views::ged(&[view]).0.rows.len(), ged, "{publishing:?} {most:?}");
    }
}

#[test]
fn ged_shaped_rows_have_that_house_s_columns_types_and_sums() {
    let world = world();
    let (rows, left_out) = views::ged(&views_of(&world));
    assert_eq!((rows.rows.len(), left_out), (1, 1), "nobody is dead in one");
    check(&rows, &ged_types());
    let cell = |name: &str| rows.rows[0][rows.columns.iter().position(|column| *column == name).unwrap()].as_u64().unwrap();
    assert_eq!(["deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown"].map(cell).iter().sum::<u64>(), cell("best"));
    insta::assert_snapshot!("ged", cards(&rows));
}

#[test]
fn hxl_has_its_tags_under_the_header() {
    let world = world();
    let [incidents, ..] = listings(&world.ledger);
    let rows = views::hxl(&Rows::of(&incidents, &options()).unwrap());
    let text = String::from_utf8(views::file("incidents", &rows, Format::Csv, &options(), &[]).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("incident_id,type,date_start,"));
    assert!(lines[1].starts_with("#event+code,#event+type,#date+start,#date+end,#group+name+first,#group+name+second,#loc+name,"), "{}", lines[1]);
    assert_eq!(lines.len(), 4);
    assert_eq!(rows.columns.len(), views::HXL_TAGS.len());
}

#[test]
fn a_workbook_holds_the_cells_typed_and_the_same_bytes_each_time() {
    let world = world();
    let [incidents, claims, _] = listings(&world.ledger);
    let about = [("rules".to_owned(), "careful".to_owned())];
    let write = || views::file("claims", &Rows::of(&claims, &options()).unwrap(), Format::Xlsx, &options(), &about).unwrap();
    let bytes = write();
    assert_eq!(bytes, write());
    let files = unpacked(&bytes);
    let part = |name: &str| &files.iter().find(|(file, _)| file == name).unwrap().1;
    assert!(part("xl/sharedStrings.xml").contains("killed 21 soldiers"));
    // A cell that looks like a formula is words.
    assert!(part("xl/sharedStrings.xml").contains("=fire") && !part("xl/worksheets/sheet1.xml").contains("<f>"));
    assert!(part("xl/workbook.xml").contains("name=\"about\""));
    assert!(views::render(&incidents, Format::Xlsx, &options()).unwrap_err().to_string().contains("is no text"));
}

#[test]
fn claims_are_annotations_with_what_stands_around_them() {
    let world = world();
    let [_, Listing::Claims(rows), _] = listings(&world.ledger) else { panic!() };
    let reports = world.ledger.reports(&Filter::default()).unwrap().into_iter().map(|report| (report.id.clone(), report)).collect();
    let page: Value = serde_json::from_str(&views::annotations(&rows, &reports, &options())).unwrap();
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), rows.len());
    for (item, row) in items.iter().zip(&rows) {
        let report = &reports[&row.entry.claim.report];
        let selectors = item["target"]["selector"].as_array().unwrap();
        let [prefix, exact, suffix] = ["prefix", "exact", "suffix"].map(|part| selectors[0][part].as_str().unwrap());
        assert!(report.field(row.entry.claim.quote.field).contains(&format!("{prefix}{exact}{suffix}")), "{item}");
        assert_eq!((item["type"].as_str(), &item["body"]["value"]["id"]), (Some("Annotation"), &Value::from(row.entry.claim.id.as_str())));
        assert_eq!(selectors[1]["end"].as_u64().unwrap() - selectors[1]["start"].as_u64().unwrap(), exact.chars().count() as u64);
    }
    let text = views::annotations(&rows, &Default::default(), &options());
    assert!(!text.contains("\"prefix\"") && text.contains("\"exact\""));
}

#[test]
fn points_of_other_shapes_become_features() {
    let world = world();
    let (rows, _) = views::acled(&views_of(&world), AcledOptions::default());
    let cut = RenderOptions { fields: vec!["event_id_cnty".to_owned()], ..options() };
    let text = String::from_utf8(views::file("incidents", &rows, Format::Geojson, &cut, &[]).unwrap()).unwrap();
    let out: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(out["features"][0]["geometry"]["coordinates"], serde_json::json!([-3.25, 14.12]));
    assert_eq!(out["features"][0]["properties"], serde_json::json!({"event_id_cnty": "x-7K3QFM"}));
}

/// The cells of a CSV file.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut cell, mut quoted) = (vec![vec![]], String::new(), false);
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            // A mark that stands twice closes and opens again.
            '"' => {
                if !quoted && cell.ends_with('\u{0}') {
                    cell.pop();
                    cell.push('"');
                }
                quoted = !quoted;
                if !quoted {
                    cell.push('\u{0}');
                }
            }
            ',' | '\n' if !quoted => {
                rows.last_mut().unwrap().push(std::mem::take(&mut cell).replace('\u{0}', ""));
                if c == '\n' {
                    rows.push(vec![]);
                }
            }
            c => cell.push(c),
        }
    }
    rows.pop();
    rows
}

/// Every key of a bundle is one row's, and every reference leads to a row.
fn hangs_together(files: &[(String, String)]) {
    let part = |name: &str| files.iter().find(|(file, _)| file == name).unwrap().1.as_str();
    let package: Value = serde_json::from_str(part("datapackage.json")).unwrap();
    let names = |value: &Value| -> Vec<String> {
        value.as_array().map_or_else(|| vec![value.clone()], Clone::clone).iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    let columns = |table: &str, columns: &[String]| -> Vec<Vec<String>> {
        let rows = cells(part(&format!("{table}.csv")));
        let at: Vec<usize> = columns.iter().map(|column| rows[0].iter().position(|name| name == column).unwrap()).collect();
        rows[1..].iter().map(|row| at.iter().map(|&n| row[n].clone()).collect()).collect()
    };
    for resource in package["resources"].as_array().unwrap() {
        let (table, schema) = (resource["name"].as_str().unwrap(), &resource["schema"]);
        let keys = columns(table, &names(&schema["primaryKey"]));
        assert_eq!(keys.iter().collect::<std::collections::BTreeSet<_>>().len(), keys.len(), "{table}");
        assert!(keys.iter().flatten().all(|key| !key.is_empty()), "{table}");
        for pointer in schema["foreignKeys"].as_array().unwrap() {
            let to = pointer["reference"]["resource"].as_str().unwrap();
            let there = columns(if to.is_empty() { table } else { to }, &names(&pointer["reference"]["fields"]));
            for from in columns(table, &names(&pointer["fields"])).iter().filter(|from| from.iter().any(|cell| !cell.is_empty())) {
                assert!(there.contains(from), "{table}: {from:?} is not in {to:?}");
            }
        }
    }
}

#[test]
fn a_bundle_tells_what_is_in_it_and_closes_in_itself() {
    let world = world();
    let tables = |keep: fn(&str) -> bool| {
        let [Listing::Incidents(mut incidents), Listing::Claims(claims), Listing::Reports(reports)] = listings(&world.ledger) else { panic!() };
        incidents.retain(|row| keep(&row.entry.incident.id));
        let turns = Some(world.ledger.turns(0, usize::MAX, None).unwrap().items);
        let aliases = [(NLF.to_owned(), vec!["FLN".to_owned()])].into();
        let place_aliases = [("XN/Kardala".to_owned(), vec!["Kârdalla".to_owned()])].into();
        views::Tables { incidents, claims, reports, aliases, place_aliases, turns }
    };
    let about = views::BundleAbout {
        publishing: Publishing::Private,
        withheld: views::Withheld::default(),
        rules: "## Rules\n\nNone.\n".to_owned(),
        filter: "--country XN".to_owned(),
        version: "0".to_owned(),
    };
    let make = |tables: &views::Tables| views::bundle(tables, &about, &options()).unwrap();
    let bytes = make(&tables(|_| true));
    assert_eq!(bytes, make(&tables(|_| true)));
    let files = unpacked(&bytes);
    let part = |name: &str| files.iter().find(|(file, _)| file == name).unwrap().1.as_str();
    let package: Value = serde_json::from_str(part("datapackage.json")).unwrap();
    for resource in package["resources"].as_array().unwrap() {
        let fields: Vec<&str> = resource["schema"]["fields"].as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap()).collect();
        assert_eq!(part(resource["path"].as_str().unwrap()).lines().next().unwrap(), fields.join(","));
    }
    hangs_together(&files);
    let derived = ["incident_claims.csv", "sides.csv", "actors.csv", "places.csv", "changes.csv"].map(part);
    insta::assert_snapshot!("bundle_tables", derived.join("\n").replace('\r', ""));
    insta::assert_snapshot!("bundle_citation", part("CITATION.cff"));
    assert!(part("CODEBOOK.md").contains("## Rules") && part("CODEBOOK.md").contains("| `deaths_low` | integer | Fewest dead in total |"));
    let crate_: Value = serde_json::from_str(part("ro-crate-metadata.json")).unwrap();
    let graph = crate_["@graph"].as_array().unwrap();
    let of = |id: &str| graph.iter().find(|entity| entity["@id"] == id).unwrap_or_else(|| panic!("{id}"));
    for name in of("./")["hasPart"].as_array().unwrap().iter().map(|part| part["@id"].as_str().unwrap()) {
        assert!(of(name)["sha256"].as_str().is_some_and(|hash| hash.len() == 64), "{name}");
        assert!(files.iter().any(|(file, _)| file == name), "{name}");
    }
    assert_eq!(of("./")["hasPart"].as_array().unwrap().len(), files.len() - 1);
    assert!(of("#export")["description"].as_str().unwrap().starts_with("Filter: --country XN. Rules: "));
    assert_eq!(of("incidents.csv")["sha256"], ledger::raw_hash(part("incidents.csv").as_bytes()));
    for table in ["incidents", "claims", "reports", "incident_claims", "sides", "actors", "places", "changes"] {
        assert!(part(&format!("{table}.parquet")).starts_with("PAR1"), "{table}");
    }
    assert!(part("LICENSE.txt").contains("https://creativecommons.org/licenses/by/4.0/"));

    let cut = unpacked(&make(&tables(|id| id == "Q2M4TZ")));
    let claims = &cut.iter().find(|(name, _)| name == "claims.csv").unwrap().1;
    assert!(!claims.contains("7K3QFM"), "a claim does not point at what is not there");
    hangs_together(&cut);
    let unknown = unpacked(&make(&views::Tables { turns: None, ..tables(|_| true) }));
    assert!(unknown.iter().all(|(name, text)| !name.starts_with("changes") && !text.contains("changes.csv")), "no ledger knows");
}

#[test]
fn a_situation_report_has_ranges_sources_and_what_is_contested() {
    let world = world();
    let day = |text: &str| text.parse().unwrap();
    let mut publisher = Publisher::of(&world.ledger, Publishing::Private, "2025-06-08T12:00:00Z".parse().unwrap(), None).unwrap();
    let period = Period { from: day("2025-06-02"), to: day("2025-06-08") };
    let report = views::sitrep(&world.ledger, &Filter::default(), "Northland", period, "careful", &mut publisher).unwrap();
    assert_eq!((report.incidents, report.figures[0].now), (1, [6, 8, 21]));
    let blocks = report.blocks();
    insta::assert_snapshot!("sitrep", document::markdown(&blocks));
    assert!(document::html(&blocks).contains("<h1 dir=\"auto\">Situation report: Northland, 2–8 June 2025</h1>"));
    let word = document::docx(&blocks).unwrap();
    assert!(unpacked(&word).iter().any(|(name, text)| name == "word/document.xml" && text.contains("6–8–21")));

    // A week later all of it is in the period before, and the change is a fall.
    let later = Period { from: day("2025-06-09"), to: day("2025-06-15") };
    let report = views::sitrep(&world.ledger, &Filter::default(), "Northland", later, "careful", &mut publisher).unwrap();
    assert_eq!((report.incidents, report.incidents_before, report.figures[0].before), (0, 1, [6, 8, 21]));
    assert!(document::markdown(&report.blocks()).contains("−8"));
}

#[test]
fn what_is_public_names_no_private_person_and_no_village() {
    let mut world = world();
    let publisher = |ledger: &ledger::Ledger, day: &str| Publisher::of(ledger, Publishing::Public, format!("{day}T12:00:00Z").parse().unwrap(), None);
    let mut public = publisher(&world.ledger, "2025-06-20").unwrap();
    let views: Vec<IncidentView> = views_of(&world).into_iter().filter_map(|view| public.view(view)).collect();
    let (rows, _) = views::acled(&views, AcledOptions::default());
    let text = cards(&rows);
    assert!(text.contains("location: \"North\"") && text.contains("geo_precision: 3"), "{text}");
    assert!(!text.contains("Kardala") && !text.contains("director of Oum") && text.contains("Medical said 8"), "{text}");
    assert_eq!(public.withheld().incidents, 0);
    // Headings, sides, disputes and voices are told again out of what is left.
    insta::assert_snapshot!("public", views::incident_text(&views[0], 100, false));
    for view in &views {
        let text = serde_json::to_string(view).unwrap().to_lowercase();
        assert!(!text.contains("kardala") && !text.contains("director of oum"), "{text}");
    }

    // What people set stands beside the incident as they typed it; whoever merged says why.
    let mut incident = world.ledger.incident("7K3QFM").unwrap();
    incident.parties[0].name = "Kardala militia".to_owned();
    let fields = ledger::Fields::from([("place".to_owned(), "Kardala, at the well".to_owned())]);
    let verdicts = vec![
        ledger::Verdict::Incident { incident, fields, stands: true },
        ledger::Verdict::Merged { id: "Q2M4TZ".to_owned(), into: "7K3QFM".to_owned() },
    ];
    let decision = ledger::Decision { deed: ledger::Deed::Merge, subject: "7K3QFM".to_owned(), verdicts, seen: vec![] };
    world.ledger.decide(&decision, &ledger::Act::new("ana", "both at Kardala", "2025-06-06T12:00:00Z".parse().unwrap())).unwrap();
    let mut public = publisher(&world.ledger, "2025-06-20").unwrap();
    let view = public.view(views::incident(&world.ledger, "Q2M4TZ").unwrap()).unwrap();
    assert_eq!(view.entry.incident.parties[0].name, "[place] militia");
    let rows: Vec<views::IncidentRow> =
        views::incidents(&world.ledger, &Filter::default()).unwrap().into_iter().filter_map(|row| public.incident_row(row)).collect();
    let listed = views::render(&Listing::Incidents(rows.clone()), Format::Json, &options()).unwrap();
    // So it is in the tables that follow from them.
    let all = world.ledger.turns(0, usize::MAX, None).unwrap().items;
    let tables = views::Tables { turns: Some(public.turns(all, &rows, true)), incidents: rows, ..views::Tables::default() };
    let derived = [tables.actors(), tables.places(), tables.changes()].map(|rows| cards(&rows));
    assert!(derived[0].contains("actor: \"[place] militia\"") && derived[1].contains("place: \"North\"") && derived[2].contains("what: \"merged\""));
    for text in [serde_json::to_string(&view).unwrap(), listed, derived.concat() + "7K3QFM"] {
        assert!(!text.contains("Kardala") && text.contains("7K3QFM"), "{text}");
    }

    // Words that were changed stand nowhere.
    let Listing::Claims(mut claims) = listings(&world.ledger)[1].clone() else { panic!() };
    claims[0].entry.claim.quote.text = "an army post at Kardala".to_owned();
    let claims: Vec<views::ClaimRow> = claims.into_iter().filter_map(|row| public.claim_row(row)).collect();
    let page: Value = serde_json::from_str(&views::annotations(&claims, &Default::default(), &options())).unwrap();
    let fields = RenderOptions { fields: ["quote", "quote_end"].map(str::to_owned).into(), ..options() };
    assert!(views::render(&Listing::Claims(claims.clone()), Format::Csv, &fields).unwrap().contains("\r\nan army post at [place],\r\n"));
    for (item, row) in page["items"].as_array().unwrap().iter().zip(&claims) {
        let quote = &row.entry.claim.quote.text;
        assert_eq!(item["target"].get("selector").is_some(), !quote.is_empty() && !quote.contains("[place]"), "{item}");
    }

    let mut early = publisher(&world.ledger, "2025-06-04").unwrap();
    assert!(views_of(&world).into_iter().all(|view| early.view(view).is_none()));
    assert_eq!(early.withheld().incidents, 2);
}

#[test]
fn a_situation_report_does_not_say_where_it_was_asked_for() {
    let world = world();
    let mut public = Publisher::of(&world.ledger, Publishing::Public, "2025-06-20T12:00:00Z".parse().unwrap(), None).unwrap();
    let period = Period { from: "2025-06-02".parse().unwrap(), to: "2025-06-08".parse().unwrap() };
    let report = views::sitrep(&world.ledger, &Filter::default(), "Kardala and North", period, "careful", &mut public).unwrap();
    assert_eq!(report.area, "[place] and North");
    assert!(!document::markdown(&report.blocks()).contains("Kardala"));
}
