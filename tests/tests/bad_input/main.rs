//! What comes from outside and is no good: each gets the message that its table says, and the other targets go on.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod answers;
mod components;
mod configs;
mod orders;
mod reload;

use std::fmt::Write as _;

use trimtab_tests::lab::TrimtabHost;

/// A target that nothing is wrong with, so that it is seen to go on.
const GOOD: &str = r#"
    [target.good]
    interval = "100ms"
    max = 5
    backend.memory.replicas = 1
    indicator.size.self = { read = "desired" }
    policy.component = "builtin:qos-rules"
    policy.config.rules = [{ indicator = "size", function = "last", add = { operator = "<", threshold = 4 } }]
"#;

/// Waits until each target says its trouble, and then until the good one has grown as it should.
fn expect_troubles(host: &mut TrimtabHost, troubles: &[(String, String)]) {
    let mut wrong = String::new();
    for (target, trouble) in troubles {
        let says = |host: &mut TrimtabHost| host.target(target)?["trouble"].as_str().map(str::to_owned);
        let said = host.until(&format!("`{target}` is in trouble"), says);
        if said != *trouble {
            let _ = writeln!(wrong, "`{target}`\n  expected {trouble}\n  found    {said}");
        }
        let size = host.target(target).unwrap()["desired"].clone();
        assert_eq!(size, 2, "`{target}` does not hold");
    }
    assert!(wrong.is_empty(), "{wrong}");
    host.until("the good target goes on", |host| (host.target("good")?["desired"] == 4).then_some(()));
}
