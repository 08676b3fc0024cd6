use std::fmt::Write;

use super::Scores;

/// The scores as the shared scorer prints them.
pub fn text(scores: &Scores) -> String {
    let mut out = String::new();
    let put = |out: &mut String, name: &str, prf: &super::Prf| {
        let counts = prf.counts.map_or_else(String::new, |c| format!("   ({} of {} said, {} gold)", c.hit, c.pred, c.gold));
        let [p, r, f] = [prf.p, prf.r, prf.f].map(|figure| decimal(figure, 1));
        writeln!(out, "{name:16} P {p:>5}  R {r:>5}  F {f:>5}{counts}").expect("a string can be written to");
    };
    for (name, prf) in scores.measures() {
        put(&mut out, name, prf);
    }
    let fields: Vec<String> = scores.fields.iter().map(|(name, figure)| format!("{name} {}", decimal(*figure, 0))).collect();
    let kinds: Vec<String> = scores.kinds.iter().map(|(kind, (found, all))| format!("{kind} {found}/{all}")).collect();
    writeln!(out, "on matched: {}\nrecall by kind: {}", fields.join(", "), kinds.join(", ")).expect("a string can be written to");
    out
}

fn decimal(figure: f64, digits: usize) -> String {
    if figure.is_nan() { "nan".to_owned() } else { format!("{figure:.digits$}") }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn halves_round_to_even_and_unknown_is_nan() {
        assert_eq!([decimal(62.5, 0), decimal(63.5, 0), decimal(0.25, 1)], ["62", "64", "0.2"]);
        assert_eq!(decimal(f64::NAN, 1), "nan");
    }
}
