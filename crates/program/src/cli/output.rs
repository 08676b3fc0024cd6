use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
};

use clap::ValueEnum;
use views::{Format, RenderOptions};

use super::{
    Exit, Fault, Setting,
    args::{Color, Output},
};

/// Where results go: stdout, or a file.
pub(super) struct Out {
    file: Option<PathBuf>,
}

impl Out {
    pub(super) fn stdout() -> Out {
        Out { file: None }
    }

    pub(super) fn to(file: Option<&PathBuf>) -> Out {
        Out { file: file.cloned() }
    }

    /// Writes all of it; a file is written whole or not at all.
    pub(super) fn text(&self, text: &str) -> Result<(), Fault> {
        self.bytes(text.as_bytes())
    }

    pub(super) fn bytes(&self, bytes: &[u8]) -> Result<(), Fault> {
        let Some(file) = &self.file else {
            let mut out = std::io::stdout().lock();
            out.write_all(bytes)?;
            return Ok(out.flush()?);
        };
        let mut part = file.clone().into_os_string();
        part.push(".part");
        std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, file)).map_err(|error| {
            let _ = std::fs::remove_file(&part);
            let error = anyhow::Error::new(error).context(format!("cannot write {}", file.display()));
            Fault::of(Exit::Usage, error.as_ref()).next("check the folder, or name another file with -o FILE")
        })
    }

    pub(super) fn is_terminal(&self) -> bool {
        self.file.is_none() && std::io::stdout().is_terminal()
    }

    pub(super) fn color(&self, setting: &Setting) -> bool {
        match setting.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => self.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    /// Columns of the terminal; `None` when there is none, and nothing is to be cut.
    pub(super) fn width(&self) -> Option<usize> {
        self.is_terminal().then(|| terminal_size::terminal_size().map_or(80, |(width, _)| width.0.into()))
    }
}

/// The word that stands for a value on the command line.
pub(super) fn word(value: impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// The settings among the output options.
pub(super) fn options(output: &Output) -> [(&'static str, Option<String>); 2] {
    [("format", named(output.format)), ("limit", output.limit.map(|limit| limit.to_string()))]
}

pub(super) fn format(setting: &Setting) -> Format {
    setting.config.get("format").parse().expect("checked when it was set")
}

/// A format on the command line, as a setting.
pub(super) fn named(format: Option<Format>) -> Option<String> {
    format.map(|format| format.as_str().to_owned())
}

pub(super) fn limit(setting: &Setting) -> Option<usize> {
    Some(setting.config.whole("limit")).filter(|limit| *limit > 0)
}

impl From<views::Error> for Fault {
    fn from(error: views::Error) -> Fault {
        match error {
            views::Error::Ledger(error) => error.into(),
            views::Error::Column { name, known } => {
                let near = crate::config::nearest(&name, known.split(' ')).map_or_else(String::new, |near| format!("; is {near:?} meant?"));
                Fault::usage(format!("--fields names {name:?}, which is none{near}")).next(format!("fields: {known}"))
            }
            other => Fault::of(Exit::Usage, &other),
        }
    }
}

/// Writes a listing as asked.
pub(super) fn listing(setting: &Setting, output: &Output, listing: &views::Listing) -> Result<(), Fault> {
    let out = Out::to(output.output.as_ref());
    let options = RenderOptions {
        fields: output.fields.clone(),
        width: out.width().unwrap_or(usize::MAX),
        color: out.color(setting),
        ..RenderOptions::default()
    };
    out.text(&views::render(listing, format(setting), &options)?)
}
