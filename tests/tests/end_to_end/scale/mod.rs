//! `trimtab scale`: gives an order, waits for it, and says what became of it.

mod fates;
mod stage;
mod waiting;

use std::process::Output;

/// Code, standard output, standard error.
fn ended(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn assert_has(text: &str, all: &[&str]) {
    for line in all {
        assert!(text.contains(line), "expected {line:?} in\n{text}");
    }
}
