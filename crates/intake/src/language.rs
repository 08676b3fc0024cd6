//! Which language a text is in: function words first, then letter statistics.

use whatlang::{Detector, Lang, Script};

/// Function words by language: frequent, short, and mostly the language's own. Whole reports hold dozens of them.
const WORDS: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            "the", "of", "and", "to", "was", "were", "that", "said", "by", "with", "from", "have", "had", "has", "at", "on", "is", "killed", "in",
            "an",
        ],
    ),
    (
        "fr",
        &[
            "le", "la", "les", "des", "du", "et", "dans", "une", "un", "est", "ont", "par", "sur", "au", "aux", "qui", "été", "selon", "pour", "en",
            "à", "avec", "l", "d",
        ],
    ),
    (
        "es",
        &["el", "los", "las", "del", "y", "una", "en", "por", "con", "que", "fue", "según", "al", "la", "se", "su", "para", "un", "fueron", "más"],
    ),
    (
        "pt",
        &[
            "o", "os", "as", "do", "da", "dos", "das", "e", "uma", "em", "por", "com", "que", "foi", "no", "na", "não", "um", "foram", "ao", "pela",
            "mais",
        ],
    ),
    (
        "de",
        &[
            "der", "die", "das", "und", "von", "dem", "den", "ein", "eine", "wurde", "wurden", "mit", "auf", "nach", "sich", "ist", "bei", "im",
            "nicht", "am",
        ],
    ),
    (
        "it",
        &[
            "il", "gli", "della", "dei", "di", "e", "una", "che", "per", "con", "sono", "nel", "è", "stato", "stati", "dal", "alla", "non", "le",
            "secondo",
        ],
    ),
    (
        "sw",
        &[
            "wa", "ya", "na", "kwa", "katika", "za", "ni", "la", "cha", "kuwa", "huo", "hiyo", "watu", "alisema", "wamesema", "baada", "hao",
            "waliuawa", "vya", "eneo",
        ],
    ),
    (
        "so",
        &[
            "iyo",
            "ka",
            "oo",
            "ku",
            "ee",
            "ayaa",
            "lagu",
            "waxaa",
            "ayay",
            "inay",
            "kale",
            "dhanka",
            "waxay",
            "uu",
            "la",
            "u",
            "inuu",
            "ciidamada",
            "weerar",
            "dad",
        ],
    ),
    (
        "tr",
        &[
            "ve",
            "bir",
            "bu",
            "da",
            "de",
            "için",
            "ile",
            "olarak",
            "olduğu",
            "en",
            "kişi",
            "sonra",
            "tarafından",
            "çok",
            "göre",
            "öldü",
            "ise",
            "olan",
        ],
    ),
    (
        "id",
        &[
            "yang", "di", "dan", "dengan", "untuk", "pada", "dari", "ini", "itu", "oleh", "dalam", "orang", "tidak", "akan", "telah", "para",
            "tewas", "ke",
        ],
    ),
    (
        "nl",
        &["de", "het", "een", "van", "en", "zijn", "op", "bij", "met", "voor", "door", "werden", "niet", "dat", "volgens", "werd", "te", "er", "die"],
    ),
    ("ha", &["da", "na", "ta", "ya", "cewa", "wani", "sun", "kuma", "aka", "wannan", "mutane", "ba", "ce", "suka", "sojoji", "harin", "yan", "su"]),
];

/// What a few words in Latin letters are taken for when nothing better is known.
const USUAL: [Lang; 4] = [Lang::Eng, Lang::Fra, Lang::Spa, Lang::Por];

/// How many words are looked at; more does not change the answer.
const WORDS_READ: usize = 400;

/// The ISO 639-1 code of a text's language, `und` when it has too few letters to tell.
///
/// ```
/// # use intake::language;
/// assert_eq!(language("Des hommes armés ont tué cinq personnes dans un village du nord, selon un élu."), "fr");
/// ```
pub fn language(text: &str) -> String {
    guess(text).map_or_else(|| "und".to_owned(), |(code, _)| code.to_owned())
}

/// The code, and whether the guess is safe enough to overrule what a page says about itself.
pub(crate) fn guess(text: &str) -> Option<(&'static str, bool)> {
    let mut end = text.len().min(6000);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    let script = whatlang::detect_script(text)?;
    match script {
        Script::Ethiopic => return Some(("am", true)),
        Script::Latin => {}
        _ => return whatlang::detect(text).map(|info| (code(info.lang()), info.is_reliable())),
    }
    let mut scores = [0usize; WORDS.len()];
    let mut read = 0;
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).take(WORDS_READ) {
        read += 1;
        let word = word.to_lowercase();
        for (score, (_, words)) in scores.iter_mut().zip(WORDS) {
            *score += usize::from(words.contains(&word.as_str()));
        }
    }
    let best = (0..WORDS.len()).max_by_key(|&i| (scores[i], WORDS.len() - i))?;
    let second = (0..WORDS.len()).filter(|&i| i != best).map(|i| scores[i]).max().unwrap_or(0);
    // A text in one of the languages above has a tenth or more of its words in the list; one in another has few.
    let clear = scores[best] >= 3 && scores[best] * 10 >= read && scores[best] * 2 >= second * 3;
    if clear {
        return Some((WORDS[best].0, read >= 30));
    }
    match whatlang::detect(text) {
        Some(info) if info.is_reliable() => Some((code(info.lang()), read >= 30)),
        _ if scores[best] > second => Some((WORDS[best].0, false)),
        // A few words in Latin letters: better one of the languages that reports are mostly in than a rare one.
        _ => Detector::with_allowlist(USUAL.to_vec()).detect_lang(text).map(|lang| (code(lang), false)),
    }
}

/// ISO 639-1.
fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Deu => "de",
        Lang::Ita => "it",
        Lang::Ara => "ar",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Pes => "fa",
        Lang::Tur => "tr",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Urd => "ur",
        Lang::Ben => "bn",
        Lang::Mya => "my",
        Lang::Tha => "th",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Amh => "am",
        Lang::Ind => "id",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Ron => "ro",
        Lang::Bel => "be",
        Lang::Bul => "bg",
        Lang::Srp => "sr",
        Lang::Hrv => "hr",
        Lang::Ces => "cs",
        Lang::Ell => "el",
        Lang::Hun => "hu",
        Lang::Vie => "vi",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "nb",
        Lang::Fin => "fi",
        Lang::Aze => "az",
        Lang::Uzb => "uz",
        Lang::Kat => "ka",
        Lang::Hye => "hy",
        Lang::Tam => "ta",
        Lang::Nep => "ne",
        Lang::Sin => "si",
        Lang::Khm => "km",
        Lang::Tgl => "tl",
        Lang::Jav => "jv",
        Lang::Cat => "ca",
        Lang::Tel => "te",
        Lang::Mar => "mr",
        Lang::Guj => "gu",
        Lang::Pan => "pa",
        Lang::Yid => "yi",
        Lang::Epo => "eo",
        Lang::Kan => "kn",
        Lang::Slv => "sl",
        Lang::Mkd => "mk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Tuk => "tk",
        Lang::Aka => "ak",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Slk => "sk",
        Lang::Cym => "cy",
    }
}

/// Whether a safe guess may overrule a declared code: only where the language declared would have been known. A page in
/// Tigrinya, Kazakh or Sorani is otherwise taken for the nearest language that is; English and French are never it.
pub(crate) fn may_overrule(guess: &str, declared: &str) -> bool {
    matches!(guess, "en" | "fr") || WORDS.iter().any(|(code, _)| *code == declared) || Lang::all().iter().any(|lang| code(*lang) == declared)
}

/// A declared code brought to its first part in lower case: `fr-CM` is `fr`, `FRA` is `fr`; `None` for anything else.
pub(crate) fn declared(text: &str) -> Option<String> {
    let first: String = text.trim().split(['-', '_']).next()?.to_lowercase();
    match first.as_str() {
        "english" | "anglais" => Some("en".to_owned()),
        "french" | "français" | "francais" => Some("fr".to_owned()),
        "spanish" | "español" => Some("es".to_owned()),
        "portuguese" | "português" => Some("pt".to_owned()),
        "arabic" | "العربية" => Some("ar".to_owned()),
        "russian" | "русский" => Some("ru".to_owned()),
        "swahili" | "kiswahili" => Some("sw".to_owned()),
        short if short.len() == 2 && short.bytes().all(|b| b.is_ascii_lowercase()) => Some(first),
        long if long.len() == 3 => Lang::from_code(long).map(|lang| code(lang).to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        let cases = [
            ("en", "Gunmen killed at least five people in a village in the north on Monday, residents and an official said."),
            ("fr", "Des hommes armés ont tué au moins cinq personnes lundi dans un village du nord, selon des habitants."),
            ("es", "Hombres armados mataron al menos a cinco personas el lunes en una aldea del norte, según los vecinos."),
            ("pt", "Homens armados mataram pelo menos cinco pessoas na segunda-feira em uma aldeia do norte, disseram moradores."),
            ("de", "Bewaffnete haben am Montag in einem Dorf im Norden mindestens fünf Menschen getötet, wie Anwohner sagten."),
            ("sw", "Watu wenye silaha waliwaua watu watano katika kijiji cha kaskazini siku ya Jumatatu, wakazi wa eneo hilo wamesema."),
            ("ar", "قتل مسلحون خمسة أشخاص على الأقل في قرية شمال البلاد يوم الاثنين بحسب سكان"),
            ("ru", "Вооруженные люди убили в понедельник не менее пяти человек в деревне на севере страны, сообщили жители."),
            ("uk", "Озброєні люди вбили у понеділок щонайменше п'ятьох осіб у селі на півночі країни, повідомили мешканці."),
            ("am", "ታጣቂዎች ሰኞ ዕለት በሰሜን በሚገኝ መንደር ቢያንስ አምስት ሰዎችን ገደሉ"),
        ];
        for (expected, text) in cases {
            assert_eq!(language(text), expected, "{text}");
        }
        assert_eq!(language("12 345"), "und");
    }

    #[test]
    fn codes_are_two_letters() {
        for lang in Lang::all() {
            assert_eq!(code(*lang).len(), 2, "{lang:?}");
        }
    }

    #[test]
    fn unknown_languages_are_believed() {
        for (guess, declared, expected) in [("am", "ti", false), ("ru", "kk", false), ("am", "en", true), ("en", "ny", true), ("sw", "en", true)] {
            assert_eq!(may_overrule(guess, declared), expected, "{guess} for {declared}");
        }
    }

    #[test]
    fn declarations() {
        for (given, expected) in [("fr-CM", Some("fr")), ("EN_gb", Some("en")), ("fra", Some("fr")), ("x", None), ("", None)] {
            assert_eq!(declared(given).as_deref(), expected, "{given}");
        }
    }
}
