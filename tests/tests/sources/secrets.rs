//! Credentials reach the server, are read anew, and are shown nowhere.

use adapters::source::Connection;
use trimtab_tests::lab::{JsonServer, Reply};

use crate::bench::{ask, message, read, source, told};

const QUESTION: &str = "http-json = { source = 's', path = '/n', value-location = 'n' }";

fn connection(server: &JsonServer, auth: &str) -> String {
    format!("[http-json]\nurl = '{}'\nheaders = {{ X-Plain = 'here' }}\nauth.{auth}", server.url())
}

#[tokio::test]
async fn every_way_to_prove_oneself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, "hunter2\n").unwrap();
    let secret = format!("{{ file = '{}' }}", path.display());
    for (auth, header, expected) in [
        (format!("bearer-token = {secret}"), "authorization", "Bearer hunter2"),
        (format!("basic = {{ username = 'me', password = {secret} }}"), "authorization", "Basic bWU6aHVudGVyMg=="),
        (format!("authorization = {{ scheme = 'APIKEY', secret = {secret} }}"), "authorization", "APIKEY hunter2"),
        (format!("header = {{ name = 'X-Api-Key', secret = {secret} }}"), "x-api-key", "hunter2"),
    ] {
        let server = JsonServer::start();
        server.reply("/n", Reply::json(r#"{"n": 1}"#));
        assert_eq!(told(&ask(&*source(&connection(&server, &auth), QUESTION)).await), "1", "{auth}");
        let headers = &server.requests()[0].headers;
        assert_eq!(headers.get(header).map(String::as_str), Some(expected), "{auth}");
        assert_eq!(headers.get("x-plain").map(String::as_str), Some("here"));
        assert!(headers["user-agent"].starts_with("trimtab/"));
    }
}

#[tokio::test]
async fn a_changed_secret_is_used_for_the_next_request() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let server = JsonServer::start();
    server.reply("/n", Reply::json(r#"{"n": 1}"#));
    let connection = connection(&server, &format!("bearer-token = {{ file = '{}' }}", path.display()));
    let issues = read::<Connection>(&connection).unwrap().check();
    assert!(issues.len() == 1 && issues[0].contains(&path.display().to_string()), "{issues:?}");
    let source = source(&connection, QUESTION);
    let missing = ask(&*source).await;
    assert!(told(&missing) == "denied" && message(&missing).contains(&path.display().to_string()), "{missing:?}");
    assert!(server.requests().is_empty(), "nothing is sent without the secret");
    for secret in ["first", "second"] {
        std::fs::write(&path, secret).unwrap();
        assert_eq!(told(&ask(&*source).await), "1");
    }
    let sent: Vec<_> = server.requests().iter().map(|request| request.headers["authorization"].clone()).collect();
    assert_eq!(sent, ["Bearer first", "Bearer second"]);
}

#[tokio::test]
async fn no_error_shows_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    for (secret, reply) in [
        ("hunter2", Reply::json("{}").status(401)),
        ("hunter2", Reply::json("{}").status(500)),
        ("hunter2", Reply::close()),
        ("hunter2\nsecond line", Reply::json("{}")),
    ] {
        std::fs::write(&path, secret).unwrap();
        let server = JsonServer::start();
        server.reply("/n", reply);
        let connection = connection(&server, &format!("bearer-token = {{ file = '{}' }}", path.display()));
        let question = "http-json = { source = 's', path = '/n?key=hunter2', value-location = 'n' }";
        let answer = ask(&*source(&connection, question)).await;
        assert!(answer.is_err() && !format!("{answer:?}").contains("hunter2"), "{answer:?}");
    }
}

#[tokio::test]
async fn credentials_do_not_follow_a_redirect_to_another_host() {
    let (server, other) = (JsonServer::start(), JsonServer::start());
    other.reply("/n", Reply::json(r#"{"n": 9}"#));
    server.reply("/n", Reply::json("").status(307).header("Location", &format!("{}/n", other.url())));
    server.reply("/moved", Reply::json("").status(307).header("Location", "/here"));
    server.reply("/here", Reply::json(r#"{"n": 3}"#));
    let plain = format!("[http-json]\nurl = '{}'", server.url());
    let elsewhere = ask(&*source(&plain, QUESTION)).await;
    assert!(message(&elsewhere).contains("which is not followed"), "{elsewhere:?}");
    assert!(other.requests().is_empty());
    let question = "http-json = { source = 's', path = '/moved', value-location = 'n' }";
    assert_eq!(told(&ask(&*source(&plain, question)).await), "3");
}
