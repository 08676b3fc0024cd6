//! Copies fold into their original ([`record::Repeats`]): their claims are counted with it and never as another voice.

use crate::fact::Fact;
use crate::kindred::{jaccard, words};

/// The claim of the original that a copy's claim repeats: of the same kind with the same or nearly the same words.
pub(crate) fn repeated<'f, 'a>(copy: &Fact, original: impl Iterator<Item = &'f Fact<'a>>) -> Option<&'f Fact<'a>>
where
    'a: 'f,
{
    let told = words(&copy.claim.quote.text);
    original
        .map(|f| {
            let kind = if f.claim.kind == copy.claim.kind { 0.3 } else { 0.0 };
            let same = if f.claim.quote.text == copy.claim.quote.text { 1.0 } else { jaccard(&told, &words(&f.claim.quote.text)) };
            (same + kind, f)
        })
        .filter(|(score, _)| *score >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.claim.id.cmp(&a.1.claim.id)))
        .map(|(_, f)| f)
}
