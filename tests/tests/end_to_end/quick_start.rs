//! The example, as it stands. It wants ports of its own, so one kind after the other.

use std::path::Path;
use std::process::{Command, Stdio};

use trimtab_tests::lab::program;

#[test]
fn the_quick_start_does_what_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/quick-start");
    for kind in ["redis", "prometheus"] {
        let mut start = Command::new(folder.join("start.sh"));
        start.arg(kind).env("TRIMTAB", program::trimtab()).stdin(Stdio::null());
        let output = start.output().unwrap_or_else(|error| panic!("start.sh: {error}"));
        let (told, complaint) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "start.sh {kind}: {}\n{told}\n{complaint}", output.status);
        assert!(told.contains("done: 100 jobs"), "start.sh {kind}:\n{told}");
        assert!(!folder.join("state").exists(), "start.sh {kind} left its state behind");
    }
}
