use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ledger::{Ledger, Shelf};
use views::RenderOptions;

use crate::adding::Jobs;
use crate::address::Address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::fault::Fault;

/// Connections kept open between requests.
const KEPT: usize = 8;

/// What is served: one ledger, and what may be done with it. Cloning is cheap.
#[derive(Clone)]
pub struct Site {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    desk: Arc<dyn Desk>,
    read_only: bool,
    open_to_all: bool,
    asks_tokens: bool,
    address: Option<Address>,
    origins: Vec<String>,
    licence: String,
    idle: Mutex<Vec<Ledger>>,
    /// The one connection that writes, opened when first somebody decides.
    writer: Mutex<Option<Ledger>>,
    /// What every connection knows of all incidents.
    shelf: Arc<Shelf>,
    jobs: Jobs,
}

impl Site {
    /// A ledger, served to this machine only.
    pub fn new(path: &Path, desk: Arc<dyn Desk>) -> Site {
        let inner = Inner {
            path: path.to_owned(),
            desk,
            read_only: false,
            open_to_all: false,
            asks_tokens: false,
            address: None,
            origins: vec![],
            licence: String::new(),
            idle: Mutex::default(),
            writer: Mutex::default(),
            shelf: Arc::default(),
            jobs: Jobs::default(),
        };
        Site { inner: Arc::new(inner) }
    }

    /// Nothing can be changed.
    #[must_use]
    pub fn read_only(self) -> Site {
        self.change(|inner| inner.read_only = true)
    }

    /// Asked under any host name: for a site that others can reach. Else only requests to this machine's own names are
    /// answered, so that no page from elsewhere can reach it under a name of its own.
    #[must_use]
    pub fn open_to_all(self) -> Site {
        self.change(|inner| inner.open_to_all = true)
    }

    /// Answers who shows a token only, at what is for programs; pages, which nobody can show one to, are shut.
    #[must_use]
    pub fn asking_tokens(self) -> Site {
        self.change(|inner| inner.asks_tokens = true)
    }

    /// Found by others at this address, through a server in front of it: links say so, and it is asked under that name too.
    #[must_use]
    pub fn at(self, address: Address) -> Site {
        self.change(|inner| inner.address = Some(address))
    }

    /// Pages from these origins, such as `https://example.org`, may read what is for programs; those from elsewhere may not.
    #[must_use]
    pub fn open_to(self, origins: Vec<String>) -> Site {
        self.change(|inner| inner.origins = origins)
    }

    /// The licence of what is taken along.
    #[must_use]
    pub fn licensed(self, licence: &str) -> Site {
        self.change(|inner| inner.licence = licence.to_owned())
    }

    fn change(self, change: impl FnOnce(&mut Inner)) -> Site {
        let mut inner = Arc::into_inner(self.inner).expect("a site is settled before it is shared");
        change(&mut inner);
        Site { inner: Arc::new(inner) }
    }

    pub(crate) fn desk(&self) -> &Arc<dyn Desk> {
        &self.inner.desk
    }

    pub(crate) fn jobs(&self) -> &Jobs {
        &self.inner.jobs
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.inner.read_only
    }

    pub(crate) fn is_open_to_all(&self) -> bool {
        self.inner.open_to_all
    }

    pub(crate) fn asks_tokens(&self) -> bool {
        self.inner.asks_tokens
    }

    pub(crate) fn address(&self) -> Option<&Address> {
        self.inner.address.as_ref()
    }

    pub(crate) fn is_open_to(&self, origin: &str) -> bool {
        self.inner.origins.iter().any(|open| open == origin)
    }

    pub(crate) fn licence(&self) -> &str {
        &self.inner.licence
    }

    /// How records are written for whoever asks; all columns when none is named.
    pub(crate) fn rendering(&self, ask: &Ask, fields: Vec<String>) -> RenderOptions {
        let rules = self.desk().rules().first().cloned().unwrap_or_default();
        RenderOptions { fields, rules, licence: self.inner.licence.clone(), base: ask.base.clone(), ..RenderOptions::default() }
    }

    /// Whether something can be added from a page.
    pub(crate) fn adds(&self) -> bool {
        !self.inner.read_only && self.inner.desk.adds()
    }

    /// Whether somebody can decide on a page.
    pub(crate) fn decides(&self) -> bool {
        !self.inner.read_only && self.inner.desk.decides()
    }

    /// Changes the ledger on a thread that may wait, one change after the other.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Site, &mut Ledger) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let site = self.clone();
        let done = tokio::task::spawn_blocking(move || site.write_here(change));
        done.await.unwrap_or_else(|_| Err(Fault::bug()))
    }

    /// [`Site::write`] on this thread.
    pub(crate) fn write_here<T>(&self, change: impl FnOnce(&Site, &mut Ledger) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut writer = self.inner.writer.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Taken out, so that what a panic left half done goes with it.
        let mut ledger = match writer.take() {
            Some(ledger) => ledger,
            None => Ledger::open(&self.inner.path)?,
        };
        let done = change(self, &mut ledger);
        *writer = Some(ledger);
        done
    }

    /// Asks the ledger on a thread that may wait.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Site, &Ledger) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let site = self.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let idle = site.inner.idle.lock().expect("nobody panics while holding it").pop();
            let ledger = match idle {
                Some(ledger) => ledger,
                None => Ledger::open_read_only(&site.inner.path)?.sharing(Arc::clone(&site.inner.shelf)),
            };
            let answer = question(&site, &ledger);
            let mut idle = site.inner.idle.lock().expect("nobody panics while holding it");
            if idle.len() < KEPT {
                idle.push(ledger);
            }
            answer
        });
        asked.await.unwrap_or_else(|_| Err(Fault::bug()))
    }
}
