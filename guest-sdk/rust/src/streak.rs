//! Counting in a row.

/// How many planned evaluations in a row something was met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Streak(pub u32);

impl Streak {
    /// One evaluation later: longer by one if `met`, else over. It stops growing at `needed`.
    #[must_use]
    pub fn then(self, met: bool, needed: u32) -> Self {
        if met { Self(self.0.saturating_add(1).min(needed)) } else { Self(0) }
    }

    /// Whether it is as long as needed.
    pub fn is_complete(self, needed: u32) -> bool {
        self.0 >= needed
    }
}
