use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::json;

use crate::{Desk, REPORT, examples};

const GED: &str = "id,relid,code_status,type_of_violence,conflict_name,dyad_name,side_a,side_b,source_office,source_original,where_prec,where_coordinates,where_description,adm_1,adm_2,latitude,longitude,country,country_id,event_clarity,date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low\n\
    17,MLI-1,Clear,1,,Government of Mali - JNIM,Government of Mali,JNIM,Agence Nord,army,1,Labbezanga village,,Gao,Ansongo,14.95,0.7,Mali,432,1,1,2024-06-02 00:00:00.000,2024-06-02 00:00:00.000,6,14,0,0,20,30,6\n\
    18,MLI-2,Clear,3,,IS - Civilians,IS,Civilians,Radio Oum,,1,Gao town,,Gao,Gao,16.27,-0.04,Mali,432,1,1,2024-07-03,2024-07-03,0,0,4,0,4,4,4\n\
    19,broken\n";

const ACLED: &str = "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,actor2,iso,country,admin1,admin2,location,latitude,longitude,geo_precision,source,notes,fatalities,timestamp\n\
    XNO1,2024-06-02,1,Battles,Armed clash,JNIM: Group for Support of Islam and Muslims,Military Forces of Mali (2021-),466,Mali,Gao,Ansongo,Labbezanga,14.95,0.7,1,Agence Nord,\"On 2 June 2024, an invented clash at Labbezanga. 6 fatalities.\",6,1717500000\n";

/// The rows of a CSV file without quoted line breaks.
fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[test]
fn coded_rows_are_claims_that_can_be_opened_compared_and_exported_again() {
    let desk = Desk::new();
    desk.write("ged.csv", GED);
    let ran = desk.run(&["import", "ged.csv"]).ends(3);
    assert!(ran.stderr.contains("ged.csv: line 4: the row has 2 cells, the header 30"), "{}", ran.stderr);
    assert!(ran.stderr.contains("2 rows imported with 8 claims, 0 there already, 1 failed"), "{}", ran.stderr);
    let claim = desk.run(&["list", "claims", "--kind", "deaths", "--format", "ndjson", "--limit", "1"]).ends(0).rows().remove(0);
    assert_eq!(claim["quote"], "deaths_a: 6");
    let shown = desk.run(&["show", claim["report"].as_str().unwrap()]).ends(0).stdout;
    assert!(shown.contains("UCDP GED") && shown.contains("deaths_a: 6"), "{shown}");

    // A second time nothing is new; the file's own rows are found again in the ledger.
    assert!(desk.run(&["import", "ged.csv"]).ends(3).stderr.contains("0 rows imported with 0 claims, 2 there already"));
    let compared = desk.run(&["compare", "ged.csv"]).ends(3);
    assert!(compared.stderr.contains("theirs found here 2 of 2 (100 %); ours found there 2 of 2 (100 %)"), "{}", compared.stderr);

    let export = desk.run(&["export", "--profile", "ucdp-ged"]).ends(0);
    assert_eq!(lines(&export.stdout).len(), 3, "{}", export.stdout);
    assert!(export.stderr.contains("2 incidents written, shape ucdp-ged, rules careful, publishing private"), "{}", export.stderr);
    desk.write("again.csv", &export.stdout);
    assert!(desk.run(&["compare", "again.csv"]).ends(0).stderr.contains("best figure equal 2 of 2 (100 %)"));
    desk.run(&["compare", "ged.csv", "--from", "2024-07-01", "--to", "2024-07-31", "--format", "json"]).ends(3);
}

#[test]
fn rows_that_may_not_be_passed_on_are_refused() {
    let desk = Desk::new();
    desk.write("acled.csv", ACLED);
    let ran = desk.run(&["import", "acled.csv"]).ends(0);
    assert!(ran.stderr.contains("forbid passing rows on"), "{}", ran.stderr);
    let refused = desk.run(&["export", "--profile", "acled"]).ends(6);
    assert!(
        refused.stdout.is_empty() && refused.stderr.contains("1 record rests on imported rows that may not be passed on (ACLED)"),
        "{}",
        refused.stderr
    );
    desk.run(&["export", "claims"]).ends(6);
    let rest = desk.run(&["export", "--profile", "acled", "--shareable"]).ends(0);
    assert_eq!(lines(&rest.stdout).len(), 1);
    desk.run(&["compare", "acled.csv"]).ends(0);

    let own = Desk::new();
    own.write("acled.csv", ACLED);
    own.run(&["import", "acled.csv", "--mine"]).ends(0);
    let row = own.run(&["export", "--profile", "acled"]).ends(0).stdout;
    let row = lines(&row)[1];
    assert!(row.contains("2024-06-02,2024,1,Political violence,Battles,Armed clash,"), "{row}");
    assert!(
        row.contains("Military Forces of Mali (2021-)") && row.contains("State forces-Rebel group") && row.contains(",466,Western Africa,Mali,"),
        "{row}"
    );
}

#[test]
fn what_was_exported_natively_makes_the_same_ledger() {
    let desk = Desk::new();
    let source = examples();
    desk.run(&["add", source.to_str().unwrap()]).ends(0);
    desk.run(&["export", "reports", "--with-text", "-o", "reports.jsonl"]).ends(0);
    desk.run(&["export", "claims", "-o", "claims.jsonl"]).ends(0);
    // One of them is published somewhere.
    let reports = desk.read("reports.jsonl").replacen("\"url\":null", "\"url\":\"https://nord.example/1\"", 1);
    desk.write("reports.jsonl", &reports);
    desk.run(&["import", "reports.jsonl", "claims.jsonl", "--db", "copy.attest"]).ends(0);
    // Everything that an export writes is there again, but for when and from what a ledger learnt it.
    for (table, but) in
        [("reports", &["recorded_at", "raw_hash"][..]), ("claims", &[]), ("incidents", &["first_recorded_at", "recorded_at", "revision"])]
    {
        let sorted = |text: &str| {
            let mut rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            rows.iter_mut().for_each(|row| but.iter().for_each(|field| _ = row.as_object_mut().unwrap().remove(*field).expect(field)));
            rows.sort_by_key(|row| row["id"].as_str().unwrap().to_owned());
            rows
        };
        let export = |db: &str| desk.run(&["export", table, "--format", "ndjson", "--with-text", "--db", db]).ends(0).stdout;
        let first = if table == "reports" { reports.clone() } else { export("ledger.attest") };
        let (first, copy) = (sorted(&first), sorted(&export("copy.attest")));
        assert!(!first.is_empty());
        for (first, copy) in first.iter().zip(&copy) {
            assert_eq!(first, copy, "{table}");
        }
        assert_eq!(first.len(), copy.len(), "{table}");
    }
    for table in ["incident_claims", "sides", "actors", "places"] {
        let sorted = |db: &str| {
            let text = desk.run(&["export", table, "--format", "csv", "--db", db]).ends(0).stdout;
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted("ledger.attest"), sorted("copy.attest"), "{table}");
    }
}

#[test]
fn tables_that_follow_from_others_are_written_alone_and_in_the_bundle() {
    let desk = Desk::new();
    desk.run(&["add", examples().to_str().unwrap()]).ends(0);
    for (table, starts) in [
        ("incident_claims", "incident_id,claim_id,position,sets\r\n"),
        ("sides", "incident_id,what,side,"),
        ("actors", "actor,kind,incidents,date_start,date_end,countries,aliases,printed\r\n"),
        ("places", "place_id,place,admin1,admin2,country,lat,lon,place_precision,incidents,date_start,date_end,aliases\r\n"),
        ("changes", "cursor,incident_id,what,into,revision,decided_by,why,at\r\n"),
    ] {
        let ran = desk.run(&["export", table]).ends(0);
        assert!(ran.stdout.starts_with(starts), "{table}: {}", ran.stdout);
        let n = lines(&ran.stdout).len() - 1;
        assert!(n > 1 && ran.stderr.contains(&format!("{n} {table} written, shape native")), "{table}: {}", ran.stderr);
        assert_eq!(desk.run(&["export", table]).ends(0).stdout, ran.stdout, "{table}");
        let cut = desk.run(&["export", table, "--limit", "1"]).ends(0).stdout;
        assert_eq!(lines(&cut), lines(&ran.stdout)[..2], "{table}");
        desk.run(&["export", table, "--format", "jsonld"]).ends(2);
        desk.run(&["export", table, "--profile", "acled"]).ends(2);
        desk.run(&["export", table, "-o", "table.parquet"]).ends(0);
        // Before anything was known.
        let early = desk.run(&["export", table, "--as-of", "2001-01-01"]).ends(0).stdout;
        assert_eq!(lines(&early).len(), 1, "{table}: {early}");
    }
    let names = desk.run(&["export", "actors", "--format", "json", "--fields", "actor,incidents"]).ends(0).stdout;
    assert!(names.starts_with("[\n{\"actor\":\""), "{names}");

    // A merger is told, with its reason to oneself only; what went into what is withheld is not.
    let ids: Vec<String> =
        desk.run(&["list", "incidents", "--format", "ndjson"]).ends(0).rows().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    desk.run(&["merge", &ids[0], &ids[1], "--why", "one fight at Kardala"]).ends(0);
    let merged = desk.run(&["export", "changes"]).ends(0).stdout;
    assert!(merged.contains(&format!("{},merged,{}", ids[1], ids[0])) && merged.contains("one fight at Kardala"), "{merged}");
    let public = desk.run(&["export", "changes", "--publishing", "public", "--as-of", "2100-01-01"]).ends(0).stdout;
    assert!(public.contains(&format!("{},merged,{}", ids[1], ids[0])) && !public.contains("one fight"), "{public}");
}

#[test]
fn an_export_is_a_file_of_the_kind_its_name_says() {
    let desk = Desk::new();
    desk.write("2025-06-03-konna.txt", REPORT);
    desk.run(&["add", "2025-06-03-konna.txt"]).ends(0);
    for (file, starts) in [
        ("a.csv", &b"incident_id,"[..]),
        ("a.geojson", b"{\"type\":\"FeatureCollection\""),
        ("a.jsonl", b"{\"id\":"),
        ("a.xlsx", b"PK\x03\x04"),
        ("a.parquet", b"PAR1"),
        ("a.gpkg", b"SQLite format 3\0"),
    ] {
        desk.run(&["export", "-o", file]).ends(0);
        let first = std::fs::read(desk.path(file)).unwrap();
        assert!(first.starts_with(starts), "{file}");
        desk.run(&["export", "-o", file]).ends(0);
        assert!(first == std::fs::read(desk.path(file)).unwrap(), "{file} has the same bytes each time");
    }
    assert!(desk.run(&["export", "--excel"]).ends(0).stdout.starts_with('\u{feff}'));
    assert!(lines(&desk.run(&["export", "--hxl"]).ends(0).stdout)[1].starts_with("#event+code,"));
    desk.run(&["export", "claims", "--hxl"]).ends(2);
    for file in ["hxl.gpkg", "hxl.parquet", "hxl.geojson", "hxl.jsonl"] {
        let refused = desk.run(&["export", "--hxl", "-o", file]).ends(2);
        assert!(refused.stderr.contains("HXL hashtags are a row of a sheet") && !desk.path(file).exists(), "{}", refused.stderr);
    }
    desk.run(&["export", "--bundle"]).ends(2);
    desk.run(&["export", "--bundle", "-o", "v1.zip"]).ends(0);
    assert!(std::fs::read(desk.path("v1.zip")).unwrap().starts_with(b"PK\x03\x04"));
    let public = desk.run(&["export", "--publishing", "public", "--as-of", "2030-01-01"]).ends(0);
    assert!(public.stderr.contains("held back:"), "{}", public.stderr);
}

#[test]
fn any_table_comes_in_by_a_mapping_that_is_shown() {
    let desk = Desk::new();
    desk.write(
        "deaths.csv",
        "Jour;Lieu;Pays;Auteur;Victimes;Nb\n13/06/2024;Labbezanga;Mali;JNIM;Civilians;6\n02/06/2024;Gao;ML;;;4\n14/06/2024;Gao;ML;;;many\n",
    );
    let guessed = desk.run(&["import", "deaths.csv", "--dry-run"]).ends(0);
    assert!(
        guessed.stderr.contains(
            "deaths.csv: columns date=\"Jour\" place=\"Lieu\" country=\"Pays\" actor=\"Auteur\" target=\"Victimes\"; --map FIELD=HEADER changes them"
        ),
        "{}",
        guessed.stderr
    );
    assert!(guessed.stderr.contains("3 rows with 1 claims would be imported"), "{}", guessed.stderr);
    let without = desk.run(&["import", "deaths.csv", "--map", "deaths=Nb", "--map", "-=Auteur", "--dry-run"]).ends(3).stderr;
    assert!(without.contains("target=\"Victimes\" deaths=\"Nb\"") && !without.contains("Auteur"), "{without}");
    let ran = desk.run(&["import", "deaths.csv", "--map", "deaths=Nb"]).ends(3);
    assert!(
        ran.stderr.contains("line 4: the deaths \"many\" was not understood") && ran.stderr.contains("2 rows imported with 3 claims"),
        "{}",
        ran.stderr
    );
    let claim = desk.run(&["list", "claims", "--kind", "deaths", "--format", "ndjson", "--sort", "date"]).ends(0).rows().remove(1);
    assert_eq!((claim["quote"].as_str(), claim["count"]["low"].as_u64()), (Some("Nb: 6"), Some(6)));
    assert!(desk.run(&["list", "incidents", "--country", "ML", "--format", "csv"]).ends(0).stdout.contains("Labézanga"));
    let wrong = desk.run(&["import", "deaths.csv", "--map", "deaths=Morts"]).ends(2);
    assert!(wrong.stderr.contains("there is no such column (its columns: Jour, Lieu, Pays, Auteur, Victimes, Nb)"), "{}", wrong.stderr);

    // A workbook of ours is a table like any other.
    desk.run(&["export", "-o", "mine.xlsx"]).ends(0);
    let own = desk.run(&["import", "mine.xlsx", "--dry-run"]).ends(0);
    assert!(own.stderr.contains("date=\"date_start\" date_end=\"date_end\"") && own.stderr.contains("2 rows with"), "{}", own.stderr);
}

#[test]
fn annotations_go_out_and_come_in_again() {
    let desk = Desk::new();
    desk.write("2025-06-03-konna.txt", REPORT);
    desk.run(&["add", "2025-06-03-konna.txt"]).ends(0);
    desk.run(&["export", "claims", "-o", "claims.jsonld"]).ends(0);
    desk.run(&["export", "incidents", "--format", "jsonld"]).ends(2);
    let claims =
        |db: &str| desk.run(&["list", "claims", "--format", "csv", "--fields", "claim_id,quote,quote_start,kind", "--db", db]).ends(0).stdout;
    // A ledger that has the report and no claims takes them; one that has not refuses each.
    desk.run(&["add", "2025-06-03-konna.txt", "--no-extract", "--db", "bare.attest"]).ends(0);
    desk.run(&["import", "claims.jsonld", "--db", "bare.attest"]).ends(0);
    assert_eq!(claims("bare.attest"), claims("ledger.attest"));
    assert!(claims("bare.attest").lines().count() > 1);
    let none = desk.run(&["import", "claims.jsonld", "--db", "none.attest"]).ends(3);
    assert!(none.stderr.contains("annotation 1: there is no report") && none.stderr.contains("add it first"), "{}", none.stderr);
}

#[test]
fn what_is_public_names_no_village() {
    let desk = Desk::new();
    desk.write("2025-06-03-konna.txt", REPORT);
    desk.run(&["add", "2025-06-03-konna.txt"]).ends(0);
    let public = ["--publishing", "public", "--as-of", "2030-01-01"];
    for what in ["incidents", "claims", "reports", "places"] {
        let own = desk.run(&["export", what]).ends(0).stdout;
        assert!(own.contains("Konna"), "{what}: {own}");
        let ran = desk.run(&[&["export", what][..], &public].concat()).ends(0);
        assert!(!ran.stdout.to_lowercase().contains("konna"), "{what}: {}", ran.stdout);
    }
    let acled = desk.run(&[&["export", "--profile", "acled"][..], &public].concat()).ends(0).stdout;
    assert!(!acled.contains("Konna"), "{acled}");

    // Nor do the fields that a person set, nor what was asked for.
    let id = desk.run(&["list", "incidents", "--format", "ndjson"]).ends(0).rows()[0]["id"].as_str().unwrap().to_owned();
    desk.run(&["set", &id, "country=ML", "place=Konna", "--why", "as the report has it"]).ends(0);
    assert!(desk.run(&["export", "--format", "json"]).ends(0).stdout.contains("\"place\":\"Konna\",\"place_precision\":\"exact\"}"));
    let out = desk.run(&[&["export", "--format", "json"][..], &public].concat()).ends(0).stdout;
    assert!(!out.contains("Konna") && !out.contains("\"fields\""), "{out}");
    let week = desk.run(&["sitrep", "--to", "2025-06-05", "--place", "Konn", "--publishing", "public", "--as-of", "2030-01-01"]).ends(0).stdout;
    assert!(week.starts_with("# Situation report: a part that is not named, ") && !week.contains("Konn"), "{week}");
}

#[test]
fn what_is_not_over_for_two_days_is_in_no_table_that_follows() {
    let desk = Desk::new();
    desk.write("deaths.csv", "date,place,country,actor,deaths\n2024-06-02,Gao,ML,JNIM,6\n2099-12-31,Kidal,ML,Northern Front,4\n");
    desk.run(&["import", "deaths.csv"]).ends(0);
    for table in ["incidents", "incident_claims", "sides", "actors", "places", "changes"] {
        let rows = |day: &str| lines(&desk.run(&["export", table, "--publishing", "public", "--as-of", day]).ends(0).stdout).len() - 1;
        assert_eq!(rows("2100-01-02"), 2 * rows("2100-01-01"), "{table}");
        let early = desk.run(&["export", table, "--publishing", "public", "--as-of", "2100-01-01"]).ends(0).stdout;
        assert!(lines(&early).len() > 1 && !early.contains("Northern Front") && !early.contains("Kidal"), "{table}: {early}");
    }
}

#[test]
fn folders_are_watched_and_what_is_new_is_added() {
    let desk = Desk::new();
    desk.write("inbox/2025-06-03-konna.txt", REPORT);
    desk.write("feed.rss", "<rss version=\"2.0\"><channel><title>Agence Nord</title><item><title>Three hurt</title><description>A mine hurt three people near Gao.</description></item></channel></rss>");
    let first = desk.run(&["watch", "inbox", "feed.rss", "--once", "--report", "done.ndjson"]).ends(0);
    assert!(first.stderr.contains("2 reports: 2 new"), "{}", first.stderr);
    assert_eq!(desk.read("done.ndjson").lines().count(), 2);
    desk.write("attest.toml", "watch = \"inbox, feed.rss\"\n");
    assert!(desk.run(&["watch", "--once"]).ends(0).stderr.contains("2 there already"));
    let nobody = desk.run(&["watch", "http://127.0.0.1:9/feed.xml", "--once"]).ends(5);
    assert!(nobody.stderr.contains("cannot be fetched"), "{}", nobody.stderr);
    // What was sent with an address is not kept, also where nothing came.
    let host = TcpListener::bind("127.0.0.1:0").unwrap();
    let feed = format!("127.0.0.1:{}/feed.rss", host.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for mut stream in host.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 17\r\nConnection: close\r\n\r\n<p>Two hurt.</p>\n");
        }
    });
    for (address, told, code) in [
        (&format!("http://ana:se-cret@{feed}"), &format!("http://{feed}"), 0),
        (&"http://ana:se-cret@127.0.0.1:9/".to_owned(), &"http://127.0.0.1:9/".to_owned(), 5),
        (&"http://ana:se cret@nord.example/".to_owned(), &"http://nord.example/".to_owned(), 5),
    ] {
        let ran = desk.run(&["watch", address, "--once", "--report", "failed.ndjson"]).ends(code);
        assert!(desk.read("failed.ndjson").contains(&format!("\"{told}\"")), "{told}");
        assert!(!(desk.run(&["watch", "--dry-run", address]).ends(0).stderr + &ran.stderr).contains("cret"), "{address}");
    }
    for (file, told) in [("ledger.attest", "http://nord.example/"), ("home/.local/state/attest/fetched.json", feed.as_str())] {
        let bytes = std::fs::read(desk.path(file)).unwrap();
        let holds = |words: &str| bytes.windows(words.len()).any(|bytes| bytes == words.as_bytes());
        assert!(holds(told) && !holds("cret"), "{file}");
    }
    // How it came is kept, and what came.
    let rows = desk.run(&["list", "reports", "--format", "ndjson"]).ends(0).rows();
    let row = rows.iter().find(|row| !row["fetched"].is_null()).unwrap();
    let (id, fetched) = (row["id"].as_str().unwrap(), &row["fetched"]);
    let told = json!({
        "asked": format!("http://{feed}"), "address": format!("http://{feed}"), "status": 200, "content_type": null, "etag": "\"a\"",
        "last_modified": null, "raw_hash": row["raw_hash"], "fetched_at": fetched["fetched_at"],
    });
    assert_eq!((fetched, row["url"].as_str()), (&told, told["address"].as_str()));
    let shown = desk.run(&["show", id]).ends(0).stdout;
    assert!(shown.contains(&format!("fetched {}: http://{feed}; 200; ETag: \"a\"", fetched["fetched_at"].as_str().unwrap())), "{shown}");
    assert_eq!(desk.run(&["show", id, "--raw"]).ends(0).stdout, "<p>Two hurt.</p>\n");
    let from_file = rows.iter().find(|row| row["fetched"].is_null()).unwrap()["id"].as_str().unwrap().to_owned();
    assert!(desk.run(&["show", &from_file, "--raw"]).ends(2).stderr.contains("no bytes are kept"));
    let public = desk.run(&["export", "reports", "--format", "json", "--publishing", "public", "--as-of", "2999-01-01"]).ends(0).stdout;
    assert!(public.contains(id) && !public.contains("fetched"), "{public}");
    let empty = Desk::new();
    assert!(empty.run(&["watch", "--once"]).ends(2).stderr.contains("nothing to watch was named"));
}

#[test]
fn offline_nothing_is_fetched() {
    let desk = Desk::new();
    desk.write("2025-06-03-konna.txt", REPORT);
    // Somebody who would notice.
    let host = TcpListener::bind("127.0.0.1:0").unwrap();
    host.set_nonblocking(true).unwrap();
    let address = format!("http://127.0.0.1:{}/", host.local_addr().unwrap().port());
    let secret = address.replace("http://", "http://ana:se-cret@");
    for verb in [&["add", "2025-06-03-konna.txt"][..], &["extract"], &["watch", "--once"], &["watch", "--dry-run"], &["add", "--dry-run"]] {
        let ran = desk.run(&[verb, &["--offline", &secret]].concat()).ends(6);
        assert!(ran.stderr.contains(&format!("{address} would have to be fetched")) && !ran.stderr.contains("cret"), "{}", ran.stderr);
    }
    assert!(!desk.path("ledger.attest").exists(), "nothing was begun");
    desk.write("attest.toml", format!("offline = true\nwatch = \"{address}\"\n"));
    desk.run(&["watch", "--once"]).ends(6);
    assert!(desk.run(&["config", "show", "--origin"]).ends(0).stdout.contains("offline"));
    desk.run(&["add", "2025-06-03-konna.txt"]).ends(0);
    assert!(host.accept().is_err(), "somebody came");
    desk.write("attest.toml", "offline = \"perhaps\"\n");
    assert!(desk.run(&["watch", "--once"]).ends(2).stderr.contains("which is not true or false"));
}

#[test]
fn a_situation_report_is_written_for_a_period() {
    let desk = Desk::new();
    desk.write("2025-06-03-konna.txt", REPORT);
    desk.run(&["add", "2025-06-03-konna.txt"]).ends(0);
    let text = desk.run(&["sitrep", "--to", "2025-06-05", "--area", "Mopti"]).ends(0).stdout;
    assert!(text.starts_with("# Situation report: Mopti, 30 May – 5 June 2025\n\n1 incident is known, "), "{text}");
    desk.run(&["sitrep", "--to", "2025-06-05", "-o", "week.docx"]).ends(0);
    assert!(std::fs::read(desk.path("week.docx")).unwrap().starts_with(b"PK\x03\x04"));
    assert!(desk.run(&["sitrep", "--to", "2025-06-05", "--format", "html"]).ends(0).stdout.starts_with("<!doctype html>"));
    let ran = desk.run(&["sitrep", "--from", "2025-06-05", "--to", "2025-06-01"]).ends(2);
    assert!(ran.stderr.contains("the period ends (2025-06-01) before it begins"), "{}", ran.stderr);
}
