//! TLS with certificates of our own: against openssl's web server and a real redis-server.

use std::fs;
use std::path::Path;
use std::process::Command;

use trimtab_tests::lab::{Certificates, Redis, Service};

use crate::bench::{ask, message, source, told};

/// A web server that serves `{"n": 7}` as `n`.
fn web_server(certificates: &Certificates, more: &[String]) -> Service {
    let files = ["-cert".to_owned(), show(&certificates.certificate()), "-key".to_owned(), show(&certificates.key())];
    let words = [&files[..], more].concat();
    let command = move |home: &Path, port: u16| {
        fs::write(home.join("n"), r#"{"n": 7}"#).unwrap();
        let mut command = Command::new("openssl");
        command.args(["s_server", "-WWW", "-accept", &format!("127.0.0.1:{port}")]).args(&words);
        command
    };
    // It says so in the log of its own folder once it listens.
    let listens =
        |pid: u32, _| fs::read_to_string(format!("/proc/{pid}/cwd/log")).is_ok_and(|log| log.contains("ACCEPT"));
    Service::start(command, listens)
}

fn show(path: &Path) -> String {
    path.display().to_string()
}

fn ours(certificates: &Certificates) -> String {
    let (cert, key) = (certificates.certificate(), certificates.key());
    format!(
        "ca-file = '{}', cert-file = '{}', key-file = '{}'",
        show(&certificates.authority()),
        show(&cert),
        show(&key)
    )
}

/// What an API answers when it is asked with this `tls`.
async fn from_api(server: &Service, tls: &str) -> String {
    let connection =
        format!("http-json = {{ url = 'https://localhost:{}', timeout = '5s', tls = {{ {tls} }} }}", server.port());
    let answer = ask(&*source(&connection, "http-json = { source = 's', path = '/n', value-location = 'n' }")).await;
    if answer.is_ok() { told(&answer) } else { format!("{}: {}", told(&answer), message(&answer)) }
}

async fn from_redis(redis: &Redis, tls: &str) -> String {
    let connection = format!("redis = {{ address = '{}', timeout = '5s', tls = {{ {tls} }} }}", redis.tls_address());
    let answer = ask(&*source(&connection, "redis = { source = 's', list-length = 'jobs' }")).await;
    if answer.is_ok() { told(&answer) } else { format!("{}: {}", told(&answer), message(&answer)) }
}

#[tokio::test]
async fn an_api_is_believed_by_its_authority_only() {
    let (certificates, strangers) = (Certificates::make(), Certificates::make());
    let server = web_server(&certificates, &[]);
    let trusting = |certificates: &Certificates| format!("ca-file = '{}'", show(&certificates.authority()));
    assert_eq!(from_api(&server, &trusting(&certificates)).await, "7");
    assert_eq!(from_api(&server, "unsafe-ssl = true").await, "7");
    for tls in [trusting(&strangers), String::new()] {
        let refused = from_api(&server, &tls).await;
        assert!(refused.starts_with("unreachable: https://localhost") && refused.contains("certificate"), "{refused}");
    }
}

#[tokio::test]
async fn an_api_may_want_our_certificate() {
    let (certificates, strangers) = (Certificates::make(), Certificates::make());
    let authority = show(&certificates.authority());
    let wanted = ["-Verify", "1", "-verify_return_error", "-CAfile", &authority].map(str::to_owned);
    let server = web_server(&certificates, &wanted);
    assert_eq!(from_api(&server, &ours(&certificates)).await, "7");
    let without = from_api(&server, &format!("ca-file = '{authority}'")).await;
    assert!(without.starts_with("unreachable"), "{without}");
    let theirs = ours(&strangers).replace(&show(&strangers.authority()), &authority);
    let with_another = from_api(&server, &theirs).await;
    assert!(with_another.starts_with("unreachable"), "{with_another}");
}

#[tokio::test]
async fn a_redis_by_tls() {
    let (certificates, strangers) = (Certificates::make(), Certificates::make());
    let redis = Redis::with_tls(&certificates);
    redis.command(&["RPUSH", "jobs", "a", "b"]);
    assert_eq!(from_redis(&redis, &ours(&certificates)).await, "2");
    let unsafe_ssl = ours(&certificates).replace(&show(&certificates.authority()), &show(&strangers.authority()));
    assert_eq!(from_redis(&redis, &format!("{unsafe_ssl}, unsafe-ssl = true")).await, "2");
    for tls in [unsafe_ssl, String::new(), format!("ca-file = '{}'", show(&certificates.authority()))] {
        let refused = from_redis(&redis, &tls).await;
        assert!(refused.starts_with("unreachable"), "{refused}");
    }
}
