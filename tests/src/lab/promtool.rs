//! What Prometheus' own checker says of a page of metrics.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Has `promtool check metrics` read the page.
///
/// # Panics
///
/// If it has anything to say of it, or is not there.
pub fn check(page: &str) {
    let mut promtool = Command::new("promtool");
    promtool.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = promtool.spawn().unwrap_or_else(|error| panic!("promtool ({error}); tests/run installs it"));
    let written = child.stdin.take().map(|mut input| input.write_all(page.as_bytes()));
    assert!(matches!(written, Some(Ok(()))), "promtool does not read: {written:?}");
    let output = child.wait_with_output().unwrap_or_else(|error| panic!("promtool: {error}"));
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success() && said.is_empty(), "{}\n{page}", String::from_utf8_lossy(&said));
}
