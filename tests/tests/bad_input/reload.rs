//! A bad new config changes nothing and says why; a good one changes what differs.

use trimtab_tests::lab::TrimtabHost;

const OTHER: &str = r#"
    [target.other]
    interval = "100ms"
    max = MAX
    backend.memory.replicas = 2
    indicator.size.self = { read = "desired" }
    policy.component = "builtin:qos-rules"
    policy.config.rules = [{ indicator = "size", function = "last", add = { operator = "<", threshold = 1 } }]
"#;

fn config(max: &str) -> String {
    [super::GOOD, &OTHER.replace("MAX", max)].concat()
}

#[test]
fn a_bad_new_config_changes_nothing_and_says_why() {
    let mut host = TrimtabHost::serving(&config("3"));
    let max_is = |max: u32| move |host: &mut TrimtabHost| (host.target("other")?["max"] == max).then_some(());
    host.until("`other` has ticked", max_is(3));

    host.rewrite(&config("\"many\""));
    host.hang_up();
    let refused = "the new config can't be used: everything stays as it is";
    host.until("it says that it stays as it is", |host| host.log().contains(refused).then_some(()));
    let why = "trimtab.toml:13: target.other.max: invalid type: string \"many\", expected u32";
    assert!(host.log().contains(why), "{}", host.log());
    max_is(3)(&mut host).unwrap();

    host.rewrite(&config("7"));
    host.hang_up();
    host.until("the good config is in force", max_is(7));
    assert!(host.log().contains(r#"changed=["other"]"#), "more was changed than differs\n{}", host.log());
    let events = host.told(&["events"]);
    assert!(events.contains("reload-refused") && events.contains("reloaded"), "{events}");
    host.until("the good target goes on", |host| (host.target("good")?["desired"] == 4).then_some(()));
}
