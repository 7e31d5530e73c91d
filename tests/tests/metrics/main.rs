//! What a running host tells a Prometheus.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::Value;
use trimtab_tests::lab::{JsonServer, Prometheus, Reply, TrimtabHost, http, promtool};

const CONFIG: &str = r#"
    [source.lab.http-json]
    url = "LAB"

    [target.steady]
    interval = "100ms"
    max = 5
    backend.memory.replicas = 3
    indicator.waiting.http-json = { source = "lab", path = "/waiting", value-location = "$.value" }
    policy.component = "builtin:qos-rules"
    policy.config.rules = [{ indicator = "waiting", function = "last", add = { operator = ">", threshold = 10 } }]

    # Its source says nothing of use, so that failures are counted too.
    [target.blind]
    interval = "100ms"
    max = 5
    backend.memory.replicas = 1
    indicator.waiting.http-json = { source = "lab", path = "/nothing", value-location = "$.value" }
    policy.component = "builtin:qos-rules"
    policy.config.rules = [{ indicator = "waiting", function = "last", add = { operator = ">", threshold = 10 } }]
"#;

/// A host that has decided something and failed at something.
fn host(lab: &JsonServer) -> TrimtabHost {
    lab.reply("/waiting", Reply::json(r#"{"value": 20}"#));
    let mut host = TrimtabHost::serving(&CONFIG.replace("LAB", &lab.url()));
    let full = |host: &mut TrimtabHost| (host.target("steady")?["desired"] == 5).then_some(());
    host.until("`steady` is as large as it may be", full);
    let complains = |host: &mut TrimtabHost| host.target("blind")?["trouble"].is_string().then_some(());
    host.until("`blind` is in trouble", complains);
    host
}

#[test]
fn promtool_finds_nothing_to_complain_of() {
    let lab = JsonServer::start();
    let host = host(&lab);
    let (status, page) = http::get(&format!("http://{}/metrics", host.address().unwrap())).unwrap();
    assert_eq!(status, 200, "{page}");
    promtool::check(&page);
}

#[test]
fn a_prometheus_scrapes_a_host_and_answers_questions_about_it() {
    let lab = JsonServer::start();
    let mut host = host(&lab);
    let prometheus = Prometheus::scraping(&[&host.address().unwrap()]);
    let mut expect = |query: &str, expected: &str| {
        host.until(&format!("{query} is {expected}"), |_| {
            (value(&prometheus.query(query)) == Some(expected)).then_some(())
        });
    };
    expect("trimtab_target_desired_replicas{target=\"steady\"}", "5");
    expect("trimtab_target_ready_replicas{target=\"steady\"}", "5");
    expect("trimtab_target_drift{target=\"steady\"}", "0");
    expect("sum(up)", "1");
    expect("count(trimtab_build_info)", "1");
    expect("sum(trimtab_indicator_failures_total{target=\"blind\"}) > bool 0", "1");
    expect("sum(rate(trimtab_policy_evaluations_total[10s])) > bool 0", "1");
}

fn value(result: &Value) -> Option<&str> {
    result[0]["value"][1].as_str()
}
