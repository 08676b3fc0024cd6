//! Parties under their usual names: in what is asked for, counted and shown.

use std::collections::BTreeSet;

use record::{Claim, Incident};
use rusqlite::types::Value;

use crate::filter::Filter;
use crate::names::Names;
use crate::text::{fold, whole};

impl Names {
    /// A filter that asks for an actor under all of its names.
    pub(crate) fn widen(&self, filter: &Filter) -> Filter {
        Filter { actor: self.every_name(&filter.actor), side: self.every_name(&filter.side), ..filter.clone() }
    }

    /// The words of a field, and the other names of the actors that they are part of the name of. Those are asked for whole:
    /// in part, they may be part of somebody else's.
    fn every_name(&self, words: &[String]) -> Vec<String> {
        let mut found = words.to_vec();
        for asked in words {
            let (not, word) = asked.strip_prefix('!').map_or(("", asked.as_str()), |word| ("!", word));
            let word = fold(word);
            let named = |name: &str| whole(&fold(name)).contains(&word);
            let usual: BTreeSet<&str> = self
                .all()
                .filter(|(_, alias)| named(&alias.name) || named(self.usual(&alias.name)))
                .map(|(_, alias)| self.usual(&alias.name))
                .collect();
            for usual in usual {
                found.extend(self.every(usual).into_iter().filter(|name| !named(name)).map(|name| format!("{not}{}", whole(name))));
            }
        }
        found
    }

    /// SQL that makes an actor's folded usual name of a column of folded names.
    pub(crate) fn folded(&self, column: &str) -> (String, Vec<Value>) {
        if self.is_empty() {
            return (column.to_owned(), vec![]);
        }
        let cases = " WHEN ? THEN ?".repeat(self.all().count());
        let params = self.all().flat_map(|(name, alias)| [name.to_owned(), fold(self.usual(&alias.name))].map(Value::Text));
        (format!("CASE {column}{cases} ELSE {column} END"), params.collect())
    }

    /// Puts usual names into an incident. Parties that become one are one, with the first's part in it.
    pub(crate) fn name_parties(&self, incident: &mut Incident) {
        if self.is_empty() {
            return;
        }
        let mut seen = BTreeSet::new();
        for party in &mut incident.parties {
            self.name(&mut party.name);
        }
        incident.parties.retain(|party| seen.insert(fold(&party.name)));
        for tolls in incident.tolls_mut() {
            tolls.iter_mut().for_each(|toll| self.name(&mut toll.side));
        }
    }

    /// Puts usual names into a claim; what is printed stays as printed.
    pub(crate) fn name_speech(&self, claim: &mut Claim) {
        if self.is_empty() {
            return;
        }
        for party in [&mut claim.actor, &mut claim.target].into_iter().flatten() {
            self.name(&mut party.name);
        }
        claim.side.iter_mut().for_each(|side| self.name(side));
    }

    fn name(&self, name: &mut String) {
        let usual = self.usual(name);
        if usual != name {
            *name = usual.to_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::tests::said;

    #[test]
    fn an_actor_is_asked_for_under_every_name() {
        let names = said(&[("FLN", "is", "Northern Front"), ("Front du Nord", "is", "Northern Front")]);
        for (asked, expected) in [
            ("fln", &["fln", "\nFront du Nord\n", "\nNorthern Front\n"][..]),
            ("front", &["front", "\nFLN\n"]),
            ("!northern", &["!northern", "!\nFLN\n", "!\nFront du Nord\n"]),
            ("\nfln\n", &["\nfln\n", "\nFront du Nord\n", "\nNorthern Front\n"]),
            ("\nnorthern\n", &["\nnorthern\n"]),
            ("army", &["army"]),
        ] {
            let filter = Filter { actor: vec![asked.to_owned()], side: vec![asked.to_owned()], ..Filter::default() };
            let wider = names.widen(&filter);
            assert_eq!(wider.actor, expected, "{asked}");
            assert_eq!(wider.side, wider.actor);
        }
    }
}
