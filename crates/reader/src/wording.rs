//! What some words say by themselves: linear models over words, their beginnings and ends, and pairs of them, made by `training/reader/words.py`.

use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
    sync::LazyLock,
};

/// What the models' features hang on, read by `training/reader/words.py` too.
static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| toml::from_str(include_str!("../../../data/lexicon/wording.toml")).expect("a test reads the lexicon"));

#[derive(serde::Deserialize)]
struct Lexicon {
    links: BTreeSet<String>,
}

/// How likely words make each value of `T`.
pub(crate) struct Wording<T> {
    values: Vec<T>,
    bias: Vec<f32>,
    weights: BTreeMap<&'static str, Vec<f32>>,
}

impl<T: Copy + FromStr> Wording<T> {
    /// Reads a table: values in the first line, then a feature and its weight for each value; the feature without words is the bias.
    pub(crate) fn parse(table: &'static str) -> Option<Wording<T>> {
        let mut lines = table.lines();
        let values = lines.next()?.split('\t').skip(1).map(|value| value.parse().ok()).collect::<Option<Vec<T>>>()?;
        let mut weights = BTreeMap::new();
        for line in lines {
            let (feature, row) = line.split_once('\t')?;
            let row = row.split('\t').map(|w| w.parse().ok()).collect::<Option<Vec<f32>>>()?;
            (row.len() == values.len()).then(|| weights.insert(feature, row))?;
        }
        let bias = weights.remove("")?;
        Some(Wording { values, bias, weights })
    }

    /// Each value with the logarithm of its likelihood, up to one number that all share.
    pub(crate) fn weigh(&self, words: &str) -> Vec<(T, f32)> {
        let mut sums = self.bias.clone();
        for row in features(words_of(words).collect()).iter().filter_map(|f| self.weights.get(f.as_str())) {
            sums.iter_mut().zip(row).for_each(|(sum, w)| *sum += w);
        }
        self.values.iter().copied().zip(sums).collect()
    }

    /// The values that it tells apart.
    #[cfg(test)]
    pub(crate) fn values(&self) -> &[T] {
        &self.values
    }
}

/// Words without capitals, accents and marks.
fn words_of(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).map(gazetteer::plain).filter(|w| !w.is_empty())
}

/// Words, pairs of them, the first, the office (the word before what says whose or where), and how each begins and ends; sorted, each once.
fn features(words: Vec<String>) -> Vec<String> {
    let office = words.iter().skip(1).position(|word| LEXICON.links.contains(word)).map_or(words.len(), |at| at + 1);
    let mut features: Vec<String> = words.windows(2).map(|pair| pair.join(" ")).collect();
    features.extend(words.first().map(|first| format!("^ {first}")));
    features.extend(words[..office].last().map(|office| format!("{office} $")));
    features.extend(words.iter().flat_map(|word| parts(word)));
    features.extend(words);
    features.sort_unstable();
    features.dedup();
    features
}

/// The first five letters of a long word and the last four, which it shares with others of its family.
fn parts(word: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = word.chars().collect();
    let begin = (letters.len() > 5).then(|| letters[..5].iter().chain(&['-']).collect());
    let end = (letters.len() > 4).then(|| ['-'].iter().chain(&letters[letters.len() - 4..]).collect());
    begin.into_iter().chain(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_make_features() {
        let cases: [(&str, &[&str]); 3] = [
            ("Police", &["-lice", "^ police", "polic-", "police", "police $"]),
            ("le maire d'Oum", &["-aire", "^ le", "d", "d oum", "le", "le maire", "maire", "maire $", "maire d", "oum"]),
            ("", &[]),
        ];
        for (words, expected) in cases {
            assert_eq!(features(words_of(words).collect()), expected, "{words}");
        }
    }

    #[test]
    fn tables_that_are_cut_short_are_none() {
        let parse = Wording::<record::Victims>::parse;
        assert!(parse("\tpolice\tcivilian\n\t0\t0\nbaker\t-1\t1").is_some());
        for table in ["", "\tpolice\n", "\tpolice\tcivilian\n\t0\n", "\tbakers\n\t0\n", "\tpolice\n\tx\n"] {
            assert!(parse(table).is_none(), "{table:?}");
        }
        let model = parse("\tpolice\tcivilian\n\t0.5\t0\nbaker\t-1\t1").unwrap();
        assert_eq!(model.weigh("A baker"), [(record::Victims::Police, -0.5), (record::Victims::Civilian, 1.0)]);
    }
}
