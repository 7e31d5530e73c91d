//! What source `mass` makes of a server that fails, refuses, misleads or talks nonsense. Never a zero.

use std::process::Command;
use std::time::Duration;

use adapters::source::{Ask, Collector, CollectorSettings};
use scaling_core::observation::{Quality, SubjectKind};
use serde_json::{Value as Json, json};
use trimtab_tests::lab::{JsonServer, MassServer, Reply, program};

use crate::bench::{MINUTE, NOW, ask, ask_until, message, told};
use crate::mass::{KEY, link, question};

/// With work for `ssdeep` in every list: 4 requests and 5 analyses scheduled.
fn busy() -> MassServer {
    let server = MassServer::start(KEY, &["ssdeep", "strings"]);
    server.world().request("ssdeep", 4);
    server.world().instance("a", "ssdeep", true, 5);
    server
}

const LISTS: [&str; 3] = ["analysis_system", "analysis_request", "analysis_system_instance"];

#[tokio::test]
async fn a_fault_in_any_list_is_an_error() {
    type Row = (&'static str, fn() -> Reply, &'static str);
    let faults: [Row; 12] = [
        (
            "a refused key",
            || Reply::json(r#"{"error": "You do not have access to this resource."}"#).status(403),
            "denied",
        ),
        ("too many requests", || Reply::json("{}").status(429), "unreachable"),
        ("maintenance", || Reply::json("{}").status(503), "unreachable"),
        ("a wrong URL", || Reply::json("{}").status(404), "garbled"),
        ("a closed connection", Reply::close, "unreachable"),
        ("half an answer", || Reply::json(r#"{"results": [], "next": null}"#).cut_at(9), "unreachable"),
        ("a login page", || Reply::typed("text/html", "<html>"), "garbled"),
        ("an error as an answer", || Reply::json(r#"{"error": "busy"}"#), "garbled"),
        ("no list", || Reply::json(r#"{"results": null, "next": null}"#), "garbled"),
        ("a bare list", || Reply::json("[]"), "garbled"),
        ("a next page that is no text", || Reply::json(r#"{"results": [], "next": 2}"#), "garbled"),
        (
            "a move to another host",
            || Reply::json("").status(302).header("Location", "http://evil.invalid/"),
            "garbled",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for (fault, reply, expected) in faults {
        for list in LISTS {
            let server = busy();
            server.world().instead.insert(list.to_owned(), reply());
            let source = question(&link(&server, &folder, "timeout = '10s'"), "ssdeep", "");
            let answer = ask(&*source).await;
            if told(&answer) != expected
                || !message(&answer).contains(list)
                || format!("{answer:?}").contains("hunter2")
            {
                wrong.push(format!("{fault} at {list}: {answer:?}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_refused_key_is_told_by_its_place_and_used_again_when_the_file_is_right() {
    let server = busy();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let link = link(&server, &folder, "");
    let source = question(&link, "ssdeep", "");
    server.world().key = "rotated".to_owned();
    let said = message(&ask(&*source).await);
    let expected = format!(
        "{}analysis_system answered 403 Forbidden: check the key in file {}, and on the server whether it has expired",
        server.url(),
        path.display()
    );
    assert_eq!(said, expected);
    std::fs::write(&path, "rotated\n").unwrap();
    ask_until(&*source, "9").await;
    std::fs::remove_file(&path).unwrap();
    ask_until(&*source, "denied").await;
    std::fs::write(&path, "rotated\n").unwrap();
    ask_until(&*source, "9").await;
}

#[tokio::test]
async fn the_key_is_not_sent_to_another_host() {
    let (server, evil) = (busy(), JsonServer::start());
    let folder = tempfile::tempdir().unwrap();
    for (next, list) in [(evil.url(), LISTS[0]), (server.url().replace("http:", "https:"), LISTS[0])] {
        server.world().next = Some(format!("{next}/analysis_system/?page=2"));
        let said = message(&ask(&*question(&link(&server, &folder, ""), "ssdeep", "")).await);
        assert!(said.contains(list) && said.contains("the next page is on another host"), "{said}");
        assert!(said.contains("a proxy before MASS must pass on the host and the scheme"), "{said}");
    }
    assert!(evil.requests().is_empty());
}

#[tokio::test]
async fn a_list_without_an_end_is_given_up() {
    let server = busy();
    let folder = tempfile::tempdir().unwrap();
    for (next, pages) in [("/api/analysis_system/?per_page=100", 1), ("/api/analysis_system/?page=2", 2)] {
        server.world().next = Some(next.to_owned());
        let before = server.asked().len();
        let said = message(&ask(&*question(&link(&server, &folder, ""), "ssdeep", "")).await);
        assert!(said.contains("the list has no end"), "{said}");
        assert_eq!(server.asked().len() - before, pages);
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_left_at_the_timeout_and_asked_once_by_all() {
    let server = busy();
    server.world().instead.insert("analysis_system".to_owned(), Reply::hang());
    let folder = tempfile::tempdir().unwrap();
    let link = link(&server, &folder, "timeout = '300ms'");
    let limit = Duration::from_millis(300);
    let collectors: Vec<Collector> = (0..20)
        .map(|_| Collector::new(question(&link, "ssdeep", ""), CollectorSettings::for_interval(MINUTE, limit, MINUTE)))
        .collect();
    let asks = [Ask { name: "load".to_owned(), subject: SubjectKind::Target, window: MINUTE }];
    let series = futures_util::future::join_all(collectors.iter().map(|one| one.series(NOW, 1, &asks))).await;
    assert!(series.iter().all(|series| series[0].quality == Quality::Absent), "missing is not zero");
    for collector in &collectors {
        assert_eq!(collector.health().last_error.unwrap().text, "no answer within 300 ms");
    }
    assert_eq!(server.asked().len(), 1, "{:?}", server.asked());
    server.world().instead.clear();
    ask_until(&*question(&link, "ssdeep", ""), "9").await;
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_once_for_each_moment() {
    let server = busy();
    server.world().instead.insert("analysis_system".to_owned(), Reply::json("{}").status(503));
    let folder = tempfile::tempdir().unwrap();
    let link = link(&server, &folder, "");
    for _ in 0..10 {
        assert_eq!(told(&ask(&*question(&link, "ssdeep", "")).await), "unreachable");
    }
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn garbled_elements_make_the_answers_partial_that_they_may_concern() {
    let of = |system: &str, more: Json| {
        let mut element = json!({"analysis_system": format!("http://h/api/analysis_system/{system}/")});
        element.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        element
    };
    let instance = "analysis_system_instance";
    for (list, element, ssdeep, strings) in [
        ("analysis_request", of("ssdeep", json!({"id": 7})), "9~", "0"),
        ("analysis_request", of("strings", json!({})), "9", "0~"),
        ("analysis_request", json!({"id": "x", "analysis_system": null}), "9~", "0~"),
        ("analysis_request", json!("x"), "9~", "0~"),
        (instance, of("ssdeep", json!({"uuid": "x", "is_online": null, "scheduled_analyses_count": 1})), "9~", "0"),
        (instance, of("strings", json!({"uuid": "x", "is_online": true, "scheduled_analyses_count": "1"})), "9", "0~"),
        (instance, json!({"uuid": "x", "is_online": true, "scheduled_analyses_count": 1}), "9~", "0~"),
        ("analysis_system", json!({"identifier_name": null}), "9", "0"),
    ] {
        let server = busy();
        server.world().more.insert(list.to_owned(), vec![element.clone()]);
        let folder = tempfile::tempdir().unwrap();
        let link = link(&server, &folder, "");
        let answers = [ask(&*question(&link, "ssdeep", "")).await, ask(&*question(&link, "strings", "")).await];
        assert_eq!(answers.each_ref().map(told), [ssdeep, strings], "{list}: {element}");
    }
}

#[tokio::test]
async fn a_system_that_may_be_there_under_a_garbled_name_is_not_zero() {
    let server = busy();
    server.world().more.insert("analysis_system".to_owned(), vec![json!({"identifier_name": 7})]);
    let folder = tempfile::tempdir().unwrap();
    let said = message(&ask(&*question(&link(&server, &folder, ""), "yara", "unregistered = 'zero'")).await);
    assert!(
        said.ends_with("has no analysis system \"yara\"; there are: ssdeep, strings, 1 that can't be read"),
        "{said}"
    );
}

#[tokio::test]
async fn a_count_that_is_none_is_no_zero() {
    let server = busy();
    server.world().request("ssdeep", 100);
    let folder = tempfile::tempdir().unwrap();
    let source = question(&link(&server, &folder, ""), "ssdeep", "read = 'requests'");
    assert_eq!(told(&ask(&*source).await), "104");
    let lost = MassServer::start(KEY, &["ssdeep"]);
    let reply = Reply::json("<html>").status(500);
    lost.world().instead.insert("analysis_request".to_owned(), reply);
    let said = message(&ask(&*question(&link(&lost, &folder, ""), "ssdeep", "")).await);
    assert!(said.ends_with("/api/analysis_request answered 500 Internal Server Error"), "{said}");
}

/// The key's place in the environment, as the autoscaler's users know it.
#[test]
fn the_key_may_stand_in_the_environment() {
    let server = busy();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("trimtab.toml");
    let text = format!(
        "[source.lab.mass]\nurl = '{}'\n[target.ssdeep]\nmax = 4\nbackend.memory.replicas = 1\n\
         indicator.analyses.mass = {{ source = 'lab', analysis-system = 'ssdeep' }}\n\
         policy.component = 'builtin:demand-average'\npolicy.config.indicator = 'analyses'\n",
        server.url()
    );
    std::fs::write(&config, text).unwrap();
    for (variables, expected) in [
        (
            vec![],
            "source.lab.mass: there is no key: set the environment variable MASS_API_KEY (or API_KEY), or name a file",
        ),
        (vec![("API_KEY", KEY)], "fine: 1 target"),
        (vec![("MASS_API_KEY", KEY)], "fine: 1 target"),
        (vec![("MASS_API_KEY", "hunter2\nhunter3"), ("API_KEY", KEY)], "source.lab.mass: api-key: the secret"),
    ] {
        let mut check = Command::new(program::trimtab());
        check.args(["check", "--config"]).arg(&config).env_remove("API_KEY").env_remove("MASS_API_KEY");
        let output = check.envs(variables.iter().copied()).output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(said.contains(expected) && !said.contains("hunter"), "{variables:?}\n{said}");
    }
}
