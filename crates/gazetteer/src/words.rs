//! Words that tell what stands around a name: what makes it a place, and what makes it a person or a body.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::fold::plain;

fn set(text: &'static str) -> HashSet<&'static str> {
    text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
}

/// Whether a folded word is an ordinary word as well as a place.
pub(crate) fn is_common(word: &str) -> bool {
    static WORDS: OnceLock<HashSet<&str>> = OnceLock::new();
    WORDS.get_or_init(|| set(include_str!("../../../data/gazetteer/common.txt"))).contains(word)
}

/// Whether a folded word is the name of a body, a firm, a movement.
pub(crate) fn is_body(word: &str) -> bool {
    static BODIES: OnceLock<HashSet<&str>> = OnceLock::new();
    BODIES.get_or_init(|| set(include_str!("../../../data/gazetteer/bodies.txt"))).contains(word)
}

/// Whether a folded word is a given name.
pub(crate) fn is_given(word: &str) -> bool {
    static NAMES: OnceLock<HashSet<&str>> = OnceLock::new();
    NAMES.get_or_init(|| set(include_str!("../../../data/gazetteer/given.txt"))).contains(word)
}

/// Folded words before a person's name.
pub(crate) const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "professor", "president", "presidente", "premier", "minister", "ministre", "senator", "sen", "rep", "gov", "governor", "gouverneur",
    "gen", "general", "col", "colonel", "lt", "lieutenant", "capt", "captain", "capitaine", "maj", "major", "sgt", "sergeant", "cpl", "corporal", "const", "constable",
    "judge", "justice", "sir", "lord", "lady", "dame", "king", "queen", "prince", "princess", "pope", "pape", "bishop", "archbishop", "father", "sister", "rev", "reverend",
    "pastor", "imam", "sheikh", "cheikh", "mullah", "ayatollah", "chancellor", "mayor", "maire", "sheriff", "deputy", "inspector", "superintendent", "chief", "commander",
    "commandant", "commissioner", "detective", "officer", "spokesman", "spokeswoman", "ambassador", "secretary", "attorney", "coach", "actor", "singer", "m", "mme", "mlle", "me",
    "madame", "monsieur", "senor", "don", "comandante", "el hadj", "elhadj", "alhaji", "alhaj", "staff", "marshal", "admiral", "brigadier", "trooper", "agent",
];

/// Folded words after a place that keep it a place: "Texas Gov.", "Kidal region".
pub(crate) const AFTER: &[&str] = &[
    "police", "mayor", "gov", "governor", "president", "premier", "prime", "minister", "senator", "sen", "rep", "state", "province", "region", "district", "county", "city",
    "town", "village", "governorate", "department", "division", "territory", "attorney", "supreme", "fire", "sheriff", "chief", "health", "republican", "democrat", "mp", "mps",
    "highway", "area", "valley", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "january", "february", "march", "april", "june", "july", "august", "september",
    "october", "november", "december", "army", "military", "government", "border", "co", "and", "et", "or", "to", "time", "airport", "international", "port", "ambassador", "foreign", "defense", "defence", "interior",
];

/// Folded words after a name that make the whole a body, a street or a building.
pub(crate) const BODIES: &[&str] = &[
    "university", "college", "school", "hospital", "church", "cathedral", "mosque", "temple", "street", "road", "avenue", "ave", "st", "rd", "drive", "lane", "boulevard", "square", "bridge",
    "park", "museum", "theatre", "theater", "stadium", "arena", "hotel", "bank", "club", "fc", "united", "rovers", "times", "post", "herald", "tribune", "news", "journal", "gazette", "star", "sun",
    "press", "daily", "mail", "express", "observer", "union", "association", "institute", "foundation", "company", "corporation", "corp", "inc", "ltd", "group", "party", "league", "cup", "open",
    "festival", "center", "centre", "house", "palace", "tower", "mall", "court", "airlines", "airways", "air", "agency", "council", "commission", "committee", "accord", "accords", "agreement", "treaty",
    "protocol", "declaration", "convention", "conference", "summit", "marathon", "saint", "oilers", "eskimos", "jets", "raptors", "leafs", "canucks", "flames", "stampeders", "cowboys", "rangers", "yankees",
    "lions", "tigers", "bears", "eagles", "rockets", "giants", "cartel", "brigade", "brigades", "front", "movement", "army", "resistance", "group", "close", "crescent", "gardens", "terrace", "place", "way", "plaza", "row",
    "hall", "library", "station", "cemetery", "castle", "farm", "inn", "club", "society", "trust", "fund", "media", "tv", "radio", "television", "network", "observatory", "clinic", "prison", "jail", "academy",
];

/// "University of X" and the like: folded words that with `of` make X part of a name.
pub(crate) const HEADS: &[&str] = &[
    "university", "universite", "universidad", "bank", "banque", "church", "bishop", "archbishop", "archdiocese", "diocese", "duke", "duchess", "earl", "college", "battle", "treaty", "cathedral", "school", "institute", "museum", "museo",
    "notre dame", "our lady", "order", "house", "sisters", "brothers", "hospital", "bay", "isle",
];

/// Folded words after which a place is likely, and how likely.
pub(crate) fn locative(word: &str) -> f32 {
    match word {
        "in" | "near" | "at" | "outside" | "dans" | "vers" | "around" | "across" | "towards" | "toward" | "inside" | "northern" | "southern" | "eastern" | "western" | "downtown"
        | "neighbouring" | "neighboring" | "central" | "northeastern" | "northwestern" | "southeastern" | "southwestern" | "en" | "between" | "entre" | "city" | "town" | "village" | "localite" | "ville" | "region" | "province" | "district" => 2.5,
        "a" | "au" | "from" | "to" | "through" | "via" | "depuis" | "over" => 1.5,
        "of" | "de" | "du" | "d" | "des" | "for" | "into" | "on" | "l" | "la" | "le" | "that" | "than" | "and" | "et" => 0.5,
        _ => 0.0,
    }
}

/// Lower-case words that may stand inside a place name.
pub(crate) fn is_link(word: &str) -> bool {
    matches!(
        word,
        "de" | "du" | "des" | "la" | "le" | "les" | "l" | "d" | "el" | "al" | "of" | "and" | "the" | "ez" | "es" | "e" | "i" | "y" | "da" | "do" | "dos" | "das" | "del"
            | "sur" | "sous" | "en" | "aux" | "bin" | "ibn" | "um" | "on" | "upon" | "am" | "an" | "der" | "di" | "as" | "ash" | "ad" | "ar" | "az" | "ul" | "wa" | "a" | "et" | "i-" | "los" | "las"
    )
}

/// Lower-case Arabic articles that open a name: "al-Fashir", "el-Geneina".
pub(crate) fn is_article(word: &str) -> bool {
    matches!(word, "al" | "el" | "ad" | "ar" | "as" | "ash" | "az" | "an" | "at" | "ech" | "es")
}

/// Whether a word says that the name beside it is a unit or settlement: "region", "town", "département".
pub(crate) fn is_class(word: &str) -> bool {
    matches!(
        plain(word).as_str(),
        "region" | "province" | "district" | "state" | "county" | "governorate" | "oblast" | "town" | "city" | "village" | "department" | "departement" | "prefecture" | "commune"
            | "cercle" | "territory" | "territoire" | "locality" | "area" | "division" | "municipality" | "airport" | "peninsula" | "province's" | "camp" | "border" | "island" | "suburb" | "neighborhood" | "neighbourhood"
    )
}
