//! What is covered, as tables: words, low, high (`-` is open).

use super::{Form, Role, find, in_quote, parse};
use record::Kind;

fn shown(low: Option<u64>, high: Option<u64>) -> String {
    let side = |n: Option<u64>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
    format!("{}/{}", side(low), side(high))
}

fn check(language: &str, cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(words, expected)| {
            let found =
                parse(words, language).map_or_else(|| "none".to_owned(), |count| shown(count.low, count.high) + if count.approx { "~" } else { "" });
            (found != *expected).then(|| format!("{words}: expected {expected}, found {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn english_phrases() {
    check(
        "en",
        &[
            // numbers
            ("14", "14/14"),
            ("twenty-two", "22/22"),
            ("one hundred and six", "106/106"),
            ("A hundred and forty-five", "145/145"),
            ("seven hundred", "700/700"),
            ("two thousand five hundred", "2500/2500"),
            ("1,200", "1200/1200"),
            ("1 200", "1200/1200"),
            ("1.200", "1200/1200"),
            ("12,34,567", "1234567/1234567"),
            ("2.5 million", "2500000/2500000"),
            ("more than 0.6 lakh", "60001/-"),
            ("thirty-four (34)", "34/34"),
            ("the 12", "12/12"),
            ("another 5", "5/5"),
            ("all three", "3/3"),
            // bounds
            ("more than 30", "31/-"),
            ("over sixty", "61/-"),
            ("past fifty", "51/-"),
            ("upwards of 400", "401/-"),
            ("more than 12 million", "12000001/-"),
            ("more than a dozen", "13/-"),
            ("at least twenty-two", "22/-"),
            ("no fewer than 287", "287/-"),
            ("a minimum of 35", "35/-"),
            ("Sixty or more", "60/-"),
            ("100+", "100/-"),
            ("Eighteen people at least", "18/-"),
            ("up to 15", "1/15"),
            ("as many as 12", "1/12"),
            ("fewer than ten", "1/9"),
            ("some 40", "40/40~"),
            ("close to 60", "60/60~"),
            ("nearly 3,100", "3100/3100~"),
            ("seventy or so", "70/70~"),
            ("hundred-odd", "100/100~"),
            ("forty-something", "40/49"),
            ("about a dozen", "12/12~"),
            // ranges
            ("between 20 and 25", "20/25"),
            ("16 to 25", "16/25"),
            ("20-25", "20/25"),
            ("two or three", "2/3"),
            ("two or three hundred", "200/300"),
            ("three to four dozen", "36/48"),
            // words worth a number
            ("dozens", "24/-"),
            ("several dozen", "24/-"),
            ("two dozen", "24/24"),
            ("half a dozen", "6/6~"),
            ("a dozen", "12/12"),
            ("scores", "40/-"),
            ("hundreds", "200/-"),
            ("tens of thousands", "20000/-"),
            ("several", "2/-"),
            ("a number of", "2/-"),
            ("both", "2/2"),
            ("a couple", "2/2"),
            // none
            ("no losses", "0/0"),
            ("none", "0/0"),
            ("not a single person", "0/0"),
            // one and several
            ("a soldier", "1/1"),
            ("a mother of three", "1/1"),
            ("a 63-year-old mechanic", "1/1"),
            ("his son", "1/1"),
            ("him", "1/1"),
            ("a police constable", "1/1"),
            ("soldiers", "2/-"),
            ("the bodies", "2/-"),
            ("women and small children", "2/-"),
            ("farmer Anil Vemor", "1/1"),
            // lists
            ("three women and two children", "5/5"),
            ("an army major and three other soldiers", "4/4"),
            ("a nurse, two drivers, and a village guard leader", "4/4"),
            ("Anil Vemor, Tarek Sollan and Idris Sollan", "3/3"),
            ("Lena Orvato, a 31-year-old clerk", "1/1"),
            ("two braves, a major and a lieutenant", "2/2"),
            // the how-manieth
            ("a nineteenth victim", "19/19"),
            ("21st", "21/21"),
            ("a third", "1/1"),
            ("the ninth", "1/1"),
            // nothing, and too much
            ("", "none"),
            ("…", "none"),
            ("99999999999999999999999999", "18446744073709551615/18446744073709551615"),
        ],
    );
}

#[test]
fn french_phrases() {
    check(
        "fr",
        &[
            ("dix-neuf", "19/19"),
            ("vingt et un", "21/21"),
            ("soixante et onze", "71/71"),
            ("soixante-dix-sept", "77/77"),
            ("quatre-vingts", "80/80"),
            ("quatre-vingt-dix-sept", "97/97"),
            ("deux cent six", "206/206"),
            ("mille deux cents", "1200/1200"),
            ("60\u{a0}000", "60000/60000"),
            ("Plus de 1,4 million", "1400001/-"),
            ("au moins vingt", "20/-"),
            ("plus d'une centaine", "101/-"),
            ("dépasse la centaine", "101/-"),
            ("moins de dix", "1/9"),
            ("jusqu’à 15", "1/15"),
            ("une trentaine", "30/30~"),
            ("quelque 40", "40/40~"),
            ("près de trois cents", "300/300~"),
            ("un millier", "1000/1000~"),
            ("entre 15 et 20", "15/20"),
            ("deux ou trois", "2/3"),
            ("des dizaines", "20/-"),
            ("plusieurs centaines", "200/-"),
            ("des dizaines de milliers", "20000/-"),
            ("de nombreux", "2/-"),
            ("aucun", "0/0"),
            ("un", "1/1"),
            ("un soldat", "1/1"),
            ("Ma voisine", "1/1"),
            ("soldats", "2/-"),
            ("des enfants", "2/-"),
            ("trois femmes et deux enfants", "5/5"),
            ("une quinzième", "15/15"),
        ],
    );
}

#[test]
fn numbers_that_count_nothing() {
    let cases = [
        ("on 3 June", "3", Role::Date),
        ("since 2015", "2015", Role::Date),
        ("for two days", "two", Role::Duration),
        ("at 0600", "0600", Role::Time),
        ("at 5.30 pm", "5.30", Role::Time),
        ("a 26-year-old man", "26", Role::Age),
        ("a girl of seven died", "seven", Role::Age),
        ("Tarek Sollan (41)", "41", Role::Age),
        ("20 km away", "20", Role::Measure),
        ("150 pounds of explosives", "150", Role::Measure),
        ("30 percent", "30", Role::Percent),
        ("20 million rupees", "20 million", Role::Money),
        ("the 32nd division", "the 32nd", Role::Label),
        ("an AK-47", "47", Role::Label),
        ("a 7.62mm round", "7.62", Role::Measure),
        ("since 9/11", "9", Role::Label),
        ("a three-storey house", "three", Role::Label),
        ("won 3-1", "3", Role::Label),
        ("School No. 15", "15", Role::Label),
    ];
    for (text, words, role) in cases {
        let found = find(text, "en");
        let hit = found.iter().find(|found| found.span.slice(text) == words);
        assert_eq!(hit.map(|found| found.role), Some(role), "{text}: {found:?}");
    }
}

#[test]
fn running_text_gives_words_and_nouns() {
    let text = "At least 12 soldiers and a nurse were killed in two attacks; gunmen took dozens of hostages.";
    let found: Vec<_> = find(text, "en")
        .into_iter()
        .map(|found| (found.span.slice(text).to_owned(), found.form, found.noun.map(|(span, _)| span.slice(text))))
        .collect();
    let expected = [
        ("At least 12", Form::Number, Some("soldiers")),
        ("a", Form::Article, Some("nurse")),
        ("two", Form::Number, Some("attacks")),
        ("gunmen", Form::Plural, Some("gunmen")),
        ("dozens", Form::Vague, Some("hostages")),
    ];
    assert_eq!(found, expected.map(|(words, form, noun)| (words.to_owned(), form, noun)));
}

#[test]
fn a_quote_gives_the_count_of_its_kind() {
    use Kind::*;
    let cases = [
        ("en", Deaths, "killed 12 and wounded 20", "12/12"),
        ("en", Injuries, "killed 12 and wounded 20", "20/20"),
        ("en", Injuries, "12 dead, at least 20 hurt", "20/-"),
        ("en", Deaths, "the bomb killed more than 60 in two attacks", "61/-"),
        ("en", Deaths, "Seventeen of our men, including four officers, were killed", "17/17"),
        ("en", Deaths, "ten people, half of them women, were killed", "10/10"),
        ("en", Deaths, "the toll has risen from 31 to 34", "34/34"),
        ("en", Deaths, "137, and not 287, were killed", "137/137"),
        ("en", Deaths, "a woman and her son were killed", "2/2"),
        ("en", Deaths, "a policeman was killed by three gunmen", "1/1"),
        ("en", Deaths, "gunmen shot dead a teacher", "1/1"),
        ("en", Deaths, "soldiers were killed", "2/-"),
        ("en", Deaths, "unidentified men killed him", "1/1"),
        ("en", Deaths, "John Smith was killed", "1/1"),
        ("en", Deaths, "there were no casualties", "0/0"),
        ("en", Deaths, "the massacre in the village", "none"),
        ("en", Abduction, "15 gunmen abducted the mayor", "1/1"),
        ("en", Materiel, "one AK 47 rifle was recovered", "1/1"),
        ("en", Destruction, "two cars and a bus were burned", "3/3"),
        ("en", Explosion, "two blasts killed 12", "2/2"),
        ("en", Explosion, "a car bomb exploded", "none"),
        ("en", Attack, "20 gunmen attacked", "none"),
        ("fr", Deaths, "douze morts et une vingtaine de blessés", "12/12"),
        ("fr", Injuries, "douze morts et une vingtaine de blessés", "20/20"),
        ("fr", Deaths, "dix membres d'une famille tués", "10/10"),
        ("fr", Deaths, "Un policier abattu", "1/1"),
    ];
    for (language, kind, quote, expected) in cases {
        let found = in_quote(quote, kind, language).map_or_else(|| "none".to_owned(), |count| shown(count.low, count.high));
        assert_eq!(found, expected, "{kind}: {quote}");
    }
}
