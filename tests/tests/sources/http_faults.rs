//! Whatever an HTTP source meets is an error or nothing, and never a zero: one table for every kind.

use std::time::Duration;

use adapters::source::{Ask, Collector, CollectorSettings, Source};
use scaling_core::observation::{Quality, Series, SubjectKind};
use scaling_core::units::Timestamp;
use trimtab_tests::lab::{JsonServer, Reply};

use crate::bench::{self, MINUTE, NOW, told};

/// One kind of source, and what its server answers: `%` in the template is the value.
struct Kind {
    name: &'static str,
    path: &'static str,
    template: &'static str,
    seven: &'static str,
    quoted: bool,
    connection: fn(&str, &str) -> String,
    question: &'static str,
}

const KINDS: [Kind; 4] = [
    Kind {
        name: "prometheus",
        path: "/api/v1/query",
        template: r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1700000000,%]}]}}"#,
        seven: "\"7\"",
        quoted: true,
        connection: |url, timeout| format!("prometheus = {{ server-address = '{url}', timeout = '{timeout}' }}"),
        question: "prometheus = { source = 's', query = 'load' }",
    },
    Kind {
        name: "scrape",
        path: "/metrics",
        template: "# TYPE load gauge\nload %\n",
        seven: "7",
        quoted: false,
        connection: |url, timeout| format!("scrape = {{ urls = ['{url}/metrics'], timeout = '{timeout}' }}"),
        question: "scrape = { source = 's', metric = 'load' }",
    },
    Kind {
        name: "http-json",
        path: "/load",
        template: r#"{"load": %}"#,
        seven: "7",
        quoted: true,
        connection: |url, timeout| format!("http-json = {{ url = '{url}', timeout = '{timeout}' }}"),
        question: "http-json = { source = 's', path = '/load', value-location = 'load' }",
    },
    Kind {
        name: "http-json with a list",
        path: "/load",
        template: r#"{"jobs": %}"#,
        seven: "[1, 1, 1, 1, 1, 1, 1]",
        quoted: true,
        connection: |url, timeout| format!("http-json = {{ url = '{url}', timeout = '{timeout}' }}"),
        question: "http-json = { source = 's', path = '/load', list-location = 'jobs', value-location = '$[*]', aggregate = 'count' }",
    },
];

impl Kind {
    /// A good answer.
    fn good(&self) -> String {
        self.raw(self.seven)
    }

    /// An answer with this word as its value, as the format writes words.
    fn word(&self, word: &str) -> Reply {
        Reply::json(&if self.quoted { self.raw(&format!("\"{word}\"")) } else { self.raw(word) })
    }

    /// An answer with this in place of the value.
    fn raw(&self, value: &str) -> String {
        self.template.replace('%', value)
    }

    /// A good answer without its last character.
    fn cut(&self) -> String {
        let good = self.good();
        good[..good.len() - 1].to_owned()
    }
}

/// What the server does, and what each kind makes of it: an error's label, or nothing.
type Row = (&'static str, fn(&Kind) -> Reply, [&'static str; 4]);

const NOTHING: &str = "";

#[rustfmt::skip]
const ROWS: [Row; 24] = [
    ("closes", |_| Reply::close(), ["unreachable"; 4]),
    ("500", |kind| Reply::json(&kind.good()).status(500), ["unreachable"; 4]),
    ("503 with HTML", |_| Reply::typed("text/html", "<h1>Busy</h1>").status(503), ["unreachable"; 4]),
    ("429", |_| Reply::json("{}").status(429), ["unreachable"; 4]),
    ("401", |_| Reply::json("{}").status(401), ["denied"; 4]),
    ("403", |_| Reply::json("{}").status(403), ["denied"; 4]),
    ("404", |_| Reply::json("{}").status(404), ["garbled"; 4]),
    ("400 with a good body", |kind| Reply::json(&kind.good()).status(400), ["garbled"; 4]),
    ("redirects elsewhere", |_| Reply::json("").status(302).header("Location", "http://127.0.0.1:1/"), ["garbled"; 4]),
    ("redirects in a circle", |kind| Reply::json("").status(302).header("Location", kind.path), ["garbled"; 4]),
    ("an empty body", |_| Reply::json(""), ["garbled", NOTHING, "garbled", "garbled"]),
    ("an empty document", |_| Reply::json("{}\n"), ["garbled", "garbled", NOTHING, "garbled"]),
    ("HTML", |_| Reply::typed("text/html", "<!doctype html>\n<p>Please sign in\n"), ["garbled"; 4]),
    ("an error with status 200", |_| Reply::json(r#"{"error": "oops"}"#), ["garbled", "garbled", NOTHING, "garbled"]),
    ("the connection cut", |kind| Reply::json(&kind.good()).cut_at(kind.good().len() - 1), ["unreachable"; 4]),
    ("the document cut", |kind| Reply::json(&kind.cut()), ["garbled"; 4]),
    ("no UTF-8", |_| Reply::bytes("text/plain", b"load \xff\n"), ["garbled"; 4]),
    ("a word", |kind| kind.word("many"), ["garbled"; 4]),
    ("NaN", |kind| kind.word("NaN"), [NOTHING, NOTHING, NOTHING, "garbled"]),
    ("infinity", |kind| kind.word("+Inf"), [NOTHING, NOTHING, NOTHING, "garbled"]),
    ("null", |kind| Reply::json(&kind.raw("null")), ["garbled", "garbled", NOTHING, "garbled"]),
    ("an object", |kind| Reply::json(&kind.raw("{}")), ["garbled"; 4]),
    ("a huge body", |_| Reply::json(&"[0],\n".repeat(2_000_000)), ["garbled"; 4]),
    ("JSON nested without end", |_| Reply::json(&"[".repeat(100_000)), ["garbled"; 4]),
];

fn source(kind: &Kind, server: &JsonServer, timeout: &str) -> Box<dyn Source> {
    bench::source(&(kind.connection)(&server.url(), timeout), kind.question)
}

#[tokio::test]
async fn every_fault_is_an_error_or_nothing() {
    let mut wrong = Vec::new();
    for (column, kind) in KINDS.iter().enumerate() {
        for (fault, reply, expected) in ROWS {
            let server = JsonServer::start();
            let source = source(kind, &server, "10s");
            server.reply(kind.path, reply(kind));
            let answer = bench::ask(&*source).await;
            if told(&answer) != expected[column] {
                wrong.push(format!("{} meets {fault}: {answer:?}, not {:?}", kind.name, expected[column]));
            }
            server.reply(kind.path, Reply::json(&kind.good()));
            let after = told(&bench::ask(&*source).await);
            if after != "7" {
                wrong.push(format!("{} after {fault}: {after}", kind.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_hung_server_is_left_at_the_timeout() {
    for kind in &KINDS {
        let server = JsonServer::start();
        server.reply(kind.path, Reply::hang());
        let answer = bench::ask(&*source(kind, &server, "200ms")).await;
        assert_eq!(bench::message(&answer), "no answer within 200 ms", "{}", kind.name);
        server.reply(kind.path, Reply::json(&kind.good()).delay(Duration::from_secs(20)));
        assert_eq!(told(&bench::ask(&*source(kind, &server, "200ms")).await), "timeout", "{}", kind.name);
    }
}

#[tokio::test]
async fn a_refused_connection_says_where() {
    for kind in &KINDS {
        let url = format!("http://127.0.0.1:{}", trimtab_tests::lab::process::free_port());
        let source = bench::source(&(kind.connection)(&url, "10s"), kind.question);
        let said = bench::message(&bench::ask(&*source).await);
        assert!(said.starts_with(&url) && said.contains("Connection refused"), "{}: {said}", kind.name);
    }
}

/// The same table as a policy would see it: the last good value, which grows old.
#[tokio::test]
async fn a_policy_sees_the_last_value_grow_stale_and_vanish() {
    for (column, kind) in KINDS.iter().enumerate() {
        for (fault, reply, expected) in ROWS.iter().filter(|row| row.0 != "a huge body") {
            let server = JsonServer::start();
            server.reply(kind.path, Reply::json(&kind.good()));
            let settings = CollectorSettings::for_interval(Duration::from_secs(5), Duration::from_secs(10), MINUTE);
            let collector = Collector::new(source(kind, &server, "10s"), settings);
            let case = format!("{} meets {fault}", kind.name);
            assert_eq!(seen(&collector, 0).await, (Quality::Fresh, vec![7.0]), "{case}");
            server.reply(kind.path, reply(kind));
            assert_eq!(seen(&collector, 5).await, (Quality::Fresh, vec![7.0]), "{case}");
            assert_eq!(seen(&collector, 16).await, (Quality::Stale, vec![7.0]), "{case}");
            assert_eq!(seen(&collector, 61).await, (Quality::Absent, vec![]), "{case}");
            let health = collector.health();
            let failures: u64 = health.failures_total.values().sum();
            assert_eq!(failures, if expected[column] == NOTHING { 0 } else { 3 }, "{case}: {health:?}");
        }
    }
}

async fn seen(collector: &Collector, seconds: u64) -> (Quality, Vec<f64>) {
    let ask = [Ask { name: "load".to_owned(), subject: SubjectKind::Target, window: MINUTE }];
    let now = Timestamp(NOW.0 + seconds * 1000);
    let Series { quality, samples, .. } = collector.series(now, seconds, &ask).await.remove(0);
    (quality, samples.iter().map(|sample| sample.value.get()).collect())
}
