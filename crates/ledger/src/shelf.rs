use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use record::Id;
use rusqlite::{Connection, params};

use crate::brief::{BRIEF, Brief, brief_of};
use crate::filter::{Filter, Sort, SortKey, degree_km};
use crate::text::{clamp, fold, unstamp};
use crate::{Ledger, Noun, Result};

/// The incidents in force in memory, for those who ask of all of them often: lists with a count for every value.
///
/// Several connections share one ([`Ledger::sharing`]). As the ledger only grows, it is brought up to date by the versions
/// that came since; filling it takes some seconds at a hundred thousand incidents, asking it some milliseconds. What a
/// filter says of words, speakers, claims or an earlier moment is still asked of the database.
#[derive(Debug, Default)]
pub struct Shelf {
    pub(crate) inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
pub(crate) struct Inner {
    /// The last version that is on it.
    seen: i64,
    rows: BTreeMap<Id, Arc<Row>>,
    /// What was asked last, the newest at the end: a page asks the same several times.
    asked: Vec<(Filter, Arc<[Arc<Row>]>)>,
    parties: Names,
    outlets: Names,
    /// How many records a filter has, with what the ledger held then; the newest at the end.
    pub(crate) totals: Vec<(Noun, Filter, String, u64)>,
}

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) brief: Arc<Brief>,
    pub(crate) version: i64,
    /// When this version was written.
    recorded_at: Timestamp,
    /// Folded.
    place: Option<String>,
    admin1: Option<String>,
    parties: Vec<usize>,
    outlets: Vec<usize>,
}

/// Selections that are kept.
pub(crate) const KEPT: usize = 8;

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

    /// For each name, whether it has one of some words in it.
    fn having(&self, words: &[&str]) -> Vec<bool> {
        let words: Vec<String> = words.iter().map(|word| fold(word)).collect();
        self.names.iter().map(|(folded, _)| words.iter().any(|word| folded.contains(word.as_str()))).collect()
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

/// Whether a filter asks only for what is on the shelf.
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
        added_since: None,
        sort: None,
        limit: None,
        offset: 0,
        ..filter.clone()
    };
    sorted && rest == Filter::default()
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
    /// Takes up the versions that came since.
    fn follow(&mut self, conn: &Connection) -> Result<()> {
        let last: i64 = conn.prepare_cached("SELECT coalesce(max(seq), 0) FROM incident_versions")?.query_row([], |row| row.get(0))?;
        if last <= self.seen {
            return Ok(());
        }
        let sql = format!(
            "SELECT {BRIEF}, v.seq, v.state, v.place, v.admin1, v.recorded_at FROM incident_versions v
             WHERE v.seq > ?1 AND v.seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = v.id) ORDER BY v.seq"
        );
        let mut statement = conn.prepare(&sql)?;
        let mut parties = conn.prepare("SELECT party FROM incident_parties WHERE version = ?1 ORDER BY position")?;
        let mut outlets = conn.prepare(
            "SELECT DISTINCT r.outlet_key, r.outlet FROM incident_claims ic JOIN claims c ON c.id = ic.claim JOIN reports r ON r.id = c.report
             WHERE ic.version = ?1 AND r.outlet <> ''",
        )?;
        let mut rows = statement.query(params![self.seen])?;
        while let Some(row) = rows.next()? {
            if row.get_ref(17)?.as_str().unwrap_or_default() != "current" {
                self.rows.remove(&row.get::<_, Id>(0)?);
                continue;
            }
            let (brief, version) = (brief_of(row)?, row.get(16)?);
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
                recorded_at: unstamp(row.get_ref(20)?.as_str().unwrap_or_default())?,
                place: row.get(18)?,
                admin1: row.get(19)?,
                parties: numbers(&mut parties, &mut self.parties, 0)?,
                outlets: numbers(&mut outlets, &mut self.outlets, 1)?,
                brief: Arc::new(brief),
            };
            self.rows.insert(made.brief.id.clone(), Arc::new(made));
        }
        self.seen = last;
        self.asked.clear();
        Ok(())
    }

    /// The rows of a filter that the shelf knows, in its order; `limit` and `offset` are passed over.
    fn select(&mut self, filter: &Filter) -> Arc<[Arc<Row>]> {
        let whole = Filter { limit: None, offset: 0, ..filter.clone() };
        if let Some((_, rows)) = self.asked.iter().find(|(asked, _)| *asked == whole) {
            return Arc::clone(rows);
        }
        let rows: Arc<[Arc<Row>]> = self.selected(&whole).into();
        if self.asked.len() == KEPT {
            self.asked.remove(0);
        }
        self.asked.push((whole, Arc::clone(&rows)));
        rows
    }

    fn selected(&self, filter: &Filter) -> Vec<Arc<Row>> {
        let (actors, not_actors) = parted(&filter.actor);
        let (outlets, not_outlets) = parted(&filter.outlet);
        let any = |having: &[bool], numbers: &[usize]| numbers.iter().any(|&number| having[number]);
        let (has_actor, no_actor) = (self.parties.having(&actors), self.parties.having(&not_actors));
        let (has_outlet, no_outlet) = (self.outlets.having(&outlets), self.outlets.having(&not_outlets));
        let folded = |words: &[String]| -> Vec<String> {
            words.iter().map(|word| word.strip_prefix('!').map_or_else(|| fold(word), |word| format!("!{}", fold(word)))).collect()
        };
        let (places, units) = (folded(&filter.place), folded(&filter.admin1));
        let within = |text: &Option<String>, word: &str| text.as_deref().is_some_and(|text| text.contains(word));
        let fits = |row: &Row| {
            let brief = &row.brief;
            let best = brief.deaths.map(|[_, best, _]| best);
            holds(&filter.country, |word| brief.country.as_deref() == Some(word))
                && holds(&filter.types, |word| brief.kind == word)
                && holds(&filter.status, |word| brief.status.as_str() == word)
                && holds(&filter.over, |word| brief.disputed.split_whitespace().any(|over| over == word))
                && holds(&places, |word| within(&row.place, word))
                && holds(&units, |word| within(&row.admin1, word))
                && (actors.is_empty() || any(&has_actor, &row.parties))
                && !any(&no_actor, &row.parties)
                && (outlets.is_empty() || any(&has_outlet, &row.outlets))
                && !any(&no_outlet, &row.outlets)
                && filter.from.is_none_or(|from| brief.end.is_some_and(|end| end >= from))
                && filter.to.is_none_or(|to| brief.start.is_some_and(|start| start <= to))
                && filter.bbox.is_none_or(|[west, south, east, north]| {
                    brief.point.is_some_and(|(lat, lon)| {
                        let sides = if west <= east { lon >= west && lon <= east } else { lon >= west || lon <= east };
                        sides && lat >= south && lat <= north
                    })
                })
                && filter.near.is_none_or(|[lon, lat, far]| {
                    brief.point.is_some_and(|(own_lat, own_lon)| {
                        let [km_lat, km_lon] = degree_km(lat);
                        let apart = (own_lon - lon).abs();
                        let (north, east) = ((own_lat - lat) * km_lat, apart.min(360.0 - apart) * km_lon);
                        north * north + east * east <= far * far
                    })
                })
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
            SortKey::Place => rows.sort_by(|a, b| ordered(a.place.as_deref(), b.place.as_deref(), sort.descending)),
            SortKey::Kind => rows.sort_by(|a, b| ordered(Some(a.brief.kind.as_str()), Some(b.brief.kind.as_str()), sort.descending)),
            SortKey::Recorded => rows.sort_by(|a, b| ordered(Some(a.recorded_at), Some(b.recorded_at), sort.descending)),
            SortKey::Date | SortKey::Outlet => rows.sort_by_cached_key(|row| number(row.brief.start.map(day))),
        }
        rows
    }

    /// How many rows have each number, with the first version that does.
    fn counted(rows: &[Arc<Row>], numbers: impl Fn(&Row) -> &[usize], names: &Names) -> Vec<(usize, u64, i64)> {
        let mut counts: Vec<(u64, i64)> = vec![(0, i64::MAX); names.names.len()];
        for row in rows {
            for &number in numbers(row) {
                counts[number] = (counts[number].0 + 1, counts[number].1.min(row.version));
            }
        }
        let mut found: Vec<(usize, u64, i64)> =
            counts.into_iter().enumerate().filter(|(_, (n, _))| *n > 0).map(|(number, (n, version))| (number, n, version)).collect();
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| names.names[a.0].cmp(&names.names[b.0])));
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
    fn shelved<T>(&self, filter: &Filter, ask: impl FnOnce(&Inner, &[Arc<Row>]) -> T) -> Result<Option<T>> {
        let Some(shelf) = self.shelf.as_ref().filter(|_| knows(filter)) else { return Ok(None) };
        let mut inner = shelf.inner.lock().unwrap_or_else(PoisonError::into_inner);
        self.read(|conn| inner.follow(conn))?;
        let rows = inner.select(filter);
        Ok(Some(ask(&inner, &rows)))
    }

    pub(crate) fn shelved_briefs(&self, filter: &Filter) -> Result<Option<Vec<Arc<Brief>>>> {
        self.shelved(filter, |_, rows| rows.iter().map(|row| Arc::clone(&row.brief)).collect())
    }

    pub(crate) fn shelved_total(&self, filter: &Filter) -> Result<Option<u64>> {
        self.shelved(filter, |_, rows| rows.len() as u64)
    }

    /// Versions of a filter's page.
    pub(crate) fn shelved_versions(&self, filter: &Filter) -> Result<Option<Vec<i64>>> {
        self.shelved(filter, |_, rows| rows.iter().skip(filter.offset).take(filter.limit.unwrap_or(usize::MAX)).map(|row| row.version).collect())
    }

    /// Folded names of parties, with incidents and the first version that has them.
    pub(crate) fn shelved_parties(&self, filter: &Filter) -> Result<Option<Vec<(String, i64, i64)>>> {
        self.shelved(filter, |inner, rows| {
            let counted = Inner::counted(rows, |row| &row.parties, &inner.parties);
            counted.into_iter().map(|(number, n, version)| (inner.parties.names[number].0.clone(), n.cast_signed(), version)).collect()
        })
    }

    /// Outlets as printed, with incidents.
    pub(crate) fn shelved_outlets(&self, filter: &Filter) -> Result<Option<Vec<(String, u64)>>> {
        self.shelved(filter, |inner, rows| {
            let counted = Inner::counted(rows, |row| &row.outlets, &inner.outlets);
            let mut found: Vec<(String, u64)> = counted.into_iter().map(|(number, n, _)| (inner.outlets.names[number].1.clone(), n)).collect();
            found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            found
        })
    }
}
