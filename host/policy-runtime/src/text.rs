//! Taming text that somebody else wrote.

/// The longest start of `text` of at most `most` bytes that ends between two characters.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// `text` cut to `most` bytes, with a space for every control character but line ends: it ends up on
/// terminals, where an escape sequence could pretend anything.
pub(crate) fn tame(text: &str, most: usize) -> String {
    let harmless = |char: char| if char.is_control() && char != '\n' { ' ' } else { char };
    cut(text, most).chars().map(harmless).collect()
}

#[cfg(test)]
mod tests {
    use super::{cut, tame};

    #[test]
    fn control_characters_become_spaces() {
        assert_eq!(tame("a\x1b[2Jb\u{9b}c\nd", 100), "a [2Jb c\nd");
        assert_eq!(tame("häuser", 2), "h");
    }

    #[test]
    fn cuts_between_characters() {
        assert_eq!(cut("häuser", 2), "h");
        assert_eq!(cut("häuser", 3), "hä");
        assert_eq!(cut("häuser", 100), "häuser");
    }
}
