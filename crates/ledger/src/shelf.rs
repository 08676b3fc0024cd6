use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use record::Id;
use rusqlite::{Connection, params, params_from_iter};

use crate::brief::{BRIEF, Brief, PLACED, brief_of};
use crate::filter::{Filter, Sort, SortKey, in_box, is_near};
use crate::places::{Places, Seat, Spots};
use crate::text::{clamp, fold, stamp, unstamp, whole};
use crate::{Aliases, Ledger, Noun, Result, query};

/// The incidents in force in memory, for those who ask of all of them often: lists with a count for every value.
///
/// Several connections share one ([`Ledger::sharing`]). As the ledger only grows, it is brought up to date by the versions
/// that came since; filling it takes some seconds at a hundred thousand incidents, asking it some milliseconds. Of which
/// incidents words, speakers and claims tell is asked of the database, once for a page. An earlier moment has a shelf of its
/// own, filled when first somebody asks; the last two are kept.
#[derive(Debug, Default)]
pub struct Shelf {
    now: Mutex<Inner>,
    /// As incidents stood at earlier moments, the one asked last at the end.
    then: Mutex<Vec<(Timestamp, Arc<Mutex<Inner>>)>>,
    /// How many records a filter has, with what the ledger held then; the newest at the end.
    pub(crate) totals: Mutex<Vec<(Noun, Filter, String, u64)>>,
    /// The newest moment recorded, with what the ledger held then.
    pub(crate) newest: Mutex<(String, Option<Timestamp>)>,
}

/// A filter, and which names were one place's when it was asked.
type Asked = (Filter, Places);

#[derive(Debug, Default)]
struct Inner {
    /// The moment at which incidents are as they are here; `None` for now.
    as_of: Option<Timestamp>,
    /// When the latest of what is in force was recorded.
    latest: String,
    held: Held,
    rows: BTreeMap<Id, Arc<Row>>,
    /// What was asked last, the newest at the end: a page asks the same several times.
    asked: Vec<(Asked, Arc<[Arc<Row>]>)>,
    /// The versions that reports and claims of a sort tell of, by what was asked of them; as `asked`.
    told: Vec<(Filter, Arc<HashSet<i64>>)>,
    parties: Names,
    outlets: Names,
}

/// What a shelf was brought up to date with, or could be: the last incident version, report and claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Held([i64; 3]);

impl Held {
    fn by(conn: &Connection) -> Result<Held> {
        let sql = "SELECT (SELECT coalesce(max(seq), 0) FROM incident_versions), (SELECT coalesce(max(seq), 0) FROM reports),
                     (SELECT coalesce(max(seq), 0) FROM claims)";
        Ok(Held(conn.prepare_cached(sql)?.query_row([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?))
    }

    fn versions(self) -> i64 {
        self.0[0]
    }

    /// Whether it is more than another; the ledger only grows.
    fn is_later(self, than: Held) -> bool {
        self.0.iter().zip(than.0).any(|(own, other)| *own > other)
    }
}

/// Somebody who panicked while holding it left it as it was, or behind: it catches up.
pub(crate) fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shelf {
    /// The shelf of an earlier moment, which may be empty yet.
    fn then(&self, as_of: Timestamp) -> Arc<Mutex<Inner>> {
        let mut then = lock(&self.then);
        let found = match then.iter().position(|(moment, _)| *moment == as_of) {
            Some(at) => then.remove(at).1,
            None => Arc::new(Mutex::new(Inner { as_of: Some(as_of), ..Inner::default() })),
        };
        if then.len() == MOMENTS {
            then.remove(0);
        }
        then.push((as_of, Arc::clone(&found)));
        found
    }
}

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) brief: Arc<Brief>,
    pub(crate) version: i64,
    /// When this version was written.
    recorded_at: Timestamp,
    /// The folded key of the place.
    placed: Option<String>,
    /// Folded.
    place: Option<String>,
    admin1: Option<String>,
    parties: Vec<usize>,
    outlets: Vec<usize>,
}

impl Row {
    /// Where it is for a filter.
    fn seat<'a>(&'a self, spots: &'a Spots) -> Seat<'a> {
        let brief = &self.brief;
        spots.seat(self.placed.as_deref(), self.place.as_deref(), brief.country.as_deref(), self.admin1.as_deref(), brief.point)
    }
}

/// Selections that are kept.
pub(crate) const KEPT: usize = 8;
/// Earlier moments that are kept.
const MOMENTS: usize = 2;

/// Names by number: folded, and as first printed.
#[derive(Debug, Default)]
struct Names {
    numbers: BTreeMap<String, usize>,
    names: Vec<(String, String)>,
}

impl Names {
    fn number(&mut self, folded: String, printed: String) -> usize {
        if let Some(&number) = self.numbers.get(&folded) {
            // The least of several spellings, whichever came first.
            if printed < self.names[number].1 {
                self.names[number].1 = printed;
            }
            return number;
        }
        self.numbers.insert(folded.clone(), self.names.len());
        self.names.push((folded, printed));
        self.names.len() - 1
    }

    /// For each name, whether it has one of some words in it, or is one that is [asked for whole](whole).
    fn having(&self, words: &[&str]) -> Vec<bool> {
        let words: Vec<String> = words.iter().map(|word| fold(word)).collect();
        self.names.iter().map(|(folded, _)| whole(folded)).map(|name| words.iter().any(|word| name.contains(word.as_str()))).collect()
    }
}

/// Some words of a filter: any of these, none of those.
fn parted(words: &[String]) -> (Vec<&str>, Vec<&str>) {
    let (not, is): (Vec<&str>, Vec<&str>) = words.iter().map(String::as_str).partition(|word| word.starts_with('!'));
    (is, not.into_iter().map(|word| &word[1..]).collect())
}

fn holds(words: &[String], test: impl Fn(&str) -> bool) -> bool {
    let (is, not) = parted(words);
    (is.is_empty() || is.into_iter().any(&test)) && !not.into_iter().any(test)
}

/// What a filter asks of the reports and claims that tell of an incident, when it asks for more than an outlet.
fn told(filter: &Filter) -> Option<Filter> {
    let of = Filter {
        kind: filter.kind.clone(),
        speaker: filter.speaker.clone(),
        speaker_kind: filter.speaker_kind.clone(),
        stance: filter.stance.clone(),
        scope: filter.scope.clone(),
        side: filter.side.clone(),
        report: filter.report.clone(),
        text: filter.text.clone(),
        outlet_kind: filter.outlet_kind.clone(),
        language: filter.language.clone(),
        copies: filter.copies,
        ..Filter::default()
    };
    // What is asked has to hold of one claim: the outlet's, if there is one.
    (of != Filter::default()).then(|| Filter { outlet: filter.outlet.clone(), ..of })
}

/// Whether a filter asks only for what is on the shelf, or for what is told of it.
pub(crate) fn knows(filter: &Filter) -> bool {
    let sorted = filter.sort.is_none_or(|sort| sort.key != SortKey::Outlet);
    let rest = Filter {
        country: vec![],
        admin1: vec![],
        place: vec![],
        bbox: None,
        near: None,
        from: None,
        to: None,
        date_precision: vec![],
        types: vec![],
        actor: vec![],
        outlet: vec![],
        status: vec![],
        disputed: None,
        over: vec![],
        deaths_min: None,
        deaths_max: None,
        reviewed: None,
        incident: None,
        kind: vec![],
        speaker: vec![],
        speaker_kind: vec![],
        stance: vec![],
        scope: vec![],
        side: vec![],
        report: None,
        text: None,
        outlet_kind: vec![],
        language: vec![],
        copies: None,
        as_of: None,
        added_since: None,
        sort: None,
        limit: None,
        offset: 0,
        ..filter.clone()
    };
    sorted && rest == Filter::default()
}

/// Remembers one more, and forgets the oldest.
fn keep<Q: PartialEq, T>(all: &mut Vec<(Q, T)>, asked: Q, one: T) {
    // Two who ask the same at once both come here.
    all.retain(|(known, _)| *known != asked);
    if all.len() == KEPT {
        all.remove(0);
    }
    all.push((asked, one));
}

fn ordered<T: Ord>(a: Option<T>, b: Option<T>, descending: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => b.cmp(&a),
        (Some(a), Some(b)) => a.cmp(&b),
        // What has no value comes last either way.
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

/// A day as a number that grows with it.
fn day(day: jiff::civil::Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

impl Inner {
    /// Takes up what came since: whether the shelf then holds what the connection sees. One that looks at an older state of
    /// the ledger has to ask the database.
    fn follow(&mut self, conn: &Connection, held: Held) -> Result<bool> {
        if self.held.is_later(held) {
            return Ok(false);
        }
        if self.held == held {
            return Ok(true);
        }
        if self.held.versions() < held.versions() {
            self.take_up(conn)?;
        }
        self.held = held;
        self.asked.clear();
        self.told.clear();
        Ok(true)
    }

    fn take_up(&mut self, conn: &Connection) -> Result<()> {
        let until = |row| self.as_of.map_or_else(String::new, |as_of| format!("AND {row}.recorded_at <= '{}'", stamp(as_of)));
        let (own, newest) = (until("v"), until("n"));
        let sql = format!(
            "SELECT {BRIEF}, v.seq, v.state, v.place, v.admin1, v.recorded_at FROM incident_versions v
             WHERE v.seq > ?1 {own} AND v.seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = v.id {newest}) ORDER BY v.seq"
        );
        let mut statement = conn.prepare(&sql)?;
        let mut parties = conn.prepare("SELECT party FROM incident_parties WHERE version = ?1 ORDER BY position")?;
        let mut outlets = conn.prepare(
            "SELECT DISTINCT r.outlet_key, r.outlet FROM incident_claims ic JOIN claims c ON c.id = ic.claim JOIN reports r ON r.id = c.report
             WHERE ic.version = ?1 AND r.outlet <> ''",
        )?;
        let mut rows = statement.query([self.held.versions()])?;
        while let Some(row) = rows.next()? {
            self.latest = std::mem::take(&mut self.latest).max(row.get(PLACED + 5)?);
            if row.get_ref(PLACED + 2)?.as_str().unwrap_or_default() != "current" {
                self.rows.remove(&row.get::<_, Id>(0)?);
                continue;
            }
            let (brief, version) = (brief_of(row)?, row.get(PLACED + 1)?);
            let numbers = |statement: &mut rusqlite::Statement<'_>, names: &mut Names, printed: usize| -> Result<Vec<usize>> {
                let mut found = Vec::new();
                let mut rows = statement.query(params![version])?;
                while let Some(row) = rows.next()? {
                    found.push(names.number(row.get(0)?, row.get(printed)?));
                }
                found.sort_unstable();
                found.dedup();
                Ok(found)
            };
            let made = Row {
                version,
                recorded_at: unstamp(row.get_ref(PLACED + 5)?.as_str().unwrap_or_default())?,
                placed: row.get(PLACED)?,
                place: row.get(PLACED + 3)?,
                admin1: row.get(PLACED + 4)?,
                parties: numbers(&mut parties, &mut self.parties, 0)?,
                outlets: numbers(&mut outlets, &mut self.outlets, 1)?,
                brief: Arc::new(brief),
            };
            self.rows.insert(made.brief.id.clone(), Arc::new(made));
        }
        Ok(())
    }

    /// The rows of a filter that the shelf knows, in its order.
    fn select(&mut self, filter: &Filter, places: &Places, told: Option<&HashSet<i64>>) -> Arc<[Arc<Row>]> {
        if let Some((_, rows)) = self.asked.iter().find(|((asked, of), _)| asked == filter && of == places) {
            return Arc::clone(rows);
        }
        let rows: Arc<[Arc<Row>]> = self.selected(filter, &places.spots(), told).into();
        keep(&mut self.asked, (filter.clone(), places.clone()), Arc::clone(&rows));
        rows
    }

    fn selected(&self, filter: &Filter, spots: &Spots, told: Option<&HashSet<i64>>) -> Vec<Arc<Row>> {
        let (actors, not_actors) = parted(&filter.actor);
        let (outlets, not_outlets) = parted(&filter.outlet);
        let any = |having: &[bool], numbers: &[usize]| numbers.iter().any(|&number| having[number]);
        let (has_actor, no_actor) = (self.parties.having(&actors), self.parties.having(&not_actors));
        let (has_outlet, no_outlet) = (self.outlets.having(&outlets), self.outlets.having(&not_outlets));
        let folded = |words: &[String]| -> Vec<String> {
            words.iter().map(|word| word.strip_prefix('!').map_or_else(|| fold(word), |word| format!("!{}", fold(word)))).collect()
        };
        let (places, units) = (folded(&filter.place), folded(&filter.admin1));
        let fits = |row: &Row| {
            let (brief, seat) = (&row.brief, row.seat(spots));
            let best = brief.deaths.map(|[_, best, _]| best);
            told.is_none_or(|told| told.contains(&row.version))
                && holds(&filter.country, |word| seat.country == Some(word))
                && holds(&filter.types, |word| brief.kind == word)
                && holds(&filter.status, |word| brief.status.as_str() == word)
                && holds(&filter.over, |word| brief.disputed.split_whitespace().any(|over| over == word))
                && holds(&places, |word| seat.is_called(word))
                && holds(&units, |word| seat.admin1.is_some_and(|unit| unit.contains(word)))
                && (actors.is_empty() || any(&has_actor, &row.parties))
                && !any(&no_actor, &row.parties)
                && (outlets.is_empty() || any(&has_outlet, &row.outlets))
                && !any(&no_outlet, &row.outlets)
                && filter.from.is_none_or(|from| brief.end.is_some_and(|end| end >= from))
                && filter.to.is_none_or(|to| brief.start.is_some_and(|start| start <= to))
                && filter.bbox.is_none_or(|bbox| seat.point.is_some_and(|point| in_box(bbox, point)))
                && filter.near.is_none_or(|near| seat.point.is_some_and(|point| is_near(near, point)))
                && holds(&filter.date_precision, |word| brief.date_precision.is_some_and(|precision| precision.as_str() == word))
                && filter.added_since.is_none_or(|since| row.recorded_at >= since)
                && filter.disputed.is_none_or(|disputed| brief.disputed.is_empty() != disputed)
                && filter.deaths_min.is_none_or(|least| best.is_some_and(|best| best >= least))
                && filter.deaths_max.is_none_or(|most| best.unwrap_or(0) <= most)
                && filter.reviewed.is_none_or(|reviewed| brief.reviewed == reviewed)
                && filter.incident.as_ref().is_none_or(|id| brief.id == *id)
        };
        // By id already, which is what decides among equals.
        let mut rows: Vec<Arc<Row>> = self.rows.values().filter(|row| fits(row)).cloned().collect();
        let sort = filter.sort.unwrap_or(Sort { key: SortKey::Date, descending: false });
        // What has no value comes last either way.
        let number = |value: Option<i64>| value.map_or(i64::MAX, |value| if sort.descending { -value } else { value });
        match sort.key {
            SortKey::Deaths => rows.sort_by_cached_key(|row| number(row.brief.deaths.map(|[_, best, _]| clamp(best)))),
            SortKey::Place => rows.sort_by(|a, b| ordered(a.seat(spots).first(), b.seat(spots).first(), sort.descending)),
            SortKey::Kind => rows.sort_by(|a, b| ordered(Some(a.brief.kind.as_str()), Some(b.brief.kind.as_str()), sort.descending)),
            SortKey::Recorded => rows.sort_by(|a, b| ordered(Some(a.recorded_at), Some(b.recorded_at), sort.descending)),
            SortKey::Date | SortKey::Outlet => rows.sort_by_cached_key(|row| number(row.brief.start.map(day))),
        }
        rows
    }

    /// How many rows have each name, with the first version that does; `called` says what else a name is called.
    fn counted<'n>(
        rows: &[Arc<Row>],
        numbers: impl Fn(&Row) -> &[usize],
        names: &'n Names,
        called: impl Fn(&'n str) -> Cow<'n, str>,
    ) -> Vec<(String, u64, i64)> {
        // Names that are called the same have one number.
        let (mut known, mut titles) = (BTreeMap::new(), Vec::new());
        let settled: Vec<usize> = names
            .names
            .iter()
            .map(|(folded, _)| {
                let called = called(folded);
                *known.entry(called.clone()).or_insert_with(|| {
                    titles.push(called);
                    titles.len() - 1
                })
            })
            .collect();
        let mut counts: Vec<(u64, i64)> = vec![(0, i64::MAX); titles.len()];
        let mut of_row = Vec::new();
        for row in rows {
            of_row.clear();
            of_row.extend(numbers(row).iter().map(|&number| settled[number]));
            of_row.sort_unstable();
            of_row.dedup();
            for &number in &of_row {
                counts[number] = (counts[number].0 + 1, counts[number].1.min(row.version));
            }
        }
        let mut found: Vec<(String, u64, i64)> =
            titles.into_iter().zip(counts).filter(|(_, (n, _))| *n > 0).map(|(called, (n, version))| (called.into_owned(), n, version)).collect();
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found
    }
}

impl Ledger {
    /// The same connection, which answers what it can from a shelf that others share.
    #[must_use]
    pub fn sharing(mut self, shelf: Arc<Shelf>) -> Ledger {
        self.shelf = Some(shelf);
        self
    }

    /// What the shelf, brought up to date, says to a filter; `None` without one, or when it cannot tell.
    fn shelved<T>(&self, filter: &Filter, places: &Places, ask: impl FnOnce(&Inner, &[Arc<Row>]) -> T) -> Result<Option<T>> {
        let Some(shelf) = self.shelf.as_ref().filter(|_| knows(filter)) else { return Ok(None) };
        let asked = Filter { as_of: None, limit: None, offset: 0, ..filter.clone() };
        self.read(|conn| {
            let held = Held::by(conn)?;
            let earlier = {
                let mut now = lock(&shelf.now);
                if !now.follow(conn, held)? {
                    return Ok(None);
                }
                // Nothing is in force that was recorded later: then is now.
                filter.as_of.filter(|as_of| stamp(*as_of) < now.latest).map(|as_of| shelf.then(as_of))
            };
            let inner = earlier.as_deref().unwrap_or(&shelf.now);
            if !lock(inner).follow(conn, held)? {
                return Ok(None);
            }
            let told = told(&asked).map(|of| self.told(conn, inner, held, of)).transpose()?;
            let mut inner = lock(inner);
            // Somebody who sees more was here meanwhile.
            if inner.held != held {
                return Ok(None);
            }
            let rows = inner.select(&asked, places, told.as_deref());
            Ok(Some(ask(&inner, &rows)))
        })
    }

    /// The versions of which something is told that a filter asks for. That may take long: nobody else waits for it.
    fn told(&self, conn: &Connection, inner: &Mutex<Inner>, held: Held, of: Filter) -> Result<Arc<HashSet<i64>>> {
        if let Some((_, versions)) = lock(inner).told.iter().find(|(asked, _)| *asked == of) {
            return Ok(Arc::clone(versions));
        }
        let clause = query::told(&of);
        let mut statement = conn.prepare(&format!("SELECT v.seq FROM incident_versions v {}", clause.sql))?;
        let rows = statement.query_map(params_from_iter(clause.params), |row| row.get(0))?;
        let versions: Arc<HashSet<i64>> = Arc::new(rows.collect::<rusqlite::Result<_>>()?);
        let mut inner = lock(inner);
        if inner.held == held {
            keep(&mut inner.told, of, Arc::clone(&versions));
        }
        Ok(versions)
    }

    pub(crate) fn shelved_briefs(&self, filter: &Filter, places: &Places) -> Result<Option<Vec<Arc<Brief>>>> {
        let brief = |row: &Arc<Row>| {
            let mut brief = Arc::clone(&row.brief);
            places.name_brief(row.placed.as_deref(), &mut brief);
            brief
        };
        self.shelved(filter, places, |_, rows| rows.iter().map(brief).collect())
    }

    /// How many incidents a filter has.
    pub(crate) fn shelved_total(&self, filter: &Filter, places: &Places) -> Result<Option<u64>> {
        self.shelved(filter, places, |_, rows| rows.len() as u64)
    }

    /// Versions of a filter's page.
    pub(crate) fn shelved_versions(&self, filter: &Filter, places: &Places) -> Result<Option<Vec<i64>>> {
        let (before, most) = (filter.offset, filter.limit.unwrap_or(usize::MAX));
        self.shelved(filter, places, |_, rows| rows.iter().skip(before).take(most).map(|row| row.version).collect())
    }

    /// Folded usual names of parties, with incidents and the first version that has them.
    pub(crate) fn shelved_parties(&self, filter: &Filter, aliases: &Aliases) -> Result<Option<Vec<(String, i64, i64)>>> {
        self.shelved(filter, &aliases.places, |inner, rows| {
            let called = |folded| match aliases.actors.usual(folded) {
                usual if usual == folded => Cow::Borrowed(folded),
                usual => Cow::Owned(fold(usual)),
            };
            let counted = Inner::counted(rows, |row| &row.parties, &inner.parties, called);
            counted.into_iter().map(|(folded, n, version)| (folded, n.cast_signed(), version)).collect()
        })
    }

    /// Outlets as printed, with incidents.
    pub(crate) fn shelved_outlets(&self, filter: &Filter, places: &Places) -> Result<Option<Vec<(String, u64)>>> {
        self.shelved(filter, places, |inner, rows| {
            let counted = Inner::counted(rows, |row| &row.outlets, &inner.outlets, Cow::Borrowed);
            let printed = |folded: &str| inner.outlets.numbers.get(folded).map_or_else(String::new, |&number| inner.outlets.names[number].1.clone());
            let mut found: Vec<(String, u64)> = counted.into_iter().map(|(folded, n, _)| (printed(&folded), n)).collect();
            found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            found
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_asked_at_once_is_kept_once() {
        let mut all = Vec::new();
        for n in 0..KEPT {
            keep(&mut all, Filter { limit: Some(n), ..Filter::default() }, n);
        }
        keep(&mut all, Filter { limit: Some(3), ..Filter::default() }, 99);
        assert_eq!(all.iter().map(|(_, one)| *one).collect::<Vec<_>>(), [0, 1, 2, 4, 5, 6, 7, 99]);
    }
}
