use jiff::Timestamp;
use rusqlite::types::Value;

use crate::filter::{Filter, Sort, SortKey, degree_km, in_box, is_near};
use crate::find;
use crate::places::{Places, Seat, Spots};
use crate::text::{clamp, fold, stamp};

/// A piece of a WHERE clause with its parameters; the only place where SQL is put together. What users type is always
/// a parameter.
#[derive(Default)]
pub(crate) struct Where {
    pub(crate) sql: String,
    pub(crate) params: Vec<Value>,
}

impl Where {
    pub(crate) fn and(&mut self, sql: &str, params: impl IntoIterator<Item = Value>) {
        self.sql.push_str(if self.sql.is_empty() { "WHERE " } else { " AND " });
        self.sql.push_str(sql);
        self.params.extend(params);
    }

    /// Takes up terms about the row itself.
    fn all(&mut self, terms: Vec<Term>) {
        for term in terms {
            let sql = if term.not { format!("NOT coalesce({}, 0)", term.sql) } else { term.sql };
            self.and(&sql, term.params);
        }
    }

    /// The end of the statement: order and cut.
    pub(crate) fn finish(mut self, order: &str, filter: &Filter) -> Where {
        self.sql.push_str(" ORDER BY ");
        self.sql.push_str(order);
        if filter.limit.is_some() || filter.offset > 0 {
            self.sql.push_str(" LIMIT ? OFFSET ?");
            self.params.push(Value::Integer(filter.limit.map_or(-1, |n| i64::try_from(n).unwrap_or(i64::MAX))));
            self.params.push(Value::Integer(i64::try_from(filter.offset).unwrap_or(i64::MAX)));
        }
        self
    }
}

/// One condition; with `not`, what must not hold.
struct Term {
    not: bool,
    sql: String,
    params: Vec<Value>,
}

/// The words of one field: any of the plain ones, none of those with `!`. `test` has one `?`.
fn words(terms: &mut Vec<Term>, words: &[String], test: &str, form: fn(&str) -> String) {
    any_and_none(terms, words, |word| (test.to_owned(), vec![Value::Text(form(word))]));
}

/// The same, where `of` makes the test of a word with its parameters.
fn any_and_none(terms: &mut Vec<Term>, words: &[String], of: impl Fn(&str) -> (String, Vec<Value>)) {
    let (not, is): (Vec<&str>, Vec<&str>) = words.iter().map(String::as_str).partition(|word| word.starts_with('!'));
    if !is.is_empty() {
        let (sql, params): (Vec<String>, Vec<Vec<Value>>) = is.into_iter().map(&of).unzip();
        terms.push(Term { not: false, sql: format!("({})", sql.join(" OR ")), params: params.concat() });
    }
    for word in not {
        let (sql, params) = of(&word[1..]);
        terms.push(Term { not: true, sql: format!("({sql})"), params });
    }
}

fn one(terms: &mut Vec<Term>, sql: &str, params: Vec<Value>) {
    terms.push(Term { not: false, sql: sql.to_owned(), params });
}

/// The keys of places as one parameter.
fn listed(keys: &[&str]) -> Value {
    Value::Text(serde_json::json!(keys).to_string())
}

/// Terms about where rows of a table are. What is asked of a place that somebody said is another is asked of that one: rows
/// of its name fit by `test`, the others by what is written of them.
struct Seats<'a> {
    row: &'static str,
    spots: &'a Spots,
}

impl Seats<'_> {
    /// Of a term about what is written: the same where rows are.
    fn term(&self, sql: &str, mut params: Vec<Value>, test: impl Fn(&Seat<'_>) -> bool) -> (String, Vec<Value>) {
        let moved: Vec<&str> = self.spots.moved().collect();
        if moved.is_empty() {
            return (sql.to_owned(), params);
        }
        let placed = format!("{}.placed", self.row);
        params.splice(0..0, [listed(&moved), listed(&self.spots.passing(test))]);
        (format!("CASE WHEN {placed} IN (SELECT value FROM json_each(?)) THEN {placed} IN (SELECT value FROM json_each(?)) ELSE {sql} END"), params)
    }

    fn one(&self, terms: &mut Vec<Term>, sql: &str, params: Vec<Value>, test: impl Fn(&Seat<'_>) -> bool) {
        let (sql, params) = self.term(sql, params, test);
        terms.push(Term { not: false, sql, params });
    }

    /// As for [`words`], each with its own test.
    fn words(&self, terms: &mut Vec<Term>, asked: &[String], sql: &str, form: fn(&str) -> String, test: impl Fn(&Seat<'_>, &str) -> bool) {
        let of = |word: &str| {
            let word = form(word);
            self.term(sql, vec![Value::Text(word.clone())], |seat| test(seat, &word))
        };
        any_and_none(terms, asked, of);
    }

    /// The words of names, by every name that a place has.
    fn names(&self, terms: &mut Vec<Term>, asked: &[String], units: bool) {
        let row = self.row;
        let of = |word: &str| {
            let (word, own) = (fold(word), format!("instr({row}.place, ?) > 0"));
            let called = self.spots.called(&word);
            // Units are the place's own, what a claim prints is the claim's.
            let (own, mut params) = match units {
                true => self.term(&own, vec![Value::Text(word.clone())], |seat| seat.is_called(&word)),
                false => (own, vec![Value::Text(word)]),
            };
            if called.is_empty() {
                return (own, params);
            }
            params.push(listed(&called));
            (format!("({own} OR {row}.placed IN (SELECT value FROM json_each(?)))"), params)
        };
        any_and_none(terms, asked, of);
    }
}

/// What a filter says about reports, `r` in the statement.
fn report_terms(filter: &Filter) -> Vec<Term> {
    let mut terms = Vec::new();
    words(&mut terms, &filter.outlet, "instr(r.outlet_key, ?) > 0", fold);
    words(&mut terms, &filter.outlet_kind, "r.kind = ?", str::to_owned);
    words(&mut terms, &filter.language, "r.language = ?", str::to_owned);
    if let Some(copies) = filter.copies {
        one(&mut terms, if copies { "r.copy_of IS NOT NULL" } else { "r.copy_of IS NULL" }, vec![]);
    }
    terms
}

/// What a filter says about who claims what, `c` in the statement.
fn claim_terms(filter: &Filter) -> Vec<Term> {
    let mut terms = Vec::new();
    words(&mut terms, &filter.kind, "c.kind = ?", str::to_owned);
    words(&mut terms, &filter.speaker, "instr(c.speaker, ?) > 0", fold);
    words(&mut terms, &filter.speaker_kind, "c.speaker_kind = ?", str::to_owned);
    words(&mut terms, &filter.stance, "c.stance = ?", str::to_owned);
    words(&mut terms, &filter.scope, "c.scope = ?", str::to_owned);
    words(&mut terms, &filter.side, "instr(char(10) || c.side || char(10), ?) > 0", fold);
    if let Some(report) = &filter.report {
        one(&mut terms, "c.report = ?", vec![Value::Text(report.clone())]);
    }
    terms
}

/// Days that overlap the range asked for.
fn days(terms: &mut Vec<Term>, filter: &Filter, start: &str, end: &str) {
    if let Some(from) = filter.from {
        one(terms, &format!("{end} >= ?"), vec![Value::Text(from.to_string())]);
    }
    if let Some(to) = filter.to {
        one(terms, &format!("{start} <= ?"), vec![Value::Text(to.to_string())]);
    }
}

/// The moment up to which the ledger is read; without one, later than all.
pub(crate) fn until(filter: &Filter) -> Value {
    Value::Text(moment(filter.as_of))
}

pub(crate) fn moment(as_of: Option<Timestamp>) -> String {
    as_of.map_or_else(|| "9999-12-31T23:59:59.999999999Z".to_owned(), stamp)
}

/// What the newest decision `d` about a claim `c` says at a moment.
pub(crate) fn decided(what: &str, as_of: Option<Timestamp>) -> String {
    let until = moment(as_of);
    format!("(SELECT {what} FROM claim_decisions d WHERE d.claim = c.id AND d.recorded_at <= '{until}' ORDER BY d.seq DESC LIMIT 1)")
}

/// The condition that a row `c` of claims is in force at a moment: the one that a person has in hand, or else that of the
/// report's newest reading. A claim that a later reading makes of words of which a person decided a claim of the same
/// kind waits. The moment stands in the text, which is ours: nobody types it.
pub(crate) fn in_force(as_of: Option<Timestamp>) -> String {
    let until = moment(as_of);
    let decided = decided("CASE d.state WHEN 'left' THEN NULL WHEN 'rejected' THEN 0 ELSE d.version = c.seq END", as_of);
    format!(
        "coalesce({decided},
           c.reading = (SELECT max(x.seq) FROM readings x WHERE x.report = c.report AND x.event IS NULL AND x.recorded_at <= '{until}')
           AND NOT EXISTS (SELECT 1 FROM claim_decisions d JOIN claims o ON o.seq = d.origin
             WHERE d.report = c.report AND d.state <> 'left' AND o.id <> c.id AND o.kind = c.kind AND o.reading < c.reading
             AND o.byte_start < c.byte_end AND c.byte_start < o.byte_end
             AND coalesce(o.json ->> '$.in', '') = coalesce(c.json ->> '$.in', '')
             AND d.seq = (SELECT max(e.seq) FROM claim_decisions e WHERE e.claim = d.claim AND e.recorded_at <= '{until}')
             AND NOT EXISTS (SELECT 1 FROM claims s WHERE s.reading = c.reading AND s.id = o.id)))"
    )
}

fn known(terms: &mut Vec<Term>, filter: &Filter, row: &str) {
    if filter.as_of.is_some() {
        one(terms, &format!("{row}.recorded_at <= ?"), vec![until(filter)]);
    }
    if let Some(since) = filter.added_since {
        one(terms, &format!("{row}.recorded_at >= ?"), vec![Value::Text(stamp(since))]);
    }
}

/// Of `reports r`.
pub(crate) fn reports(filter: &Filter, places: &Places) -> Where {
    let mut terms = report_terms(filter);
    known(&mut terms, filter, "r");
    days(&mut terms, filter, "r.published_day", "r.published_day");
    if let Some(text) = &filter.text {
        let (sql, params) = find::in_report(text);
        one(&mut terms, &sql, params);
    }
    if let Some(report) = &filter.report {
        one(&mut terms, "r.id = ?", vec![Value::Text(report.clone())]);
    }
    // Reports of an incident, of a kind of speaker, about a country: by their claims.
    let mut about = claim_terms(&Filter { report: None, ..filter.clone() });
    about.append(&mut content_terms(filter, places));
    let claim = format!("r.id IN (SELECT c.report FROM claims c WHERE {}", in_force(filter.as_of));
    terms.append(&mut through(about, &claim));
    let mut clause = Where::default();
    clause.all(terms);
    let order = order(filter.sort, "r.seq", |key| match key {
        SortKey::Date => Some("r.published"),
        SortKey::Kind => Some("r.kind"),
        SortKey::Recorded => Some("r.recorded_at"),
        SortKey::Outlet => Some("r.outlet_key"),
        SortKey::Deaths | SortKey::Place => None,
    });
    clause.finish(&order, filter)
}

/// What a filter says about who, where and which incident, of `claims c`.
fn content_terms(filter: &Filter, places: &Places) -> Vec<Term> {
    let spots = places.spots();
    let seats = Seats { row: "c", spots: &spots };
    let mut terms = Vec::new();
    words(&mut terms, &filter.actor, "instr(char(10) || c.parties || char(10), ?) > 0", fold);
    seats.words(&mut terms, &filter.country, "c.country = ?", str::to_owned, |seat, word| seat.country == Some(word));
    seats.names(&mut terms, &filter.place, false);
    if let Some(incident) = &filter.incident {
        let sql = "c.id IN (SELECT ic.claim FROM incident_claims ic WHERE ic.version = (SELECT max(n.seq)
                   FROM incident_versions n WHERE n.id = ? AND n.recorded_at <= ?))";
        one(&mut terms, sql, vec![Value::Text(incident.clone()), until(filter)]);
    }
    terms
}

/// Of `claims c JOIN reports r JOIN readings g`.
pub(crate) fn claims(filter: &Filter, places: &Places) -> Where {
    let mut terms = report_terms(filter);
    terms.append(&mut claim_terms(filter));
    terms.append(&mut content_terms(filter, places));
    known(&mut terms, filter, "g");
    days(&mut terms, filter, "c.date_start", "c.date_end");
    if let Some(text) = &filter.text {
        let (sql, params) = find::in_quote(text);
        one(&mut terms, &sql, params);
    }
    if let Some(least) = filter.deaths_min {
        one(&mut terms, "c.kind = 'deaths' AND coalesce(c.count_high, 9e18) >= ?", vec![Value::Integer(clamp(least))]);
    }
    if let Some(most) = filter.deaths_max {
        one(&mut terms, "c.kind = 'deaths' AND coalesce(c.count_low, 0) <= ?", vec![Value::Integer(clamp(most))]);
    }
    let mut clause = Where::default();
    if filter.decision.is_empty() {
        clause.and(&in_force(filter.as_of), []);
    } else {
        // Rejected claims are shown to those who ask for them.
        clause.and(&format!("c.seq = {}", decided("d.version", filter.as_of)), []);
        words(&mut terms, &filter.decision, &format!("{} = ?", decided("d.state", filter.as_of)), str::to_owned);
    }
    if let Some(reviewed) = filter.reviewed {
        let by_person =
            format!("coalesce({} IN ('accepted', 'corrected', 'rejected'), 0) = {}", decided("d.state", filter.as_of), u8::from(reviewed));
        one(&mut terms, &by_person, vec![]);
    }
    clause.all(terms);
    let by_place = places.sorted("c");
    let order = order(filter.sort, "r.seq, c.position", |key| match key {
        SortKey::Date => Some("c.date_start"),
        SortKey::Deaths => Some("c.count_low"),
        SortKey::Place => Some(by_place.as_ref()),
        SortKey::Kind => Some("c.kind"),
        SortKey::Recorded => Some("g.recorded_at"),
        SortKey::Outlet => Some("r.outlet_key"),
    });
    clause.finish(&order, filter)
}

/// Whether the machine would have an incident otherwise than a person decided.
fn proposed_sql(as_of: Option<Timestamp>) -> String {
    let until = moment(as_of);
    format!(
        "coalesce((SELECT e.what = 'proposed' FROM events e WHERE e.subject = v.id AND e.what IN ('proposed', 'agreed')
           AND e.seq > v.event AND e.at <= '{until}' ORDER BY e.seq DESC LIMIT 1), 0)"
    )
}

/// Of `incident_versions v`: the newest of each id, unless that one took it back.
pub(crate) fn incidents(filter: &Filter, places: &Places) -> Where {
    let spots = places.spots();
    let seats = Seats { row: "v", spots: &spots };
    let mut terms = Vec::new();
    seats.words(&mut terms, &filter.country, "v.country = ?", str::to_owned, |seat, word| seat.country == Some(word));
    seats.words(&mut terms, &filter.admin1, "instr(v.admin1, ?) > 0", fold, |seat, word| seat.admin1.is_some_and(|unit| unit.contains(word)));
    seats.names(&mut terms, &filter.place, true);
    words(&mut terms, &filter.types, "v.kind = ?", str::to_owned);
    words(&mut terms, &filter.status, "v.status = ?", str::to_owned);
    words(&mut terms, &filter.over, "instr(v.disputed, ?) > 0", |word| format!(" {word} "));
    let party = "EXISTS (SELECT 1 FROM incident_parties p WHERE p.version = v.seq AND instr(char(10) || p.party || char(10), ?) > 0)";
    words(&mut terms, &filter.actor, party, fold);
    days(&mut terms, filter, "v.date_start", "v.date_end");
    if let Some(bbox @ [west, south, east, north]) = filter.bbox {
        let sides = if west <= east { "v.lon >= ? AND v.lon <= ?" } else { "(v.lon >= ? OR v.lon <= ?)" };
        let params = [west, east, south, north].map(Value::Real).to_vec();
        seats
            .one(&mut terms, &format!("({sides} AND v.lat >= ? AND v.lat <= ?)"), params, |seat| seat.point.is_some_and(|point| in_box(bbox, point)));
    }
    if let Some(near @ [lon, lat, far]) = filter.near {
        let [km_lat, km_lon] = degree_km(lat);
        let (north, east) = ("(v.lat - ?) * ?", "min(abs(v.lon - ?), 360.0 - abs(v.lon - ?)) * ?");
        let sql = format!("({north} * {north} + {east} * {east} <= ?)");
        let params = [lat, km_lat, lat, km_lat, lon, lon, km_lon, lon, lon, km_lon, far * far];
        seats.one(&mut terms, &sql, params.map(Value::Real).to_vec(), |seat| seat.point.is_some_and(|point| is_near(near, point)));
    }
    words(&mut terms, &filter.date_precision, "v.json ->> '$.date.precision' = ?", str::to_owned);
    if let Some(disputed) = filter.disputed {
        one(&mut terms, if disputed { "v.disputed <> ''" } else { "v.disputed = ''" }, vec![]);
    }
    if let Some(least) = filter.deaths_min {
        one(&mut terms, "v.deaths_best >= ?", vec![Value::Integer(clamp(least))]);
    }
    if let Some(most) = filter.deaths_max {
        one(&mut terms, "coalesce(v.deaths_best, 0) <= ?", vec![Value::Integer(clamp(most))]);
    }
    if let Some(reviewed) = filter.reviewed {
        one(&mut terms, if reviewed { "v.decided_by IS NOT NULL" } else { "v.decided_by IS NULL" }, vec![]);
    }
    if let Some(proposed) = filter.proposed {
        one(&mut terms, &format!("{} = {}", proposed_sql(filter.as_of), u8::from(proposed)), vec![]);
    }
    if let Some(incident) = &filter.incident {
        one(&mut terms, "v.id = ?", vec![Value::Text(incident.clone())]);
    }
    known(&mut terms, filter, "v");
    terms.append(&mut told_terms(filter));
    let mut clause = Where::default();
    clause.and(
        "v.state = 'current' AND v.seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = v.id AND n.recorded_at <= ?)",
        [until(filter)],
    );
    clause.all(terms);
    let sort = filter.sort.or(Some(Sort { key: SortKey::Date, descending: false }));
    let by_place = places.sorted("v");
    let order = order(sort, "v.id", |key| match key {
        SortKey::Date => Some("v.date_start"),
        SortKey::Deaths => Some("v.deaths_best"),
        SortKey::Place => Some(by_place.as_ref()),
        SortKey::Kind => Some("v.kind"),
        SortKey::Recorded => Some("v.recorded_at"),
        SortKey::Outlet => None,
    });
    clause.finish(&order, filter)
}

/// What a filter says about the reports and claims that tell of an incident, of `incident_versions v`.
fn told_terms(filter: &Filter) -> Vec<Term> {
    let (reports, claims) = (report_terms(filter), claim_terms(filter));
    // Reports are joined only when something is asked of them: who is quoted with what is known from an index of claims.
    let report = if reports.is_empty() && filter.text.is_none() { "" } else { "JOIN reports r ON r.id = c.report " };
    let mut told: Vec<Term> = reports.into_iter().chain(claims).collect();
    if let Some(text) = &filter.text {
        let (sql, params) = find::in_report(text);
        one(&mut told, &sql, params);
    }
    // Asked once for all incidents, not once for each.
    let claim = format!("v.seq IN (SELECT ic.version FROM claims c JOIN incident_claims ic ON ic.claim = c.id {report}WHERE 1");
    through(told, &claim)
}

/// Versions of incidents, in force or not, of which something is told that a filter asks for.
pub(crate) fn told(filter: &Filter) -> Where {
    let mut clause = Where::default();
    clause.all(told_terms(filter));
    clause
}

/// Terms about other rows: one that fulfils all of the plain ones exists, and none that fulfils a negated one. `rows` is
/// the beginning of `… IN (SELECT …`, to which conditions are added.
fn through(terms: Vec<Term>, rows: &str) -> Vec<Term> {
    let (not, is): (Vec<Term>, Vec<Term>) = terms.into_iter().partition(|term| term.not);
    let mut found = Vec::new();
    if !is.is_empty() {
        let sql: Vec<&str> = is.iter().map(|term| term.sql.as_str()).collect();
        let sql = format!("{rows} AND {})", sql.join(" AND "));
        found.push(Term { not: false, sql, params: is.into_iter().flat_map(|term| term.params).collect() });
    }
    for term in not {
        found.push(Term { not: true, sql: format!("{rows} AND {})", term.sql), params: term.params });
    }
    found
}

fn order<'c>(sort: Option<Sort>, arrival: &str, column: impl Fn(SortKey) -> Option<&'c str>) -> String {
    let first = sort.and_then(|sort| column(sort.key).map(|column| (column, sort.descending)));
    match first {
        Some((column, true)) => format!("{column} DESC NULLS LAST, {arrival}"),
        Some((column, false)) => format!("{column} ASC NULLS LAST, {arrival}"),
        None => arrival.to_owned(),
    }
}
