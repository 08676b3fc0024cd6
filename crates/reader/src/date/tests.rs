//! What is covered, as tables: words, then the days they mean.

use jiff::civil::{Date, date};

use super::{Expr, find, resolve_words, resolve_words_in};

/// Tuesday 3 June 2025, with the report having spoken of Sunday 1 June.
const PUBLISHED: Date = date(2025, 6, 3);
const CONTEXT: Date = date(2025, 6, 1);

fn check(language: &str, cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(words, expected)| {
            let found = resolve_words_in(words, PUBLISHED, Some(CONTEXT), language);
            let found =
                found.map_or_else(|| "none".to_owned(), |(first, last)| if first == last { first.to_string() } else { format!("{first}..{last}") });
            (found != *expected).then(|| format!("{words}: expected {expected}, found {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn english_words() {
    check(
        "en",
        &[
            // weekdays
            ("on Sunday", "2025-06-01"),
            ("Sunday night", "2025-06-01"),
            ("early on Tuesday", "2025-06-03"),
            ("last Tuesday", "2025-05-27"),
            ("last Friday and Saturday", "2025-05-30..2025-05-31"),
            ("Friday to Sunday", "2025-05-30..2025-06-01"),
            ("next Sunday", "none"),
            // calendar days
            ("on Sunday, 1 June", "2025-06-01"),
            ("June 1", "2025-06-01"),
            ("5th May", "2025-05-05"),
            ("3 June 2024", "2024-06-03"),
            ("March 8, 2012", "2012-03-08"),
            ("3/6/2025", "2025-06-03"),
            ("22/12/2023", "2023-12-22"),
            ("11.11.2024", "2024-11-11"),
            ("2025-06-03", "2025-06-03"),
            ("the 2nd", "2025-06-02"),
            ("on 4 December last", "2024-12-04"),
            ("on 17 January last year", "2024-01-17"),
            ("29 February", "2024-02-29"),
            ("yesterday, 2 June", "2025-06-02"),
            ("Sunday (June 1) night", "2025-06-01"),
            // ranges
            ("the night of 2 to 3 June", "2025-06-02..2025-06-03"),
            ("from 1 to 7 May", "2025-05-01..2025-05-07"),
            ("12 and 13 May", "2025-05-12..2025-05-13"),
            ("May 4 and 5", "2025-05-04..2025-05-05"),
            ("on night 25/26 August 2024", "2024-08-25..2024-08-26"),
            ("from 1 March to 7 May", "2025-03-01..2025-05-07"),
            ("between 2014 and 2022", "2014-01-01..2022-12-31"),
            // around publication
            ("today", "2025-06-03"),
            ("this morning", "2025-06-03"),
            ("yesterday evening", "2025-06-02"),
            ("last night", "2025-06-02"),
            ("overnight", "2025-06-02..2025-06-03"),
            ("two days ago", "2025-06-01"),
            ("a month ago", "2025-05-03"),
            ("earlier this week", "2025-06-02..2025-06-03"),
            ("last week", "2025-05-26..2025-06-01"),
            ("over the weekend", "2025-05-31..2025-06-01"),
            ("last month", "2025-05-01..2025-05-31"),
            ("so far this year", "2025-01-01..2025-06-03"),
            ("last year", "2024-01-01..2024-12-31"),
            ("in the last 24 hours", "2025-06-02..2025-06-03"),
            ("over the past 5 days", "2025-05-29..2025-06-03"),
            ("in ten days", "2025-05-24..2025-06-03"),
            ("15 days", "2025-05-19..2025-06-03"),
            // months and years
            ("in May", "2025-05-01..2025-05-31"),
            ("in August", "2024-08-01..2024-08-31"),
            ("last March", "2025-03-01..2025-03-31"),
            ("early May", "2025-05-01..2025-05-10"),
            ("in late March", "2025-03-21..2025-03-31"),
            ("in March 2012", "2012-03-01..2012-03-31"),
            ("in 2012", "2012-01-01..2012-12-31"),
            ("in the early 1980s", "1980-01-01..1983-12-31"),
            ("during the first four months of 2016", "2016-01-01..2016-04-30"),
            ("since Friday", "2025-05-30..2025-06-03"),
            ("since last February", "2025-02-01..2025-06-03"),
            ("so far in May", "2025-05-01..2025-06-03"),
            // what hangs on the event spoken of
            ("the same day", "2025-06-01"),
            ("the previous day", "2025-05-31"),
            ("the following day", "2025-06-02"),
            ("three days earlier", "2025-05-29"),
            ("two days later", "2025-06-03"),
            ("around 5 pm", "2025-06-01"),
            // no dates
            ("the soldiers may march", "none"),
            ("", "none"),
        ],
    );
}

#[test]
fn french_words() {
    check(
        "fr",
        &[
            ("mardi", "2025-06-03"),
            ("dimanche dernier", "2025-06-01"),
            ("ce dimanche 1er juin", "2025-06-01"),
            ("vendredi 3 mai 2024", "2024-05-03"),
            ("dans la nuit de samedi à dimanche", "2025-05-31..2025-06-01"),
            ("Dans la nuit du 4 au 5 mai 2021", "2021-05-04..2021-05-05"),
            ("du 23 au 31 mars 2022", "2022-03-23..2022-03-31"),
            ("Entre le 8 et le 17 mai", "2025-05-08..2025-05-17"),
            ("hier", "2025-06-02"),
            ("avant-hier", "2025-06-01"),
            ("la veille", "2025-05-31"),
            ("le lendemain", "2025-06-02"),
            ("le même jour", "2025-06-01"),
            ("la nuit précédente", "2025-05-31"),
            ("vers 5 heures du matin", "2025-06-01"),
            ("depuis la mi-mars", "2025-03-15..2025-06-03"),
            ("début mai", "2025-05-01..2025-05-10"),
            ("fin mai", "2025-05-21..2025-05-31"),
            ("il y a trois jours", "2025-05-31"),
            ("la semaine dernière", "2025-05-26..2025-06-01"),
            ("en mai", "2025-05-01..2025-05-31"),
            ("En juin dernier", "2024-06-01..2024-06-30"),
            ("le 2", "2025-06-02"),
            ("depuis le début de l'année", "2025-01-01..2025-06-03"),
            ("L'an dernier", "2024-01-01..2024-12-31"),
        ],
    );
}

#[test]
fn without_a_context_only_what_looks_back_resolves() {
    assert_eq!(resolve_words("two days earlier", PUBLISHED, "en"), Some((date(2025, 6, 1), date(2025, 6, 1))));
    assert_eq!(resolve_words("the following day", PUBLISHED, "en"), None);
    assert_eq!(resolve_words("around midnight", PUBLISHED, "en"), None);
}

#[test]
fn mentions_keep_their_words() {
    let text = "In the early hours of Sunday, gunmen attacked Konna, two days after a raid on 28 May; the last attack was in 2012.";
    let found: Vec<&str> = find(text, "en").iter().map(|mention| mention.span.slice(text)).collect();
    assert_eq!(found, ["In the early hours of Sunday", "two days after", "on 28 May", "in 2012"]);
    assert!(matches!(find("0600 GMT", "en")[0].expr, Expr::Clock));
    assert!(matches!(find("exploded at 1230 (1830 GMT", "en")[0].expr, Expr::Clock), "cut before its bracket");
}
