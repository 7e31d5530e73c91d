//! Policies written by hand, for what the bundled ones don't do. A config names them `@HOME@/NAME`.

use crate::guest::{Guest, OTHER_ANSWER, byte, text, word};

/// Where the list of inputs lies.
const INPUTS: u32 = OTHER_ANSWER + 256;

/// Each with the name of its file.
pub fn all() -> [(&'static str, Vec<u8>); 2] {
    [("traps.wasm", Guest::evaluating("unreachable").build()), ("needs-load.wasm", needs_load().build())]
}

/// Finds every size right, and requires the input `load`.
fn needs_load() -> Guest {
    let inputs = [
        text(OTHER_ANSWER + 4, INPUTS, 1),
        text(INPUTS, 520, 4), // "load", which every guest has there
        byte(INPUTS + 8, 0),
        word(INPUTS + 12, 60_000),
        byte(INPUTS + 16, 1),
    ];
    Guest { prepare: format!("{} (i32.const {OTHER_ANSWER})", inputs.concat()), ..Guest::default() }
}
