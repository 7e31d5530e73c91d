//! `trimtab policy eval` as it is called, with a policy that comes with the host.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

const RULES: &str = r#"
[[rules]]
indicator = "load"
function = "last"
add = { operator = ">", threshold = 5, count = 2 }
remove = { operator = "<", threshold = 2 }
"#;

/// The program, waiting for a line.
struct Eval {
    child: Child,
    answers: std::io::Lines<BufReader<ChildStdout>>,
    _folder: tempfile::TempDir,
}

impl Eval {
    fn start(component: &str, config: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_trimtab"));
        command.args(["policy", "eval", component]).env("XDG_CACHE_HOME", folder.path());
        if let Some(config) = config {
            let path = folder.path().join("config.toml");
            std::fs::write(&path, config).unwrap();
            command.arg("--config").arg(path);
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, answers, _folder: folder }
    }

    /// Writes a line and waits for its answer, which therefore has to be flushed.
    fn ask(&mut self, line: &str) -> Value {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
        self.answer()
    }

    fn answer(&mut self) -> Value {
        serde_json::from_str(&self.answers.next().unwrap().unwrap()).unwrap()
    }

    fn exit_code(mut self) -> Option<i32> {
        drop(self.child.stdin.take());
        assert!(self.answers.next().is_none());
        self.child.wait().unwrap().code()
    }
}

#[test]
fn a_dialogue_with_qos_rules() {
    let mut eval = Eval::start("builtin:qos-rules", Some(RULES));
    let first = eval.ask(r#"{"desired": 3, "series": [{"name": "load", "samples": [10]}]}"#);
    assert_eq!(first["verdict"]["decision"], json!({"add": [{"count": 2}]}));
    assert!(first["fuel"].as_u64().unwrap() > 1000);
    let again = eval.ask(r#"{"desired": 3, "series": [{"name": "load", "samples": [10]}]}"#);
    assert_eq!(again, first, "the same question, the same answer and fuel");
    let quiet = eval.ask(r#"{"series": [{"name": "load", "samples": [4, 3]}]}"#);
    assert_eq!(quiet["verdict"]["decision"], json!({"hold": "steady"}));
    let absent = eval.ask(r#"{"series": [{"name": "load"}]}"#);
    assert_eq!(absent["verdict"]["decision"], json!({"hold": "abstain"}));
    assert_eq!(eval.exit_code(), Some(0));
}

#[test]
fn a_bad_line_costs_one_error_and_the_exit_code() {
    let mut eval = Eval::start("builtin:qos-rules", None);
    let no_config = eval.ask("{}");
    assert_eq!(no_config["error"]["kind"], "config");
    let bad = eval.ask(r#"{"series": [{"nam": "load"}]}"#);
    assert_eq!(bad["error"]["pointer"], "/series/0/nam");
    let good = eval.ask(
        r#"{"config": {"rules": [{"indicator": "load", "function": "last", "add": {"operator": ">", "threshold": 5}}]}, "series": [{"name": "load", "samples": [9]}]}"#,
    );
    assert_eq!(good["verdict"]["decision"], json!({"add": [{"count": 1}]}));
    assert_eq!(eval.exit_code(), Some(65));
}

#[test]
fn what_can_not_be_used_is_one_error() {
    let table = [
        ("builtin:nope", None, "component", 65),
        ("/nowhere/policy.wasm", None, "component", 65),
        ("builtin:qos-rules", Some("rules = 3"), "config", 78),
        ("builtin:qos-rules", Some("rules = ["), "config-file", 78),
    ];
    for (component, config, kind, code) in table {
        let mut eval = Eval::start(component, config);
        let answer = eval.answer();
        assert_eq!(answer["error"]["kind"], kind, "{answer}");
        assert_eq!(eval.exit_code(), Some(code), "{answer}");
    }
}
