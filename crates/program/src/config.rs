//! Settings: what is in force, and who set it.
//!
//! An option wins over an `ATTEST_*` variable, a variable over the project's file (`attest.toml` beside the database),
//! that over the user's file (`$XDG_CONFIG_HOME/attest/config.toml`), and that over what is built in. A key that
//! nobody knows is an error that offers the nearest one; a variable that is like none may be another program's.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

/// One setting: everything there is to know of it. Files, help and `config show` are made from this table.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in files; `ATTEST_` and the name in capitals is its variable.
    pub name: &'static str,
    /// Built-in value, as in a file; empty when there is none.
    pub default: &'static str,
    /// What it does, for the commented file.
    pub help: &'static str,
    /// What a value must look like.
    is: Shape,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    Words,
    OneOf(&'static [&'static str]),
    Whole,
    Share,
    Switch,
}

/// Every setting, in the order of the commented file.
pub const KEYS: &[Key] = &[
    Key {
        name: "db",
        default: "",
        help: "The database. A path in a file is relative to that file. Without it, the nearest *.attest file is taken,\n\
               in this folder or above, or else ledger.attest here.",
        is: Shape::Words,
    },
    Key {
        name: "format",
        default: "table",
        help: "How results are written: table, json, ndjson, csv, tsv, geojson or md.",
        is: Shape::OneOf(&["table", "json", "ndjson", "csv", "tsv", "geojson", "md"]),
    },
    Key { name: "limit", default: "0", help: "At most so many rows; 0 is all.", is: Shape::Whole },
    Key {
        name: "color",
        default: "auto",
        help: "Colours: auto (on a terminal, unless NO_COLOR is set), always or never.",
        is: Shape::OneOf(&["auto", "always", "never"]),
    },
    Key { name: "threads", default: "0", help: "How many reports are read at once; 0 is one a core.", is: Shape::Whole },
    Key {
        name: "max_bytes",
        default: "20000000",
        help: "The largest input that is read, in bytes; a larger one is listed as failed.",
        is: Shape::Whole,
    },
    Key {
        name: "min_score",
        default: "0",
        help: "Claims that the reader is less sure of than this are left out, 0 to 1; 0 leaves it to the reader.",
        is: Shape::Share,
    },
    Key {
        name: "offline",
        default: "false",
        help: "With true nothing is fetched: a verb that is given an address, or finds one in `watch`, refuses.",
        is: Shape::Switch,
    },
    Key { name: "watch", default: "", help: "What `attest watch` looks at: folders, feeds and addresses, parted by commas.", is: Shape::Words },
    Key { name: "who", default: "", help: "Who decides, in the log of decisions; without it, the name of your account.", is: Shape::Words },
    Key { name: "licence", default: "CC BY 4.0", help: "The licence of what is exported.", is: Shape::Words },
    Key {
        name: "origins",
        default: "",
        help: "Pages from these origins, with blanks between, may read the API of `serve`, such as https://example.org;\n\
               without it, none from elsewhere.",
        is: Shape::Words,
    },
    Key { name: "rules", default: "careful", help: "The rule set by which tolls are resolved.", is: Shape::Words },
    Key {
        name: "model",
        default: "",
        help: "Folder of the reader's model; a path in a file is relative to that file. Without it, the one that the program\n\
               carries.",
        is: Shape::Words,
    },
];

/// Who set a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// On the command line.
    Option,
    /// In the environment, by this variable.
    Variable(String),
    /// In the file beside the database.
    Project(PathBuf),
    /// In the user's own file.
    User(PathBuf),
    /// Nobody.
    BuiltIn,
    /// Found by looking for it.
    Found,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Option => f.write_str("option"),
            Origin::Variable(name) => write!(f, "variable {name}"),
            Origin::Project(path) => write!(f, "project file {}", path.display()),
            Origin::User(path) => write!(f, "user file {}", path.display()),
            Origin::BuiltIn => f.write_str("built in"),
            Origin::Found => f.write_str("found"),
        }
    }
}

/// What is wrong with a setting.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A key that is none.
    #[error("{origin} has an unknown setting {key:?}{}", .nearest.map(|near| format!("; is {near:?} meant?")).unwrap_or_default())]
    UnknownKey {
        /// As written.
        key: String,
        /// Where.
        origin: Origin,
        /// The key that looks most like it.
        nearest: Option<&'static str>,
    },
    /// A value that its key cannot have.
    #[error("{origin} sets {key} to {value:?}, which is not {wanted}")]
    Value {
        /// Which.
        key: &'static str,
        /// As written.
        value: String,
        /// Where.
        origin: Origin,
        /// What would do.
        wanted: String,
    },
    /// A file that is no TOML.
    #[error("cannot read {origin}: {message}")]
    Toml {
        /// Where.
        origin: Origin,
        /// In a word, with the line.
        message: String,
    },
    /// A file that cannot be read.
    #[error("cannot read {origin}")]
    Io {
        /// Where.
        origin: Origin,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Several databases, none named.
    #[error("{} holds several databases: {}", dir.display(), names.join(", "))]
    Several {
        /// Where.
        dir: PathBuf,
        /// Which.
        names: Vec<String>,
    },
}

/// The settings in force.
#[derive(Clone, Debug)]
pub struct Config {
    values: BTreeMap<&'static str, (String, Origin)>,
    /// Where several databases were found and none is named: folder and names.
    several: Option<(PathBuf, Vec<String>)>,
}

/// What the settings are looked up in; [`Surroundings::here`] is the real world.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The working folder.
    pub folder: PathBuf,
    /// `ATTEST_*` and `XDG_CONFIG_HOME`, `HOME` or `APPDATA`.
    pub variables: BTreeMap<String, String>,
}

impl Surroundings {
    /// This process's own.
    pub fn here() -> Surroundings {
        let folder = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        let known = |name: &String| name.starts_with("ATTEST_") || ["XDG_CONFIG_HOME", "HOME", "APPDATA"].contains(&name.as_str());
        let pairs = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Surroundings { folder, variables: pairs.filter(|(name, _)| known(name)).collect() }
    }

    fn variable(&self, key: &str) -> Option<(String, &str)> {
        let name = format!("ATTEST_{}", key.to_uppercase());
        let value = self.variables.get(&name).filter(|value| !value.is_empty())?;
        Some((name, value))
    }

    /// The user's own file, whether it exists or not.
    pub fn user_file(&self) -> Option<PathBuf> {
        let set = |name: &str| self.variables.get(name).filter(|value| !value.is_empty());
        let folder = if let Some(folder) = set("XDG_CONFIG_HOME") {
            PathBuf::from(folder)
        } else if cfg!(windows) {
            PathBuf::from(set("APPDATA")?)
        } else if cfg!(target_os = "macos") {
            Path::new(set("HOME")?).join("Library/Application Support")
        } else {
            Path::new(set("HOME")?).join(".config")
        };
        Some(folder.join("attest/config.toml"))
    }
}

/// The name of the project's file.
pub const PROJECT_FILE: &str = "attest.toml";
/// The name of a database that nobody named.
pub const DATABASE: &str = "ledger.attest";

impl Default for Config {
    /// What is built in.
    fn default() -> Config {
        let built_in = |key: &Key| (key.name, (key.default.to_owned(), Origin::BuiltIn));
        let mut values: BTreeMap<_, _> = KEYS.iter().map(built_in).collect();
        values.insert("db", (DATABASE.to_owned(), Origin::Found));
        Config { values, several: None }
    }
}

impl Config {
    /// Settles every setting. `options` are those given on the command line, by name.
    ///
    /// # Errors
    /// [`Error`] for the first unknown key or impossible value.
    pub fn load(options: &[(&'static str, String)], around: &Surroundings) -> Result<Config, Error> {
        let mut values: BTreeMap<&'static str, (String, Origin)> =
            KEYS.iter().map(|key| (key.name, (key.default.to_owned(), Origin::BuiltIn))).collect();
        if let Some(path) = around.user_file().filter(|path| path.is_file()) {
            read_file(&path.clone(), Origin::User(path), &mut values)?;
        }
        let named = (options.iter().find(|(name, _)| *name == "db").map(|(_, value)| value.as_str()))
            .or_else(|| around.variable("db").map(|(_, value)| value));
        let project = match named {
            Some(db) => around.folder.join(db).parent().map(|folder| folder.join(PROJECT_FILE)).filter(|path| path.is_file()),
            None => around.folder.ancestors().map(|folder| folder.join(PROJECT_FILE)).find(|path| path.is_file()),
        };
        if let Some(path) = &project {
            read_file(path, Origin::Project(path.clone()), &mut values)?;
        }
        for name in around.variables.keys() {
            let Some(key) = name.strip_prefix("ATTEST_").map(str::to_lowercase).filter(|key| KEYS.iter().all(|known| known.name != key)) else {
                continue;
            };
            if let Some(near) = nearest(&key, KEYS.iter().map(|key| key.name)) {
                return Err(Error::UnknownKey { key, origin: Origin::Variable(name.clone()), nearest: Some(near) });
            }
        }
        for key in KEYS {
            if let Some((name, value)) = around.variable(key.name) {
                set(&mut values, key, value.to_owned(), Origin::Variable(name))?;
            }
            if let Some((_, value)) = options.iter().find(|(name, _)| *name == key.name) {
                set(&mut values, key, value.clone(), Origin::Option)?;
            }
        }
        let mut several = None;
        if values["db"].0.is_empty() {
            let start = project.as_deref().and_then(Path::parent).unwrap_or(&around.folder);
            match nearest_database(start) {
                Ok(path) => {
                    values.insert("db", (path.to_string_lossy().into_owned(), Origin::Found));
                }
                Err(found) => several = Some(found),
            }
        }
        Ok(Config { values, several })
    }

    /// A setting as text; every name in [`KEYS`] has one.
    pub fn get(&self, name: &str) -> &str {
        self.values.get(name).map_or("", |(value, _)| value)
    }

    /// Whether anybody set it.
    pub fn is_set(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|(_, origin)| !matches!(origin, Origin::BuiltIn | Origin::Found))
    }

    /// Every setting with its value and who set it, in the order of [`KEYS`].
    pub fn entries(&self) -> impl Iterator<Item = (&'static str, &str, &Origin)> {
        KEYS.iter().map(|key| {
            let (value, origin) = &self.values[key.name];
            (key.name, value.as_str(), origin)
        })
    }

    /// The database.
    ///
    /// # Errors
    /// [`Error::Several`] when there are several and none is named; whoever needs no database does not ask.
    pub fn db(&self) -> Result<&Path, Error> {
        match &self.several {
            Some((dir, names)) => Err(Error::Several { dir: dir.clone(), names: names.clone() }),
            None => Ok(Path::new(self.get("db"))),
        }
    }

    /// Whether somebody named the database, rather than leaving it to be found.
    pub fn names_db(&self) -> bool {
        self.is_set("db")
    }

    /// A whole number; 0 when unset.
    pub fn whole(&self, name: &str) -> usize {
        self.get(name).parse().expect("checked when it was set")
    }

    /// Whether a switch is on.
    pub fn is_on(&self, name: &str) -> bool {
        self.get(name) == "true"
    }

    /// Least score of a claim, 0 to 1.
    pub fn min_score(&self) -> f32 {
        self.get("min_score").parse().expect("checked when it was set")
    }

    /// The commented file: every setting at its built-in value.
    pub fn manual() -> String {
        let mut text = "# Settings of attest for the database beside this file. Every line that begins with # shows a setting at its\n\
                        # built-in value. An option or an ATTEST_* variable wins over this file; `attest config show --origin` tells.\n"
            .to_owned();
        for key in KEYS {
            for line in key.help.lines() {
                text += &format!("\n# {line}");
            }
            let default = match key.is {
                Shape::Words | Shape::OneOf(_) => {
                    let paths = [("db", DATABASE), ("who", "Your Name"), ("origins", "https://example.org"), ("model", "models/reader")];
                    format!("{:?}", paths.iter().find(|(name, _)| *name == key.name).map_or(key.default, |(_, path)| path))
                }
                Shape::Whole | Shape::Share | Shape::Switch => key.default.to_owned(),
            };
            text += &format!("\n#{} = {default}\n", key.name);
        }
        text
    }
}

fn read_file(path: &Path, origin: Origin, values: &mut BTreeMap<&'static str, (String, Origin)>) -> Result<(), Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Io { origin: origin.clone(), source })?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
        Error::Toml { origin: origin.clone(), message: format!("line {line}: {}", error.message()) }
    })?;
    for (name, value) in table {
        let Some(key) = KEYS.iter().find(|key| key.name == name) else {
            return Err(Error::UnknownKey { nearest: nearest(&name, KEYS.iter().map(|key| key.name)), key: name, origin });
        };
        let mut text = match value {
            toml::Value::String(text) => text,
            other => other.to_string(),
        };
        if matches!(key.name, "db" | "model") && !text.is_empty() {
            let folder = path.parent().unwrap_or(Path::new("."));
            text = folder.join(text).to_string_lossy().into_owned();
        }
        set(values, key, text, origin.clone())?;
    }
    Ok(())
}

fn set(values: &mut BTreeMap<&'static str, (String, Origin)>, key: &'static Key, value: String, origin: Origin) -> Result<(), Error> {
    let (fits, wanted) = match key.is {
        Shape::Words => (!value.is_empty(), "a name".to_owned()),
        Shape::OneOf(words) => (words.contains(&value.as_str()), format!("one of {}", words.join(", "))),
        Shape::Whole => (value.parse::<usize>().is_ok(), "a whole number".to_owned()),
        Shape::Switch => (value.parse::<bool>().is_ok(), "true or false".to_owned()),
        Shape::Share => (value.parse::<f32>().is_ok_and(|n| (0.0..=1.0).contains(&n)), "a number from 0 to 1".to_owned()),
    };
    if !fits {
        return Err(Error::Value { key: key.name, value, origin, wanted });
    }
    values.insert(key.name, (value, origin));
    Ok(())
}

/// The one *.attest file of the nearest folder that has any, upwards; else [`DATABASE`] in `start`. Of several the one of
/// that name; or else the folder and their names.
fn nearest_database(start: &Path) -> Result<PathBuf, (PathBuf, Vec<String>)> {
    for folder in start.ancestors() {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut found: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == "attest") && path.is_file()).collect();
        found.sort();
        match found.as_slice() {
            [] => {}
            [only] => return Ok(only.clone()),
            several => {
                if let Some(default) = several.iter().find(|path| path.file_name().is_some_and(|name| name == DATABASE)) {
                    return Ok(default.clone());
                }
                let names = several.iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
                return Err((folder.to_owned(), names));
            }
        }
    }
    Ok(start.join(DATABASE))
}

/// The word that looks most like `word`, when one is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|other| (strsim::jaro_winkler(&word.to_lowercase(), other), other))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests;
