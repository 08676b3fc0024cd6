//! The rules in force, in words, for the codebook of a bundle.

use reconcile::{Pick, RuleSet, Standing};

/// The rules as a section in Markdown.
pub fn rules(rules: &RuleSet) -> String {
    let pick = match rules.best {
        Pick::Latest => "the latest day's figure, then the best placed speaker's, then the higher",
        Pick::Lowest => "the lowest figure",
        Pick::Middle => "halfway between the least and the most, rounded down",
    };
    let mut text = format!(
        "## Rules\n\nThe figures were resolved by the rules **{}**, after the practice of {}. The best figure is {pick}, among the speakers that may set it. \
         A figure below {} of the highest credible one is taken for a part of the dead and cannot be the best; one below {} of the best cannot be the least.\n\n\
         | who gives the figure | may set low | best | high | alone |\n| --- | --- | --- | --- | --- |\n",
        rules.name, rules.after, rules.part_share, rules.least_share
    );
    let yes = |is: bool| if is { "yes" } else { "" };
    for standing in Standing::ALL {
        let moves = rules.moves(standing);
        let alone = match moves.alone {
            reconcile::Alone::Nothing => "",
            reconcile::Alone::Best => "best, while nobody disputes it",
            reconcile::Alone::LowAndBest => "low and best",
        };
        text += &format!("| {} | {} | {} | {} | {alone} |\n", standing.as_str(), yes(moves.low), yes(moves.best), yes(moves.high));
    }
    if rules.vague.is_empty() {
        text += "\nCounting words keep their literal bounds: dozens are 24 or more, scores 40, hundreds 200, several 2.\n";
    } else {
        let words: Vec<String> = rules.vague.iter().map(|(word, n)| format!("{word} {n}")).collect();
        text += &format!("\nCounting words are worth: {}; others keep their literal bounds.\n", words.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_set_is_told_of_in_words() {
        for name in RuleSet::names() {
            let text = rules(&RuleSet::named(name).unwrap());
            assert_eq!(text.lines().filter(|line| line.starts_with("| ")).count(), Standing::ALL.len() + 2, "{text}");
        }
        assert!(rules(&RuleSet::careful()).contains("| enemy |  |  | yes | best, while nobody disputes it |"));
    }
}
