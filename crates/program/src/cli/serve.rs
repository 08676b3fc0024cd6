//! `serve`: the web app, and what it needs of the other rooms.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, atomic::AtomicBool},
};

use intake::Hints;
use ledger::{Decision, Filter, InputStatus, Ledger, What};
use reconcile::RuleSet;
use record::{Claim, Incident, Report};
use serde_json::json;
use web::{Desk, Paste, Site, Told, Wish};

use super::{Exit, Fault, Setting, args, exchange, look};
use crate::{
    Config, Pipeline,
    add::{self, Adding, Source},
    decide, pipeline, published,
};

pub(super) fn serve(setting: &Setting, asked: &args::Serve) -> Result<Exit, Fault> {
    let address = SocketAddr::new(asked.listen.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), asked.port);
    let open_to_all = !address.ip().is_loopback();
    let read_only = asked.read_only || asked.publishing != args::Publishing::Private;
    let others = asked.address.as_ref().filter(|address| !address.is_own()).map(web::Address::to_string);
    let others = others.or_else(|| open_to_all.then(|| address.ip().to_string()));
    if let Some(others) = others.as_ref().filter(|_| !read_only && !asked.tokens) {
        return Err(Fault::usage(format!("{others} can be reached by others, and there are no accounts yet"))
            .next("add --read-only, or --tokens to answer programs only, or leave --listen and --address out to serve this machine only"));
    }
    let is_sealed = asked.address.as_ref().is_some_and(|address| address.to_string().starts_with("https://"));
    if let Some(others) = others.filter(|_| asked.tokens && !is_sealed) {
        return Err(Fault::usage(format!("{others} can be reached by others, and tokens would be sent there in the clear"))
            .next("put a server with https in front of it, and name it with --address https://…"));
    }
    if asked.tokens && asked.publishing != args::Publishing::Private {
        return Err(Fault::usage("a published copy knows no tokens").next("leave --tokens or --publishing out"));
    }
    // Said now, and not on the first page.
    let ledger = look::open(setting)?;
    let db = match asked.publishing {
        args::Publishing::Private => setting.config.db()?.to_owned(),
        _ => copy(setting, &ledger, asked)?,
    };
    let is_known = |token: &ledger::Token| token.refusal(jiff::Timestamp::now()).is_none();
    if asked.tokens && !ledger.tokens()?.iter().any(is_known) {
        setting.say("no token lets anybody in yet; `attest token add` makes one");
    }
    drop(ledger);
    let origins = setting.config.get("origins").split_whitespace().map(str::to_owned).collect();
    let mut site = Site::new(&db, Arc::new(Table::new(&setting.config, db.clone()))).open_to(origins).licensed(setting.config.get("licence"));
    if read_only {
        site = site.read_only();
    }
    if open_to_all {
        site = site.open_to_all();
    }
    if asked.tokens {
        site = site.asking_tokens();
    }
    if let Some(address) = &asked.address {
        site = site.at(address.clone());
    }
    let ready = |address: SocketAddr| {
        let url = format!("http://{address}/");
        setting.say(&format!("{} is at {url}", setting.config.get("db")));
        if let Some(address) = &asked.address {
            setting.say(&format!("its links begin with {address}/"));
        }
        setting.say("Ctrl-C ends it");
        if asked.open && !browse(&url) {
            setting.say("no browser could be opened; open the address yourself");
        }
    };
    web::serve(site, address, ready).map_err(|error| {
        let error = anyhow::Error::new(error).context(format!("cannot serve at {address}"));
        Fault::of(Exit::Usage, error.as_ref()).next("another program may have the port: try --port 0 for any free one")
    })?;
    Ok(Exit::Done)
}

/// A copy of what may leave, where the state of this program is kept; one for each port, made anew each time.
fn copy(setting: &Setting, ledger: &Ledger, asked: &args::Serve) -> Result<PathBuf, Fault> {
    let mut leaving = exchange::Leaving::of(ledger, asked.publishing, None)?;
    let all = Filter::default();
    let tables = leaving.tables(ledger, &all, false)?;
    let profile = leaving.publisher.profile().as_str();
    let folder = super::state_folder().ok_or_else(|| Fault::usage("there is no folder to keep a copy of what may leave in").next("set HOME"))?;
    let file = folder.join(format!("published/{profile}-{}.attest", asked.port));
    let cannot = |error: std::io::Error| {
        let error = anyhow::Error::new(error).context(format!("cannot make {}", file.display()));
        Fault::of(Exit::Usage, error.as_ref()).next("another `serve` may have it: try another --port")
    };
    std::fs::create_dir_all(folder.join("published")).map_err(cannot)?;
    for ending in ["", "-wal", "-shm"] {
        let mut old = file.clone().into_os_string();
        old.push(ending);
        match std::fs::remove_file(old) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(cannot(error)),
            _ => {}
        }
    }
    published::copy(ledger, tables, &file)?;
    let shut = if leaving.shut > 0 { format!("; {} left out, on rows that may not be passed on", leaving.shut) } else { String::new() };
    setting.say(&format!("publishing {profile}, as of now; held back: {}{shut}", leaving.publisher.withheld().words()));
    Ok(file)
}

/// Asks the system to open an address.
fn browse(url: &str) -> bool {
    let command = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let quiet = std::process::Stdio::null;
    std::process::Command::new(command).arg(url).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn().is_ok()
}

/// Where the pages' work is done: adds up under other rules, reads what is pasted.
struct Table {
    config: Config,
    db: PathBuf,
    /// Loaded when first something is to be read; held while it is, so that one text is read after the other.
    pipeline: Mutex<Option<Pipeline>>,
}

impl Table {
    fn new(config: &Config, db: PathBuf) -> Table {
        Table { config: config.clone(), db, pipeline: Mutex::new(None) }
    }

    fn read(&self, source: Source, why: &str) -> anyhow::Result<Told> {
        let mut pipeline = self.pipeline.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if pipeline.is_none() {
            *pipeline = Some(Pipeline::new(&self.config)?);
        }
        let pipeline = pipeline.as_ref().expect("just made");
        let mut ledger = Ledger::open(&self.db)?;
        let mut outcomes = Vec::new();
        let options = add::Options { hints: Hints::default(), ..add::Options::default() };
        let mut told = |outcome: &add::Outcome, _: usize| outcomes.push(outcome.clone());
        let summary = Adding { pipeline, ledger: &mut ledger, options, told: &mut told, stop: &AtomicBool::new(false) }.run(vec![source])?;
        // What tells most of a file: something new in it, else what was there already, else why it could not be read.
        let order = [InputStatus::New, InputStatus::Copy, InputStatus::Unchanged, InputStatus::Failed];
        let Some(outcome) = order.iter().find_map(|status| outcomes.iter().find(|outcome| outcome.status == *status)).cloned() else {
            anyhow::bail!("it holds no text")
        };
        if outcome.status == InputStatus::Failed {
            anyhow::bail!("{}", outcome.why.unwrap_or_default());
        }
        let applied = decide::reconcile(&mut ledger, pipeline.options(), why)?;
        let ids = |what| applied.ids(what).into_iter().map(str::to_owned).collect();
        Ok(Told {
            report: outcome.report,
            status: outcome.status.as_str().to_owned(),
            reports: outcomes.iter().filter(|outcome| outcome.status != InputStatus::Failed).count(),
            claims: summary.claims,
            created: ids(What::Created),
            changed: ids(What::Changed),
        })
    }
}

impl Desk for Table {
    fn rules(&self) -> Vec<String> {
        let mut rules = vec![self.config.get("rules").to_owned()];
        rules.extend(RuleSet::names().map(str::to_owned).filter(|name| *name != self.config.get("rules")));
        rules
    }

    fn what_if(&self, reports: &[Report], claims: &[Claim], rules: &str, without: &[String]) -> Option<Incident> {
        let rules = RuleSet::named(rules).ok()?;
        let options = without.iter().fold(reconcile::Options::default().with_rules(rules), |options, speaker| options.without(speaker));
        reconcile::incident(reports, claims, &options)
    }

    fn adds(&self) -> bool {
        true
    }

    fn add(&self, paste: &Paste) -> Result<Told, String> {
        let mut article = json!({ "text": paste.text });
        for (name, value) in
            [("title", &paste.title), ("outlet", &paste.outlet), ("published", &paste.published), ("url", &paste.url), ("language", &paste.language)]
        {
            if !value.is_empty() {
                article[name] = json!(value);
            }
        }
        if let Some(kind) = paste.kind {
            article["kind"] = json!(kind);
        }
        let source = Source::Bytes { name: "pasted.json".to_owned(), bytes: article.to_string().into_bytes() };
        let why = if paste.by.is_empty() { "a text was pasted".to_owned() } else { format!("a report came from {}", paste.by) };
        self.read(source, &why).map_err(|error| format!("{error:#}"))
    }

    fn add_file(&self, name: &str, bytes: Vec<u8>) -> Result<Told, String> {
        let source = Source::Bytes { name: name.to_owned(), bytes };
        self.read(source, &format!("{name} was added")).map_err(|error| format!("{error:#}"))
    }

    fn decides(&self) -> bool {
        true
    }

    fn who(&self) -> String {
        super::decide::who(&self.config)
    }

    fn decision(&self, ledger: &Ledger, wish: &Wish) -> Result<Option<Decision>, String> {
        let options = pipeline::rules(&self.config).map_err(|error| format!("{error:#}"))?;
        let decided = match wish {
            Wish::Set { id, fields } => decide::set(ledger, &options, id, fields),
            Wish::Merge { ids } => decide::merge(ledger, &options, ids).map(Some),
            Wish::Split { id, claims } => decide::split(ledger, &options, id, claims).map(Some),
            Wish::Reject { id } => decide::reject(ledger, &options, id),
        };
        decided.map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_in_force_come_first_and_others_change_the_outcome() {
        let table = Table::new(&Config::default(), PathBuf::new());
        assert_eq!(table.rules(), ["careful", "conservative", "envelope"]);
        let mut report = Report::new("wire", "en", "", "Army said 21 rebels died. A hospital in Gao counted eight.");
        report.identify();
        let claim = |words: &str, n: u64, name: &str, kind: &str| {
            let span = record::Span::find(&report.text, words).unwrap();
            let quote = record::Quote::cut(&report, record::Field::Text, span).unwrap();
            let mut claim: Claim = serde_json::from_value(json!({
                "id": "", "report": report.id, "source": [{ "name": name, "kind": kind }], "stance": "states", "certainty": "certain",
                "polarity": "positive", "kind": "deaths", "scope": "incident", "incident": null,
                "actor": { "text": "Army", "name": "Malian Armed Forces" }, "target": { "text": "rebels", "name": "JNIM" },
                "place": { "text": "Gao", "name": "Gao", "country": "ML" }, "date": null,
                "count": { "text": n.to_string(), "low": n, "high": n }, "victims": "armed-group", "side": "JNIM", "weapon": null, "quote": quote.text,
            }))
            .unwrap();
            claim.quote = quote;
            claim.identify();
            claim
        };
        let claims = [claim("21 rebels died", 21, "Army", "military"), claim("counted eight", 8, "A hospital", "medical")];
        let high = |without: &[String]| {
            let incident = table.what_if(std::slice::from_ref(&report), &claims, "careful", without).unwrap();
            views::total(&incident.deaths).map(|toll| [toll.low, toll.best, toll.high])
        };
        assert_eq!(high(&[]), Some([8, 8, 21]));
        assert_eq!(high(&["army".to_owned()]), Some([8, 8, 8]));
        assert!(table.what_if(&[report.clone()], &claims, "no such rules", &[]).is_none());
    }
}
