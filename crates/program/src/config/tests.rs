use super::*;

fn around(folder: &Path, variables: &[(&str, &str)]) -> Surroundings {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Surroundings { folder: folder.to_owned(), variables }
}

#[test]
fn each_layer_wins_over_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let (home, project) = (dir.path().join("home"), dir.path().join("project/deep"));
    std::fs::create_dir_all(home.join("attest")).unwrap();
    std::fs::create_dir_all(&project).unwrap();
    std::fs::write(home.join("attest/config.toml"), "format = 'md'\nlimit = 9\nthreads = 3\n").unwrap();
    std::fs::write(dir.path().join("project/attest.toml"), "limit = 8\nthreads = 2\ndb = 'x.attest'\n").unwrap();
    let xdg = home.to_str().unwrap();
    let config = Config::load(&[], &around(&project, &[("XDG_CONFIG_HOME", xdg), ("ATTEST_THREADS", "1")])).unwrap();
    assert_eq!((config.get("format"), config.whole("limit"), config.whole("threads")), ("md", 8, 1));
    assert_eq!(config.db().unwrap(), dir.path().join("project/x.attest"));
    let options = [("format", "csv".to_owned()), ("db", dir.path().join("y.attest").to_str().unwrap().to_owned())];
    let config = Config::load(&options, &around(&project, &[("XDG_CONFIG_HOME", xdg)])).unwrap();
    assert_eq!((config.get("format"), config.whole("limit")), ("csv", 9), "the project file is the one beside the database");
}

#[test]
fn what_is_wrong_says_where_and_offers_the_nearest() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("attest.toml");
    let load = || Config::load(&[], &around(dir.path(), &[])).unwrap_err().to_string();
    std::fs::write(&file, "formt = 'csv'\n").unwrap();
    assert!(load().ends_with("attest.toml has an unknown setting \"formt\"; is \"format\" meant?"), "{}", load());
    std::fs::write(&file, "format = 'xls'\n").unwrap();
    assert!(load().contains("sets format to \"xls\", which is not one of table, json"), "{}", load());
    std::fs::write(&file, "limit = 3\nformat = \n").unwrap();
    assert!(load().contains("attest.toml: line 2"), "{}", load());
    std::fs::remove_file(&file).unwrap();
    let variable = |name| Config::load(&[], &around(dir.path(), &[(name, "csv")])).map_err(|error| error.to_string());
    assert_eq!(variable("ATTEST_FORMT").unwrap_err(), "variable ATTEST_FORMT has an unknown setting \"formt\"; is \"format\" meant?");
    assert_eq!(variable("ATTEST_FORMAT").unwrap().get("format"), "csv");
    assert!(variable("ATTEST_CASES").is_ok(), "another's");
}

#[test]
fn the_nearest_database_is_found_and_several_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("a/b");
    std::fs::create_dir_all(&deep).unwrap();
    let load = || Config::load(&[], &around(&deep, &[])).and_then(|config| config.db().map(Path::to_owned));
    assert_eq!(load().unwrap(), deep.join("ledger.attest"));
    std::fs::write(dir.path().join("a/week.attest"), "").unwrap();
    assert_eq!(load().unwrap(), dir.path().join("a/week.attest"));
    std::fs::write(dir.path().join("a/year.attest"), "").unwrap();
    assert!(load().unwrap_err().to_string().ends_with("holds several databases: week.attest, year.attest"));
}

#[test]
fn the_manual_is_a_settings_file() {
    let commented = Config::manual();
    assert!(commented.parse::<toml::Table>().unwrap().is_empty());
    let lines: Vec<&str> = commented.lines().filter(|line| line.starts_with('#') && !line.starts_with("# ")).map(|line| &line[1..]).collect();
    let table: toml::Table = lines.join("\n").parse().unwrap();
    assert_eq!(table.len(), KEYS.len());
}
