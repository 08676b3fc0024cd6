use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::{Error, Result, Shelf};

/// `ATST`, in the header of every ledger.
const APPLICATION_ID: i64 = 0x4154_5354;

/// Each takes the schema from its index to the next version. Never edited once released.
const SCHEMA: &[&str] = &[
    include_str!("schema/001_initial.sql"),
    include_str!("schema/002_decisions.sql"),
    include_str!("schema/003_queue.sql"),
    include_str!("schema/004_actors.sql"),
    include_str!("schema/005_fetched.sql"),
    include_str!("schema/006_places.sql"),
    include_str!("schema/007_tokens.sql"),
];

/// How to open a ledger.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long to wait for another process that is writing before [`Error::Locked`]. Adding a report holds the lock
    /// for some milliseconds, so five seconds, the default, means that somebody is stuck or a batch is being written.
    pub busy_timeout: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options { busy_timeout: Duration::from_secs(5) }
    }
}

/// A ledger: one file, read by many, written by one at a time. See the crate's documentation.
///
/// It can be sent to another thread, not shared: open one per thread.
#[derive(Debug)]
pub struct Ledger {
    pub(crate) conn: Connection,
    path: PathBuf,
    pub(crate) shelf: Option<Arc<Shelf>>,
}

impl Ledger {
    /// Makes an empty ledger.
    ///
    /// # Errors
    /// [`Error::Exists`] when something stands at `path`, other than an empty file; what the file system refuses.
    pub fn create(path: impl AsRef<Path>) -> Result<Ledger> {
        Ledger::create_with(path, &Options::default())
    }

    /// [`Ledger::create`] with options.
    ///
    /// # Errors
    /// As there.
    pub fn create_with(path: impl AsRef<Path>, options: &Options) -> Result<Ledger> {
        let path = path.as_ref();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let empty = |conn: &Connection| match (pragma(conn, "application_id"), pragma(conn, "schema_version")) {
            (Ok(0), Ok(0)) => Ok(()),
            (Err(error @ Error::Locked { .. }), _) => Err(error),
            _ => Err(Error::Exists { path: path.to_owned() }),
        };
        let make = || {
            if path.is_dir() {
                return Err(Error::Exists { path: path.to_owned() });
            }
            let mut conn = Connection::open_with_flags(path, flags)?;
            conn.busy_timeout(options.busy_timeout)?;
            // An empty database is what a creation leaves that was interrupted: it is finished now.
            empty(&conn)?;
            prepare(&conn, options)?;
            let tx = conn.transaction_with_behavior(TransactionBehavior::Exclusive)?;
            // Two processes may both have found no file: the second finds the first one's ledger here.
            empty(&tx)?;
            tx.pragma_update(None, "application_id", APPLICATION_ID)?;
            migrate(&tx, 0)?;
            tx.commit()?;
            Ok(Ledger { conn, path: path.to_owned(), shelf: None })
        };
        make().map_err(|error| error.at(path))
    }

    /// Opens a ledger to read and write, and brings an older schema up to date.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::NotALedger`], [`Error::Newer`], [`Error::Damaged`], [`Error::Locked`].
    pub fn open(path: impl AsRef<Path>) -> Result<Ledger> {
        Ledger::open_with(path, &Options::default())
    }

    /// [`Ledger::open`] with options.
    ///
    /// # Errors
    /// As there.
    pub fn open_with(path: impl AsRef<Path>, options: &Options) -> Result<Ledger> {
        let path = path.as_ref();
        if !path.exists() {
            return Err(Error::Missing { path: path.to_owned() });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let load = || {
            let mut conn = Connection::open_with_flags(path, flags)?;
            conn.busy_timeout(options.busy_timeout)?;
            // Recognised before anything is written, so that another program's file stays as it is.
            let found = recognise(&conn, path)?;
            prepare(&conn, options)?;
            if (found as usize) < SCHEMA.len() {
                let tx = conn.transaction_with_behavior(TransactionBehavior::Exclusive)?;
                let found = recognise(&tx, path)?;
                migrate(&tx, found as usize)?;
                tx.commit()?;
            }
            Ok(Ledger { conn, path: path.to_owned(), shelf: None })
        };
        load().map_err(|error: Error| error.at(path))
    }

    /// Opens a ledger to read only; works on a read-only disk too.
    ///
    /// # Errors
    /// As for [`Ledger::open`]; an older schema is an error too, [`Error::ReadOnly`].
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Ledger> {
        Ledger::open_read_only_with(path, &Options::default())
    }

    /// [`Ledger::open_read_only`] with options.
    ///
    /// # Errors
    /// As there.
    pub fn open_read_only_with(path: impl AsRef<Path>, options: &Options) -> Result<Ledger> {
        let path = path.as_ref();
        if !path.exists() {
            return Err(Error::Missing { path: path.to_owned() });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let load = |conn: rusqlite::Result<Connection>| {
            let conn = conn?;
            conn.busy_timeout(options.busy_timeout)?;
            if (recognise(&conn, path)? as usize) < SCHEMA.len() {
                return Err(Error::ReadOnly { path: path.to_owned() });
            }
            Ok(Ledger { conn, path: path.to_owned(), shelf: None })
        };
        match load(Connection::open_with_flags(path, flags)) {
            // A write-ahead log needs a folder that can be written to; without a log left behind there is nothing to
            // miss, and the file can be read as it stands.
            Err(Error::Database { .. } | Error::ReadOnly { .. }) if !log_of(path).exists() => {
                load(Connection::open_with_flags(immutable(path), flags))
            }
            other => other,
        }
        .map_err(|error: Error| error.at(path))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a consistent copy to a new file, while others read and write.
    ///
    /// # Errors
    /// [`Error::Exists`] when something stands at `copy`.
    pub fn backup(&self, copy: impl AsRef<Path>) -> Result<()> {
        let copy = copy.as_ref();
        if copy.exists() {
            return Err(Error::Exists { path: copy.to_owned() });
        }
        let name = copy.to_string_lossy();
        self.conn.execute("VACUUM INTO ?1", [name.as_ref()]).map_err(|error| Error::from(error).at(copy))?;
        Ok(())
    }

    /// One writing transaction: all of `work` or nothing. Within [`Ledger::as_one`] it is a part of that one.
    pub(crate) fn write<T>(&mut self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let run = || {
            if !self.conn.is_autocommit() {
                return work(&self.conn);
            }
            let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&tx)?;
            tx.commit()?;
            Ok(done)
        };
        run().map_err(|error: Error| error.at(&self.path))
    }

    /// Does several things as one: all of what `work` writes is kept, or nothing where it fails, and nobody else writes in between. Must not be
    /// called within itself. Where `work` panics the ledger must be closed, which takes back what was written.
    ///
    /// # Errors
    /// Those of `work`; those of the database.
    pub fn as_one<T, E: From<Error>>(&mut self, work: impl FnOnce(&mut Ledger) -> Result<T, E>) -> Result<T, E> {
        let run = |ledger: &Ledger, sql: &str| ledger.conn.execute_batch(sql).map_err(|error| Error::from(error).at(&ledger.path));
        run(self, "BEGIN IMMEDIATE")?;
        let done = work(self).and_then(|done| {
            run(self, "COMMIT")?;
            Ok(done)
        });
        if !self.conn.is_autocommit() {
            run(self, "ROLLBACK")?;
        }
        done
    }

    /// One reading transaction: everything `work` asks, it asks of the same state.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let run = || {
            if !self.conn.is_autocommit() {
                return work(&self.conn);
            }
            let tx = self.conn.unchecked_transaction()?;
            work(&tx)
        };
        run().map_err(|error: Error| error.at(&self.path))
    }

    /// Runs several questions against one state of the ledger, whatever is written meanwhile.
    ///
    /// # Errors
    /// Those of `questions`.
    pub fn snapshot<T, E: From<Error>>(&self, questions: impl FnOnce(&Ledger) -> Result<T, E>) -> Result<T, E> {
        if !self.conn.is_autocommit() {
            return questions(self);
        }
        let tx = self.conn.unchecked_transaction().map_err(|error| Error::from(error).at(&self.path))?;
        let answer = questions(self);
        drop(tx);
        answer
    }
}

fn prepare(conn: &Connection, options: &Options) -> Result<()> {
    conn.busy_timeout(options.busy_timeout)?;
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    debug_assert!(mode == "wal" || mode == "memory", "{mode}");
    conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;")?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// The schema version of a ledger.
fn recognise(conn: &Connection, path: &Path) -> Result<i64> {
    if pragma(conn, "application_id")? != APPLICATION_ID {
        return Err(Error::NotALedger { path: path.to_owned() });
    }
    let (found, known) = (pragma(conn, "user_version")?, SCHEMA.len() as i64);
    if found > known {
        return Err(Error::Newer { path: path.to_owned(), found, known });
    }
    Ok(found)
}

fn migrate(tx: &Transaction<'_>, found: usize) -> Result<()> {
    for step in &SCHEMA[found..] {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "user_version", SCHEMA.len() as i64)?;
    Ok(())
}

fn pragma(conn: &Connection, name: &str) -> Result<i64> {
    Ok(conn.pragma_query_value(None, name, |row| row.get(0))?)
}

fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// The address of a file that nobody is writing to; what has a meaning in an address is escaped.
fn immutable(path: &Path) -> String {
    let mut address = String::from("file:");
    for c in path.to_string_lossy().chars() {
        match c {
            '%' => address.push_str("%25"),
            '?' => address.push_str("%3f"),
            '#' => address.push_str("%23"),
            c => address.push(c),
        }
    }
    address + "?immutable=1"
}
