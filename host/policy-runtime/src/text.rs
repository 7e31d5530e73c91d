//! Cutting text.

/// The longest start of `text` of at most `most` bytes that ends between two characters.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn cuts_between_characters() {
        assert_eq!(cut("häuser", 2), "h");
        assert_eq!(cut("häuser", 3), "hä");
        assert_eq!(cut("häuser", 100), "häuser");
    }
}
