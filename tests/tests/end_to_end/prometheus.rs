//! By a query to a real Prometheus, which scrapes an exporter.

use trimtab_tests::lab::{JsonServer, Prometheus, Reply, TrimtabHost};

#[test]
fn processes_follow_a_query_to_prometheus() {
    let exporter = JsonServer::start();
    let set = |waiting: u32| {
        let page = format!("# TYPE queue_jobs_waiting gauge\nqueue_jobs_waiting {waiting}\n");
        exporter.reply("/metrics", Reply::metrics(&page));
    };
    set(5);
    let prometheus = Prometheus::scraping(&[&exporter.address()]);
    let source = format!("prometheus.server-address = \"{}\"", prometheus.url());
    let indicator = r#"prometheus = { source = "queue", query = "sum(queue_jobs_waiting)" }"#;
    let mut host = TrimtabHost::serving(&super::config(&source, indicator));
    super::up_and_down(&mut host, set);
}
