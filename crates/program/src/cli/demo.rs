//! `demo`: the whole idea on a fresh machine in one command.

use std::{path::PathBuf, sync::atomic::AtomicBool};

use ledger::{Filter, Ledger};

use super::{Exit, Fault, Setting, args, output::Out};
use crate::{
    add::{self, Adding, Source},
    config::DATABASE,
    decide,
};

mod sample {
    include!(concat!(env!("OUT_DIR"), "/examples.rs"));
}

pub(super) fn demo(setting: &Setting, asked: &args::Demo) -> Result<Exit, Fault> {
    let folder = match &asked.dir {
        Some(dir) => dir.clone(),
        None => std::env::temp_dir().join(format!("attest-demo-{}", std::process::id())),
    };
    let cannot = |error: std::io::Error| {
        let error = anyhow::Error::new(error).context(format!("cannot make {}", folder.display()));
        Fault::of(Exit::Usage, error.as_ref()).next("name another folder: attest demo DIR")
    };
    let reports = folder.join("reports");
    std::fs::create_dir_all(&reports).map_err(cannot)?;
    let db = folder.join(DATABASE);
    let mut ledger = Ledger::create(&db)?;
    let mut sources = Vec::new();
    for (name, bytes) in sample::EXAMPLES {
        std::fs::write(reports.join(name), bytes).map_err(cannot)?;
        sources.push(Source::Bytes { name: PathBuf::from("reports").join(name).to_string_lossy().into_owned(), bytes: bytes.to_vec() });
    }
    let pipeline = super::add::pipeline(setting)?;
    let stop = AtomicBool::new(false);
    let summary =
        Adding { pipeline: &pipeline, ledger: &mut ledger, options: add::Options::default(), told: &mut |_, _| {}, stop: &stop }.run(sources)?;
    decide::reconcile(&mut ledger, pipeline.options(), "the sample was made")?;
    let counts = ledger.counts()?;
    setting.say(&summary.line());
    setting.say(&format!("{} claims, {} incidents, {} disputed\n", counts.claims, counts.incidents, counts.disputed));

    let out = Out::stdout();
    let (width, color) = (out.width().unwrap_or(100), out.color(setting));
    let rows = views::incidents(&ledger, &Filter::default())?;
    let table = views::incidents_table(&rows, width, color);
    // The one that most is said about, among those whose toll is disputed.
    let over_deaths = |row: &&views::IncidentRow| row.entry.incident.disputes.iter().any(|dispute| dispute.over == record::Over::Deaths);
    let most = |row: &&views::IncidentRow| (row.entry.incident.disputes.len(), row.entry.incident.claims.len());
    let opened = rows.iter().filter(over_deaths).max_by_key(most).or_else(|| rows.iter().max_by_key(most));
    let mut text = table;
    if let Some(row) = opened {
        let view = views::incident(&ledger, &row.entry.incident.id)?;
        text += &format!("\n{}", views::incident_text(&view, width, color));
    }
    out.text(&text)?;
    let id = opened.map_or("ID", |row| row.entry.incident.id.as_str());
    let db = db.display();
    setting.say(&format!(
        "\nTry next:\n  attest --db {db} show {id}\n  attest --db {db} serve --open\n  attest --db {db} list claims --kind deaths\n  attest --db {db} find hospital\n  \
         attest extract {} --explain\n  attest add FOLDER            with reports of your own",
        reports.join(sample::EXAMPLES.first().map_or("", |(name, _)| name)).display()
    ));
    Ok(Exit::Done)
}
