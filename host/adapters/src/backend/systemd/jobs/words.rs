//! Placeholders in the texts of a config.

/// `text` with each `{name}` replaced by its word, in one pass: what is in a word stays as it is. Other
/// texts in braces stay too.
pub(super) fn fill(text: &str, words: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        rest = &rest[open..];
        let found = words.iter().find_map(|(name, word)| {
            let after = rest[1..].strip_prefix(name)?.strip_prefix('}')?;
            Some((*word, after))
        });
        let (word, after) = found.unwrap_or((&rest[..1], &rest[1..]));
        filled.push_str(word);
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_are_filled_and_others_stay() {
        let words = [("instance", "3"), ("host", "lab")];
        assert_eq!(fill("w@{host}:vm-{instance}", &words), "w@lab:vm-3");
        assert_eq!(fill("{{instance}} {other} {instance {", &words), "{3} {other} {instance {");
    }

    #[test]
    fn a_word_is_not_filled_again() {
        assert_eq!(fill("k:{task}:{root}", &[("task", "{root}:u"), ("root", "r")]), "k:{root}:u:r");
    }
}
