//! The shipped files agree with each other.

use std::process::Command;

use trimtab_tests::lab::program;

const CONFIGS: [&str; 2] =
    [include_str!("../../../examples/drakvuf/trimtab.toml"), include_str!("../../../examples/drakvuf/trimtab-rq.toml")];

#[test]
fn the_configs_are_fine() {
    for name in ["trimtab.toml", "trimtab-rq.toml"] {
        let file = format!("{}/../examples/drakvuf/{name}", env!("CARGO_MANIFEST_DIR"));
        let output = Command::new(program::trimtab()).args(["check", "--config", &file]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn everybody_begins_with_a_dry_run() {
    for config in CONFIGS {
        let config: toml::Table = config.parse().unwrap();
        for (name, target) in config["target"].as_table().unwrap() {
            assert_eq!(target["guardrails"]["dry-run"].as_bool(), Some(true), "{name}");
        }
    }
}
