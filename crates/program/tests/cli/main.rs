//! The real binary, in a folder of its own, as a person or a script meets it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod add;
mod decide;
mod exchange;
mod help;
mod look;
mod manners;
mod score;
mod token;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// A folder with nothing in it, and a home without settings.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

/// What came of a run.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    pub(crate) fn new() -> Desk {
        Desk { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> &Desk {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_attest"));
        let home = self.folder.path().join("home");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ATTEST_")) {
            command.env_remove(name);
        }
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("HOME", &home).env("USER", "somebody").env("COLUMNS", "100").env("ATTEST_THREADS", "1");
        command.env_remove("NO_COLOR").env_remove("XDG_CONFIG_HOME").env_remove("XDG_STATE_HOME");
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    /// With something on stdin.
    pub(crate) fn fed(&self, args: &[&str], stdin: &str) -> Ran {
        self.write("stdin", stdin);
        let file = std::fs::File::open(self.path("stdin")).unwrap();
        Ran::of(self.command(args).stdin(file).output().unwrap())
    }
}

impl Ran {
    pub(crate) fn of(output: Output) -> Ran {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Ended so, or shows what it said.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    pub(crate) fn rows(&self) -> Vec<serde_json::Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// The sample reports that the binary carries.
pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

pub(crate) const REPORT: &str =
    "Fighters killed near Konna\n\nThe army said on Tuesday that 14 fighters were killed in a clash near Konna on Monday.\n";
