//! `watch`: folders, feeds and pages, again and again.

use std::{collections::BTreeMap, path::PathBuf, sync::atomic::Ordering, time::Duration};

use super::{
    Exit, Fault, PATIENT, STOP, Setting,
    add::{hints, intake_options, ledger, lines_to, pages, parted, pipeline, take},
    args,
};
use crate::{
    add::{self, Source},
    fetch::{self, Seen},
};

pub(super) fn watch(setting: &Setting, asked: &args::Watch) -> Result<Exit, Fault> {
    let mut named = asked.sources.sources.clone();
    if named.is_empty() {
        named = setting.config.get("watch").split(',').map(str::trim).filter(|source| !source.is_empty()).map(PathBuf::from).collect();
    }
    if named.is_empty() {
        return Err(Fault::usage("nothing to watch was named").next("name folders, feeds or addresses, or set `watch` in attest.toml"));
    }
    let (addresses, paths) = parted(setting, named)?;
    if setting.dry_run {
        for source in Source::walk(&paths).iter().map(Source::name).chain(addresses.iter().map(|address| fetch::shown(&address.to_string_lossy()))) {
            super::say(&source);
        }
        return Ok(Exit::Done);
    }
    let options = add::Options { hints: hints(&asked.sources)?, intake: intake_options(setting), ..add::Options::default() };
    let pipeline = pipeline(setting)?;
    let mut ledger = ledger(setting)?;
    let mut report = asked.report.as_deref().map(lines_to).transpose()?;
    let mut memory = Memory::of(setting)?;
    PATIENT.store(true, Ordering::Relaxed);
    loop {
        let mut sources = Source::walk(&paths);
        sources.extend(pages(&addresses, options.intake.max_bytes, &mut memory.seen));
        let exit = take(setting, &pipeline, &mut ledger, sources, options.clone(), true, report.as_mut())?;
        // What an interruption left out is fetched again.
        if exit != Exit::Interrupted {
            memory.keep();
        }
        if asked.once || exit == Exit::Interrupted {
            return Ok(exit);
        }
        for _ in 0..asked.every.max(1) * 60 {
            if STOP.load(Ordering::Relaxed) {
                return Ok(Exit::Interrupted);
            }
            std::thread::sleep(Duration::from_secs(1));
        }
    }
}

/// How pages looked when they were last put into a database, so that a host is not asked for the same bytes again.
struct Memory {
    file: Option<PathBuf>,
    db: String,
    /// Of every database.
    all: BTreeMap<String, BTreeMap<String, Seen>>,
    seen: BTreeMap<String, Seen>,
}

impl Memory {
    fn of(setting: &Setting) -> Result<Memory, Fault> {
        let db = setting.config.db()?;
        let db = std::fs::canonicalize(db).unwrap_or_else(|_| db.to_owned()).display().to_string();
        let file = super::state_folder().map(|folder| folder.join("fetched.json"));
        let all = file.as_ref().and_then(|file| serde_json::from_slice(&std::fs::read(file).ok()?).ok());
        let all: BTreeMap<String, BTreeMap<String, Seen>> = all.unwrap_or_default();
        let seen = all.get(&db).cloned().unwrap_or_default();
        Ok(Memory { file, db, all, seen })
    }

    /// Writes it down; a memory that cannot be kept only costs a few bytes next time.
    fn keep(&mut self) {
        self.all.insert(self.db.clone(), self.seen.clone());
        let Some(file) = &self.file else { return };
        if let (Some(folder), Ok(text)) = (file.parent(), serde_json::to_vec(&self.all)) {
            let _ = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(file, text));
        }
    }
}
