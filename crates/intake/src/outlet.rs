//! What sort of outlet a name is, from clear signs only.

use record::ReportKind;

/// Signs in an outlet's name, most telling first; each is looked for as whole words in lower case.
const SIGNS: &[(ReportKind, &[&str])] = &[
    (
        ReportKind::Un,
        &[
            "united nations",
            "nations unies",
            "naciones unidas",
            "un",
            "onu",
            "ocha",
            "unhcr",
            "unicef",
            "ohchr",
            "monusco",
            "minusma",
            "minusca",
            "unmiss",
            "unifil",
            "unama",
            "unami",
            "amisom",
            "unsmil",
            "iom",
            "oim",
            "wfp",
            "reliefweb",
            "security council",
            "conseil de sécurité",
        ],
    ),
    (
        ReportKind::Communique,
        &[
            "ministry",
            "ministère",
            "ministerio",
            "ministério",
            "army",
            "armée",
            "ejército",
            "armed forces",
            "forces armées",
            "fuerzas armadas",
            "defence forces",
            "defense forces",
            "general staff",
            "état-major",
            "presidency",
            "présidence",
            "presidencia",
            "prime minister",
            "police",
            "gendarmerie",
            "navy",
            "air force",
            "government",
            "gouvernement",
            "gobierno",
            "governorate",
            "embassy",
            "ambassade",
            "pentagon",
            "centcom",
            "africom",
        ],
    ),
    (
        ReportKind::Ngo,
        &[
            "amnesty",
            "human rights watch",
            "médecins sans frontières",
            "msf",
            "red cross",
            "croix-rouge",
            "red crescent",
            "croissant-rouge",
            "icrc",
            "cicr",
            "save the children",
            "observatory for human rights",
            "oxfam",
        ],
    ),
    (ReportKind::Analysis, &["acled", "ucdp", "crisis group", "institute", "institut", "research", "long war journal"]),
    (
        ReportKind::Broadcast,
        &["radio", "tv", "television", "télévision", "televisión", "fm", "broadcasting", "bbc", "rfi", "cnn", "al jazeera", "dw"],
    ),
    (
        ReportKind::Wire,
        &["news agency", "agence", "agencia", "agência", "afp", "reuters", "associated press", "ap", "xinhua", "tass", "efe", "anadolu", "wire"],
    ),
    (ReportKind::Social, &["twitter", "facebook", "telegram", "x.com", "instagram", "tiktok", "whatsapp", "youtube"]),
];

/// The kind of outlet that a name clearly shows; `None` when it shows nothing.
///
/// ```
/// # use intake::kind_of;
/// assert_eq!(kind_of("Ministère de la Défense"), Some(record::ReportKind::Communique));
/// assert_eq!(kind_of("The Daily Ledger"), None);
/// ```
pub fn kind_of(outlet: &str) -> Option<ReportKind> {
    let name = outlet.to_lowercase();
    // "Army Times" and "Police Gazette" are papers about the army, not the army.
    let paper = ["times", "gazette", "post", "news", "daily", "herald", "tribune", "journal", "weekly", "magazine"];
    let is_paper = paper.iter().any(|word| has_word(&name, word));
    SIGNS
        .iter()
        .filter(|(kind, _)| !(is_paper && *kind == ReportKind::Communique))
        // "UN" is a body, "Un" an article.
        .find(|(_, signs)| signs.iter().any(|sign| has_word(&name, sign) && (*sign != "un" || has_word(outlet, "UN"))))
        .map(|(kind, _)| *kind)
}

/// Whether `word` stands in `text` with no letter or digit on either side.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clear_signs_only() {
        let cases = [
            ("Ministry of Defence", Some(ReportKind::Communique)),
            ("Northland Armed Forces", Some(ReportKind::Communique)),
            ("OCHA", Some(ReportKind::Un)),
            ("UN News", Some(ReportKind::Un)),
            ("Un jour au Nord", None),
            ("MONUSCO", Some(ReportKind::Un)),
            ("Radio Oum", Some(ReportKind::Broadcast)),
            ("Agence Nord", Some(ReportKind::Wire)),
            ("Army Times", None),
            ("The Sunday Lantern", None),
            ("Reunion Herald", None),
            ("", None),
        ];
        for (outlet, kind) in cases {
            assert_eq!(kind_of(outlet), kind, "{outlet}");
        }
    }
}
