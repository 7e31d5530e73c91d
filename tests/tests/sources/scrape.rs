//! Source `scrape`: functions over the samples of several exporters.

use adapters::source::Source;
use scaling_core::units::Timestamp;
use trimtab_tests::lab::process::free_port;
use trimtab_tests::lab::{JsonServer, Reply};

use crate::bench::{NOW, ask, ask_at, message, source, told};

fn over(servers: &[&JsonServer], question: &str) -> Box<dyn Source> {
    let urls: Vec<String> = servers.iter().map(|server| format!("'{}/metrics'", server.url())).collect();
    let connection = format!("scrape = {{ urls = [{}] }}", urls.join(", "));
    source(&connection, &format!("[scrape]\nsource = 's'\n{question}"))
}

fn exporter(page: &str) -> JsonServer {
    let server = JsonServer::start();
    server.reply("/metrics", Reply::metrics(page));
    server
}

const A: &str = "# TYPE busy gauge\nbusy{queue=\"mail\",worker=\"w1\"} 1\nbusy{queue=\"mail\",worker=\"w2\"} 2\n\
    busy{queue=\"news\",worker=\"w1\"} 4\nodd{queue=\"mail\"} NaN\n";
const B: &str = "busy{queue=\"mail\",worker=\"w3\"} 10\n";

#[tokio::test]
async fn functions_over_labels_and_exporters() {
    let (a, b) = (exporter(A), exporter(B));
    let (at_a, at_b) = (a.address(), b.address());
    for (question, expected) in [
        ("metric = 'busy'", "17".to_owned()),
        ("metric = 'busy'\nfunction = 'avg'", "4.25".to_owned()),
        ("metric = 'busy'\nfunction = 'min'", "1".to_owned()),
        ("metric = 'busy'\nfunction = 'max'", "10".to_owned()),
        ("metric = 'busy'\nlabels = { queue = 'mail' }", "13".to_owned()),
        ("metric = 'busy'\nlabels = { queue = 'mail', worker = { regex = 'w[23]' } }", "12".to_owned()),
        ("metric = 'busy'\nlabels = { worker = 'w2' }", "2~".to_owned()),
        ("metric = 'busy'\nlabels = { queue = 'none' }", String::new()),
        ("metric = 'idle'", String::new()),
        ("metric = 'odd'", String::new()),
        ("metric = 'busy'\nby = ['queue']", "queue=mail 13; queue=news 4".to_owned()),
        ("metric = 'busy'\nreplica-label = 'worker'", "replica w1 5; replica w2 2; replica w3 10".to_owned()),
        ("metric = 'busy'\nagent-label = 'instance'", {
            let mut agents = [format!("agent {at_a} 7"), format!("agent {at_b} 10")];
            agents.sort();
            agents.join("; ")
        }),
    ] {
        assert_eq!(told(&ask(&*over(&[&a, &b], question)).await), expected, "{question}");
    }
    let unnamed = ask(&*over(&[&a, &b], "metric = 'busy'\nagent-label = 'zone'")).await;
    assert!(message(&unnamed).contains("has no label \"zone\" to name its subject"), "{unnamed:?}");
}

#[tokio::test]
async fn a_silent_exporter_makes_it_partial_and_all_of_them_an_error() {
    let (a, b) = (exporter(A), exporter(B));
    let source = over(&[&a, &b], "metric = 'busy'");
    for fault in [Reply::close(), Reply::json("{}").status(500), Reply::metrics("<html>\n"), Reply::metrics("idle 1\n")]
    {
        b.reply("/metrics", fault.clone());
        assert_eq!(told(&ask(&*source).await), "7~", "{fault:?}");
    }
    a.reply("/metrics", Reply::json("{}").status(500));
    b.reply("/metrics", Reply::json("{}").status(500));
    assert_eq!(told(&ask(&*source).await), "unreachable");
}

#[tokio::test]
async fn rates_need_two_scrapes_and_survive_a_restart_and_a_gap() {
    let server = exporter("done_total{w=\"a\"} 1000\ndone_total{w=\"b\"} 500\n");
    let source = over(&[&server], "metric = 'done_total'\nfunction = 'rate'");
    let at = |seconds: u64| Timestamp(NOW.0 + seconds * 1000);
    assert_eq!(told(&ask_at(&*source, at(0)).await), "", "one scrape has no rate");
    server.reply("/metrics", Reply::metrics("done_total{w=\"a\"} 1020\ndone_total{w=\"b\"} 530\n"));
    assert_eq!(told(&ask_at(&*source, at(10)).await), "5");
    server.reply("/metrics", Reply::close());
    assert_eq!(told(&ask_at(&*source, at(20)).await), "unreachable");
    server.reply("/metrics", Reply::metrics("done_total{w=\"a\"} 1060\ndone_total{w=\"b\"} 10\n"));
    assert_eq!(told(&ask_at(&*source, at(30)).await), "2.5", "40 and, begun anew, 10 in 20 s");
}

#[tokio::test]
async fn a_quantile_is_of_what_was_counted_since_the_scrape_before() {
    let page = |fast: u32, slow: u32| {
        format!(
            "t_bucket{{le=\"0.1\"}} {fast}\nt_bucket{{le=\"1\"}} {slow} # {{trace=\"x\"}} 0.7\n\
             t_bucket{{le=\"+Inf\"}} {slow}\nt_sum 3\nt_count {slow}\n# EOF\n"
        )
    };
    let open_metrics = |page: &str| Reply::typed("application/openmetrics-text; version=1.0.0", page);
    let server = JsonServer::start();
    server.reply("/metrics", open_metrics(&page(1000, 1000)));
    let source = over(&[&server], "metric = 't'\nfunction = 'quantile'\nquantile = 0.75");
    let at = |seconds: u64| Timestamp(NOW.0 + seconds * 1000);
    assert_eq!(told(&ask_at(&*source, at(0)).await), "");
    server.reply("/metrics", open_metrics(&page(1005, 1010)));
    assert_eq!(told(&ask_at(&*source, at(10)).await), "0.55");
    assert_eq!(told(&ask_at(&*source, at(20)).await), "", "nothing was counted: no quantile");
    server.reply("/metrics", open_metrics("t_bucket 1\n# EOF\n"));
    assert_eq!(told(&ask_at(&*source, at(30)).await), "");
}

#[tokio::test]
async fn an_exporters_own_time_is_kept() {
    let server = exporter("load 3 1699999940000\nload{a=\"b\"} 4\n");
    let answer = ask(&*over(&[&server], "metric = 'load'")).await.unwrap();
    let adapters::source::Answer::Readings(readings) = answer else { panic!("{answer:?}") };
    assert_eq!(readings[0].samples[0].at, Timestamp(NOW.0 - 60_000), "the sum is as old as its oldest part");
}

#[tokio::test]
async fn an_exporter_that_is_not_there_at_all() {
    let connection = format!("scrape = {{ urls = ['http://127.0.0.1:{}/metrics'] }}", free_port());
    let answer = ask(&*source(&connection, "scrape = { source = 's', metric = 'load' }")).await;
    assert_eq!(told(&answer), "unreachable");
}
