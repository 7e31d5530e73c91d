//! Everything wrong with a config is found in one reading, each with its line.

use std::path::Path;

use super::*;

const GOOD: &str = r#"
[host]
state-dir = "state"
[source.q.redis]
address = "127.0.0.1:6379"
[target.web]
interval = "2s"
min = 1
max = 8
[target.web.policy]
component = "builtin:qos-rules"
[target.web.policy.config]
rules = []
[target.web.indicator.waiting.redis]
source = "q"
list-length = "jobs"
[target.web.backend.memory]
"#;

fn told(text: &str) -> Vec<String> {
    read(Path::new("t.toml"), text).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_good_config_has_no_problems() {
    let loaded = read(Path::new("t.toml"), GOOD);
    assert_eq!(loaded.problems, []);
    let config = loaded.config.unwrap();
    assert_eq!(config.targets["web"].policy.config, r#"{"rules":[]}"#);
    assert!(config.host.socket.is_absolute());
}

#[test]
fn all_problems_are_found_at_once_with_their_lines() {
    let bad = GOOD
        .replace("interval = \"2s\"", "intervall = \"2s\"")
        .replace("max = 8", "max = \"eight\"")
        .replace("source = \"q\"", "source = \"p\"")
        .replace("builtin:qos-rules", "builtin:qos-ruls");
    let told = told(&bad);
    assert_eq!(told.len(), 4, "{told:#?}");
    assert!(
        told[0].starts_with("t.toml:7: target.web.intervall: unknown field `intervall`, expected one of"),
        "{}",
        told[0]
    );
    assert_eq!(told[1], "t.toml:9: target.web.max: invalid type: string \"eight\", expected u32");
    assert!(
        told[2]
            .starts_with("t.toml:11: target.web.policy.component: there is no bundled policy `qos-ruls`; there are:")
    );
    assert_eq!(
        told[3],
        "t.toml:15: target.web.indicator.waiting.redis.source: there is no [source.p.redis]; there are: q"
    );
}

#[test]
fn what_is_not_toml_says_where() {
    let told = told("[host]\nstate-dir = nowhere\n");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("t.toml:2: not valid TOML: "), "{}", told[0]);
}

#[test]
fn sense_is_checked_too() {
    let bad = GOOD.replace("min = 1", "min = 9").replace("interval = \"2s\"", "interval = \"1ms\"");
    let told = told(&bad);
    assert_eq!(
        told,
        [
            "t.toml:7: target.web.interval: expected 100ms to 24h, found 1ms",
            "t.toml:8: target.web.min: min 9 is above max 8",
        ]
    );
}

#[test]
fn targets_may_not_chase_each_other() {
    let target = |name: &str, other: &str| {
        format!(
            "[target.{name}]\nmax = 3\n[target.{name}.policy]\ncomponent = \"builtin:qos-rules\"\n\
             [target.{name}.indicator.size.self]\ntarget = \"{other}\"\nread = \"desired\"\n[target.{name}.backend.memory]\n"
        )
    };
    let circle = target("a", "b") + &target("b", "c") + &target("c", "a");
    let told = told(&circle);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("in a circle: a -> b -> c -> a"), "{}", told[0]);
    let own = target("a", "a");
    assert!(read(Path::new("t.toml"), &own).config.is_some(), "a look at oneself is no circle");
}

#[test]
fn an_unknown_section_is_an_error() {
    let told = told(&(GOOD.to_owned() + "[targets.web]\nmax = 3\n"));
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("targets: unknown section; expected [host]"), "{}", told[0]);
}

#[test]
fn the_whole_set_of_guardrails_is_understood() {
    let rails = r#"
[target.web.guardrails]
dry-run = true
stabilization-window = { down = "30s" }
cooldown = { up = "5s" }
rate-limit = { up = [ { replicas = 4, period = "60s" }, { percent = 100, period = "15s" } ], select-down = "disabled" }
fallback = { after = 5, replicas = 2, behavior = "current-replicas-if-higher" }
"#;
    let config = read(Path::new("t.toml"), &(GOOD.to_owned() + rails)).config.unwrap();
    let rails = &config.targets["web"].spec.guardrails;
    assert!(rails.dry_run);
    assert_eq!(rails.rate_limit.up.rules.len(), 2);
    assert_eq!(rails.fallback.unwrap().after, 5);
    let both = GOOD.to_owned() + "[target.web.guardrails]\nrate-limit = { up = [ { period = \"60s\" } ] }\n";
    let told = told(&both);
    assert!(told[0].contains("expected either `replicas` or `percent`"), "{told:?}");
}
