//! The plots of an incident: each claimed figure beside what they come to, and why.

use std::collections::BTreeMap;

use record::{Claim, Toll};
use views::{ClaimLine, IncidentView, Plot, Relation};

use crate::incident::side_class;
use crate::list::party_name;
use crate::plain::{cut, line};
use crate::plot::Axis;
use crate::words::Words;

pub(crate) struct PlotShown {
    pub(crate) heading: String,
    pub(crate) side: String,
    pub(crate) scale: String,
    pub(crate) rows: Vec<PlotLine>,
    pub(crate) resolved: String,
    pub(crate) figures: [String; 3],
    pub(crate) before: String,
    pub(crate) why: Vec<Why>,
}

pub(crate) struct PlotLine {
    pub(crate) speaker: String,
    pub(crate) side: String,
    pub(crate) svg: String,
    pub(crate) alt: String,
    pub(crate) silent: bool,
    pub(crate) said: String,
    pub(crate) manner: String,
    pub(crate) relation: String,
    pub(crate) label: String,
    pub(crate) claim: String,
    pub(crate) report: String,
    pub(crate) report_label: String,
    pub(crate) copy: String,
}

/// A bound, the claims that set it, and the rule.
pub(crate) struct Why {
    pub(crate) bound: String,
    pub(crate) figure: String,
    pub(crate) claims: Vec<(String, String, String)>,
    pub(crate) rule: String,
}

fn relation(relation: Relation, words: &Words) -> String {
    let key = match relation {
        Relation::Own => "own",
        Relation::Enemy => "enemy",
        Relation::Other => "other",
        Relation::NoStake => "no-stake",
    };
    words.word("relation", key).to_owned()
}

pub(crate) fn plots(view: &IncidentView, before: Option<&IncidentView>, sides: &BTreeMap<String, String>, words: &Words) -> Vec<PlotShown> {
    let earlier = before.map(views::plots).unwrap_or_default();
    views::plots(view).iter().map(|plot| plot_shown(plot, view, &earlier, sides, words)).collect()
}

fn plot_shown(plot: &Plot, view: &IncidentView, earlier: &[Plot], sides: &BTreeMap<String, String>, words: &Words) -> PlotShown {
    let axis = Axis::new(plot.most);
    let toll = &plot.toll;
    let figures = [toll.low, toll.best, toll.high];
    let rows = plot
        .rows
        .iter()
        .map(|row| {
            let claim = &view.claims[row.claim];
            let silent = row.shape == views::Shape::Silent;
            let printed = claim.entry.claim.count.as_ref().map(|count| count.text.as_str()).filter(|text| !text.is_empty());
            PlotLine {
                speaker: speaker(claim, words),
                side: side_class(&claim.side, sides),
                svg: axis.row(row.shape, claim.relation == Relation::Enemy, claim.copy_of.is_some()),
                alt: alt(row.shape, words),
                silent,
                said: cut(&line(printed.unwrap_or(&claim.entry.claim.quote.text)), 70),
                manner: manner(&claim.entry.claim, words),
                relation: relation(claim.relation, words),
                label: claim.label.clone(),
                claim: claim.entry.claim.id.clone(),
                report: claim.entry.claim.report.clone(),
                report_label: claim.report_label.clone(),
                copy: claim.copy_of.as_deref().map(|of| words.fill("copy_not_counted", &[of])).unwrap_or_default(),
            }
        })
        .collect();
    let was = earlier.iter().find(|other| other.what == plot.what && other.toll.side == toll.side).map(|other| &other.toll);
    let changed = was.filter(|was| (was.low, was.best, was.high) != (toll.low, toll.best, toll.high));
    PlotShown {
        heading: words.word("toll", plot.what).to_owned(),
        side: party_name(&toll.side, words),
        scale: axis.scale(|n| words.number(n)),
        rows,
        resolved: axis.resolved(figures),
        figures: figures.map(|n| words.number(n)),
        before: changed.map(|was| words.fill("was", &[&words.range([was.low, was.best, was.high])])).unwrap_or_default(),
        why: why(toll, view, words),
    }
}

fn alt(shape: views::Shape, words: &Words) -> String {
    use views::Shape;
    let n = |n| words.number(n);
    match shape {
        Shape::Exact(exact) => n(exact),
        Shape::Approximate(about) => words.fill("about", &[&n(about)]),
        Shape::Open(least) => words.fill("at_least", &[&n(least)]),
        Shape::Between(low, high) => format!("{}–{}", n(low), n(high)),
        Shape::Denied(figure) => words.fill("denied_figure", &[&n(figure)]),
        Shape::Silent => words.say("no_figure").to_owned(),
    }
}

pub(crate) fn speaker(claim: &ClaimLine, words: &Words) -> String {
    if claim.speaker.is_empty() { words.say("outlet_unknown").to_owned() } else { line(&claim.speaker) }
}

pub(crate) fn manner(claim: &Claim, words: &Words) -> String {
    if claim.source.is_empty() && claim.stance == record::Stance::States {
        words.say("own_voice").to_owned()
    } else {
        words.word("stance", claim.stance.as_str()).to_owned()
    }
}

fn why(toll: &Toll, view: &IncidentView, words: &Words) -> Vec<Why> {
    toll.because
        .iter()
        .map(|bound| {
            let claims = bound.claims.iter().filter_map(|id| view.claims.iter().find(|line| line.entry.claim.id == *id));
            Why {
                bound: words.word("bound", &bound.bound).to_owned(),
                figure: words.number(toll.figure(bound)),
                claims: claims
                    .map(|claim| {
                        (claim.label.clone(), speaker(claim, words), format!("/reports/{}#q-{}", claim.entry.claim.report, claim.entry.claim.id))
                    })
                    .collect(),
                rule: rule(&bound.rule, words),
            }
        })
        .collect()
}

/// A rule's name in words: what it does, then whose figure it took.
fn rule(rule: &str, words: &Words) -> String {
    match rule.split_once(": ") {
        Some((does, standing)) => format!("{}: {}", words.word("rule", does), words.word("standing", standing)),
        None => line(words.word("rule", rule)),
    }
}
