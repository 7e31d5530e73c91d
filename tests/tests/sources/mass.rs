//! Source `mass` against a server that stands in for MASS's.

use adapters::source::{Connection, Link, Question, Source};
use serde_json::json;
use trimtab_tests::lab::mass::id_of;
use trimtab_tests::lab::{MassServer, TrimtabHost};

use crate::bench::{ask, message, read, told};

/// A key that no message may show.
pub const KEY: &str = "hunter2.nMKEYof-a-lab";

/// A link to the server, by a key in a file that ends with the folder.
pub fn link(server: &MassServer, folder: &tempfile::TempDir, more: &str) -> Link {
    let path = folder.path().join("key");
    if !path.exists() {
        std::fs::write(&path, format!("{KEY}\n")).unwrap();
    }
    let text = format!("[mass]\nurl = '{}'\napi-key = {{ file = '{}' }}\n{more}", server.url(), path.display());
    let connection: Connection = read(&text).unwrap();
    assert_eq!(connection.check(), [""; 0]);
    connection.open()
}

/// A question over a link.
pub fn question(link: &Link, system: &str, words: &str) -> Box<dyn Source> {
    let text = format!("[mass]\nsource = 's'\nanalysis-system = '{system}'\n{words}");
    let question: Question = read(&text).unwrap();
    assert_eq!(question.check(), [""; 0], "{question:?}");
    question.over(link).unwrap()
}

/// What a new link says of a system: nothing that was seen before is shared.
async fn say(server: &MassServer, system: &str, words: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    told(&ask(&*question(&link(server, &folder, ""), system, words)).await)
}

fn server() -> MassServer {
    MassServer::start(KEY, &["ssdeep", "strings"])
}

#[tokio::test]
async fn every_reading() {
    let server = server();
    {
        let mut world = server.world();
        world.request("ssdeep", 4);
        world.request("strings", 7);
        world.instance("a", "ssdeep", true, 5);
        world.instance("b", "ssdeep", true, 1);
        world.instance("c", "ssdeep", false, 50);
        world.instance("d", "strings", true, 2);
    }
    for (words, ssdeep, strings) in [
        ("", "10", "9"),
        ("read = 'demand'", "10", "9"),
        ("read = 'requests'", "4", "7"),
        ("read = 'scheduled'", "6", "2"),
        ("read = 'instances-online'", "2", "1"),
        ("read = 'instances'", "3", "1"),
    ] {
        assert_eq!(say(&server, "ssdeep", words).await, ssdeep, "{words}");
        assert_eq!(say(&server, "strings", words).await, strings, "{words}");
    }
    let url = "http://mass.elsewhere/api/analysis_system/ssdeep/";
    assert_eq!(say(&server, url, "read = 'demand'").await, "10", "by the URL of 2017");
}

#[tokio::test]
async fn no_work_is_a_true_zero_and_what_is_scheduled_on_an_offline_instance_is_none() {
    let server = server();
    assert_eq!(say(&server, "ssdeep", "").await, "0");
    server.world().instance("a", "ssdeep", false, 50);
    assert_eq!(say(&server, "ssdeep", "").await, "0", "M5");
    server.world().instances[0].online = true;
    assert_eq!(say(&server, "ssdeep", "").await, "50", "it has come back");
}

#[tokio::test]
async fn many_requests_are_counted_by_the_server() {
    let server = server();
    server.world().request("ssdeep", 250);
    server.world().request("strings", 3);
    assert_eq!(say(&server, "ssdeep", "read = 'requests'").await, "250");
    let count = format!("/analysis_request/?count&analysis_system={}", id_of("ssdeep"));
    assert_eq!(server.asked(), ["/analysis_system/?per_page=100", "/analysis_request/?per_page=100", &count]);
    assert_eq!(say(&server, "strings", "").await, "3");
}

#[tokio::test]
async fn a_server_that_cannot_count_is_read_page_by_page() {
    let server = server();
    server.world().is_old = true;
    server.world().request("strings", 3);
    server.world().request("ssdeep", 250);
    assert_eq!(say(&server, "ssdeep", "").await, "250");
    assert_eq!(say(&server, "strings", "").await, "3");
}

#[tokio::test]
async fn requests_of_the_future_are_counted_unless_only_due_ones_are_wanted() {
    let server = server();
    {
        let mut world = server.world();
        world.request("ssdeep", 240);
        let due =
            ["2023-11-14T22:13:20+00:00", "2023-11-14T22:13:21+00:00", "2033-01-01T00:00:00", "2013-01-01T00:00:00"];
        world.requests.extend(due.map(|due| ("ssdeep".to_owned(), json!(due))));
        world.request("strings", 10);
    }
    assert_eq!(say(&server, "ssdeep", "read = 'requests'").await, "244", "as the original counts");
    assert_eq!(say(&server, "ssdeep", "read = 'requests'\ndue-only = true").await, "242");
    let pages = server.asked().into_iter().filter(|target| target.contains("page=3")).count();
    assert_eq!(pages, 1, "read to the end: {:?}", server.asked());
    server.world().requests.push(("ssdeep".to_owned(), json!("tomorrow")));
    assert_eq!(say(&server, "ssdeep", "due-only = true").await, "242~", "one is left out, and that is told");
    assert_eq!(say(&server, "strings", "due-only = true").await, "10", "and concerns nobody else");
}

#[tokio::test]
async fn pages_are_as_long_as_wanted() {
    let server = server();
    server.world().request("ssdeep", 7);
    (0..5).for_each(|n| server.world().instance(&format!("i{n}"), "ssdeep", true, 1));
    let folder = tempfile::tempdir().unwrap();
    let link = link(&server, &folder, "per-page = 2");
    assert_eq!(told(&ask(&*question(&link, "ssdeep", "due-only = true")).await), "12");
    assert_eq!((server.asked_for("analysis_request"), server.asked_for("analysis_system_instance")), (4, 3));
}

#[tokio::test]
async fn fifty_questions_of_one_moment_share_one_look_at_each_list() {
    let names: Vec<String> = (0..50).map(|n| format!("system-{n:02}")).collect();
    let server = MassServer::start(KEY, &names.iter().map(String::as_str).collect::<Vec<_>>());
    for (n, name) in names.iter().enumerate() {
        server.world().request(name, n % 2);
        server.world().instance(name, name, true, n as u64);
    }
    let folder = tempfile::tempdir().unwrap();
    let link = link(&server, &folder, "");
    let sources: Vec<_> = names.iter().map(|name| question(&link, name, "")).collect();
    let answers = futures_util::future::join_all(sources.iter().map(|source| ask(&**source))).await;
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(told(answer), (n + n % 2).to_string(), "{}", names[n]);
    }
    let mut asked = server.asked();
    asked.sort();
    let lists = ["/analysis_request/", "/analysis_system/", "/analysis_system_instance/"];
    assert_eq!(asked, lists.map(|list| format!("{list}?per_page=100")));
}

#[tokio::test]
async fn work_that_is_scheduled_between_two_looks_is_not_lost() {
    let server = server();
    server.world().request("ssdeep", 5);
    server.world().instance("a", "ssdeep", true, 0);
    let folder = tempfile::tempdir().unwrap();
    let link = link(&server, &folder, "");
    assert_eq!(told(&ask(&*question(&link, "ssdeep", "read = 'scheduled'")).await), "0");
    {
        let mut world = server.world();
        world.requests.clear();
        world.instances[0].scheduled = 5;
    }
    assert_eq!(told(&ask(&*question(&link, "ssdeep", "")).await), "5", "instances are looked at after the requests");
}

#[tokio::test]
async fn a_request_of_a_deleted_system_disturbs_nobody() {
    let server = server();
    server.world().request("deleted", 3);
    server.world().request("ssdeep", 2);
    for breaks in [false, true] {
        server.world().breaks_on_ghosts = breaks;
        assert_eq!(say(&server, "ssdeep", "").await, "2", "breaks: {breaks}");
        assert_eq!(say(&server, "strings", "").await, "0", "breaks: {breaks}");
    }
}

#[tokio::test]
async fn an_unregistered_system_is_an_error_that_names_those_there_are_or_zero_if_wanted() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let link = link(&server, &folder, "");
    let said = message(&ask(&*question(&link, "ssdep", "")).await);
    let expected =
        format!("{}analysis_system has no analysis system \"ssdep\"; there are: ssdeep, strings", server.url());
    assert_eq!(said, expected);
    for words in ["read = 'demand'", "read = 'instances'"] {
        let source = question(&link, "ssdep", &format!("{words}\nunregistered = 'zero'"));
        assert_eq!(told(&ask(&*source).await), "0", "{words}");
    }
    server.world().systems.push("ssdep".to_owned());
    assert_eq!(say(&server, "ssdep", "").await, "0", "now it is there, and has nothing to do");
}

/// M4 and M20: the whole way from the server to the size, for two targets of one system.
#[test]
fn two_targets_of_one_system_get_the_full_demand_each() {
    let server = server();
    server.world().request("ssdeep", 4);
    server.world().instance("a", "ssdeep", true, 5);
    server.world().instance("b", "ssdeep", false, 50);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, KEY).unwrap();
    let target = |name: &str, system: &str| {
        format!(
            "[target.{name}]\ninterval = '30s'\nmin = 3\nmax = 15\nbackend.memory.replicas = 3\n\
             indicator.analyses.mass = {{ source = 'lab', analysis-system = '{system}' }}\n\
             policy.component = 'builtin:demand-average'\n\
             policy.config = {{ indicator = 'analyses', rounding = 'truncate' }}\n"
        )
    };
    let url = format!("{}analysis_system/ssdeep/", server.url());
    let source = format!("[source.lab.mass]\nurl = '{}'\napi-key = {{ file = '{}' }}\n", server.url(), path.display());
    let config = source + &target("one", "ssdeep") + &target("two", &url);
    let mut host = TrimtabHost::serving(&config);
    for name in ["one", "two"] {
        let size =
            host.until("it was evaluated", |host| host.target(name)?["desired"].as_u64().filter(|size| *size != 3));
        assert_eq!(size, 4, "{name}: 9 * 0.3 + 3 * 0.7 = 4.8");
    }
    assert_eq!(server.asked_for("analysis_system"), 1, "{:?}", server.asked());
    let metrics = trimtab_tests::lab::http::get(&format!("http://{}/metrics", host.address().unwrap())).unwrap().1;
    let told = host.log() + &metrics + &host.told(&["status"]) + &host.told(&["explain", "one"]);
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn it_gives_no_jobs() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!question(&link(&server(), &folder, ""), "ssdeep", "").gives_jobs());
}
