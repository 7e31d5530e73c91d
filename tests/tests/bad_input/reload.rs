//! A bad new config changes nothing and says why; a good one changes what differs.

use trimtab_tests::lab::TrimtabHost;

const OTHER: &str = r#"
    [target.other]
    interval = "100ms"
    max = 3
    backend.memory.replicas = 2
    indicator.size.self = { read = "desired" }
    policy.component = "builtin:qos-rules"
    policy.config.rules = [{ indicator = "size", function = "last", add = { operator = "<", threshold = 1 } }]
"#;

/// What becomes of which part of it, and what is said of that.
const BAD: [(&str, &str, &str); 4] = [
    ("max = 3", "max = \"many\"", "trimtab.toml:13: target.other.max: invalid type: string \"many\", expected u32"),
    ("max = 3", "max = ", "trimtab.toml:13: not valid TOML: "),
    ("function = \"last\"", "function = \"lost\"", "/rules/0/function: unknown variant `lost`"),
    ("builtin:qos-rules", "no-such.wasm", "no-such.wasm: can't be read: No such file or directory"),
];

fn config(of: &str, becomes: &str) -> String {
    [super::GOOD, &OTHER.replace(of, becomes)].concat()
}

#[test]
fn a_bad_new_config_changes_nothing_and_says_why() {
    let mut host = TrimtabHost::serving(&config("other", "other"));
    let max_is = |max: u32| move |host: &mut TrimtabHost| (host.target("other")?["max"] == max).then_some(());
    host.until("`other` has ticked", max_is(3));

    let refused = "the new config can't be used: everything stays as it is";
    for (before, (of, becomes, why)) in BAD.into_iter().enumerate() {
        host.rewrite(&config(of, becomes));
        host.hang_up();
        host.until(refused, |host| (host.log().matches(refused).count() > before).then_some(()));
        assert!(host.log().contains(why), "{becomes}: not in the log: {why}\n{}", host.log());
        max_is(3)(&mut host).unwrap();
        // At its very first tick it can't yet know its own size, which it then says.
        host.until("`other` is well", |host| host.target("other")?["trouble"].is_null().then_some(()));
    }

    host.rewrite(&config("max = 3", "max = 7"));
    host.hang_up();
    host.until("the good config is in force", max_is(7));
    assert!(host.log().contains(r#"changed=["other"]"#), "more was changed than differs\n{}", host.log());
    let events = host.told(&["events"]);
    assert!(events.matches("reload-refused").count() == BAD.len() && events.contains("reloaded"), "{events}");
    host.until("the good target goes on", |host| (host.target("good")?["desired"] == 4).then_some(()));
}
