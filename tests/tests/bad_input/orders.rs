//! Orders on the command line that are none: told with the usage, and nothing has changed.

use serde_json::Value;
use trimtab_tests::lab::TrimtabHost;

#[test]
fn what_is_no_size_is_refused_before_anything_happens() {
    let mut host = TrimtabHost::serving(super::GOOD);
    host.until("it has ticked", |host| host.target("good").map(drop));
    for size in ["-2", "two", "2.5", "", "4294967296", "1e3"] {
        let output = host.verb(&["scale", "good", size]);
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{size:?}: {complaint}");
        assert!(complaint.contains("a size is a whole number from 0"), "{size:?}: {complaint}");
    }
    let output = host.verb(&["scale", "good"]);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert!(complaint.contains("Usage: trimtab scale"), "{complaint}");
    let output = host.verb(&["scale", "good", "2", "--timeout", "soon"]);
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(host.target("good").unwrap()["fixed-size"], Value::Null);
    assert!(!host.told(&["events", "good"]).contains("size fixed"), "an order came through");
}

#[test]
fn a_config_that_has_become_wrong_keeps_nobody_from_asking_the_host() {
    let host = TrimtabHost::serving(super::GOOD);
    host.rewrite(&super::GOOD.replace("max = 5", "max = \"many\""));
    assert!(!host.verb(&["check"]).status.success());
    assert!(host.told(&["scale", "good", "3", "--no-wait"]).contains("good is steered to 3"));
    host.rewrite("[target");
    let output = host.verb(&["status"]);
    assert_eq!(output.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&output.stderr).contains("name it with --socket"));
}
