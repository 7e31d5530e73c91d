//! The known word that a misspelt one was probably meant to be.

/// The nearest of `known`, if it is near enough to be worth naming.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let (distance, best) = known.iter().map(|candidate| (distance(word, candidate), *candidate)).min()?;
    let slips_allowed = (best.len() / 3).max(1);
    (distance <= slips_allowed).then_some(best)
}

/// Levenshtein's edit distance, in bytes; `_` for `-` costs nothing.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<u8> = right.bytes().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.bytes().enumerate() {
        let l = if l == b'_' { b'-' } else { l.to_ascii_lowercase() };
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, r) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(l != *r);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn names_a_slip_and_is_silent_about_the_rest() {
        let known = ["desired", "series", "settled-at"];
        assert_eq!(nearest("desird", &known), Some("desired"));
        assert_eq!(nearest("settled_at", &known), Some("settled-at"));
        assert_eq!(nearest("Series", &known), Some("series"));
        assert_eq!(nearest("replicas", &known), None);
    }
}
