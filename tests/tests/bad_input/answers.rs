//! Bad answers of sources beside a good target.

use std::fmt::Write as _;

use trimtab_tests::lab::{JsonServer, Reply, TrimtabHost};

/// How to ask, what is answered, and what the host says of it. `URL` is that of the server.
struct Case {
    name: &'static str,
    kind: &'static str,
    question: &'static str,
    reply: Reply,
    trouble: &'static str,
}

fn table() -> Vec<Case> {
    let json = r#"path = "", value-location = "$.value""#;
    let case = |name, kind, question, reply, trouble| Case { name, kind, question, reply, trouble };
    let page = |text| Reply::metrics(text);
    vec![
        case("closed", "http-json", json, Reply::close(), "URL/closed: connection closed before message completed"),
        case(
            "refused",
            "http-json",
            json,
            Reply::json("{}").status(500),
            "URL/refused answered 500 Internal Server Error",
        ),
        case(
            "html",
            "http-json",
            json,
            Reply::json("<html>"),
            "URL/html answered no JSON of the expected form: expected value at line 1 column 1",
        ),
        case(
            "cut",
            "http-json",
            json,
            Reply::json(r#"{"value": 5}"#).cut_at(6),
            "URL/cut: end of file before message length reached",
        ),
        case(
            "text",
            "http-json",
            json,
            Reply::json(r#"{"value": "lots"}"#),
            "URL/text at $.value: found a text that is no number",
        ),
        case(
            "many",
            "http-json",
            r#"path = "", value-location = "$.value[*]""#,
            Reply::json(r#"{"value": [1, 2]}"#),
            "URL/many at $.value[*]: found 2 values where one was expected: say aggregate = \"sum\" or another",
        ),
        case(
            "not-metrics",
            "scrape",
            r#"metric = "load""#,
            page("load five\n"),
            "URL/not-metrics is no exposition: line 1: expected a number as value, not \"five\"",
        ),
        case(
            "prometheus-error",
            "prometheus",
            r#"query = "up""#,
            Reply::json(r#"{"status": "error", "errorType": "execution", "error": "too many samples"}"#).status(422),
            "URL/prometheus-error/api/v1/query: the query failed (execution): too many samples",
        ),
        case(
            "prometheus-text",
            "prometheus",
            r#"query = "up""#,
            Reply::json(r#"{"status": "success", "data": {"resultType": "string", "result": [0, "x"]}}"#),
            "URL/prometheus-text/api/v1/query: the query yields text, a number was expected",
        ),
    ]
}

#[test]
fn each_bad_answer_is_told_and_the_other_target_goes_on() {
    let server = JsonServer::start();
    let mut config = super::GOOD.to_owned();
    for Case { name, kind, question, reply, .. } in table() {
        let url = format!("{}/{name}", server.url());
        let connection = match kind {
            "scrape" => format!("urls = [\"{url}\"]"),
            "prometheus" => format!("server-address = \"{url}\""),
            _ => format!("url = \"{url}\""),
        };
        server.reply(&format!("/{name}{}", if kind == "prometheus" { "/api/v1/query" } else { "" }), reply);
        let _ = write!(
            config,
            "[source.{name}.{kind}]\n{connection}\n[target.{name}]\ninterval = \"100ms\"\nmax = 5\n\
             backend.memory.replicas = 2\nindicator.load.{kind} = {{ source = \"{name}\", {question} }}\n\
             policy.component = \"builtin:qos-rules\"\n\
             policy.config.rules = [{{ indicator = \"load\", function = \"last\", add = {{ operator = \">\", threshold = 1 }} }}]\n"
        );
    }
    let mut host = TrimtabHost::serving(&config);
    let said = |case: Case| {
        (case.name.to_owned(), format!("indicator `load`: {}", case.trouble.replace("URL", &server.url())))
    };
    let troubles: Vec<_> = table().into_iter().map(said).collect();
    super::expect_troubles(&mut host, &troubles);
}
