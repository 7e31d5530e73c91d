//! A real Prometheus.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::http;
use super::process::Service;

/// A Prometheus that scrapes what it is told five times a second.
///
/// It takes up its targets at the first beat of its discovery, which comes some five seconds after the start.
/// Rules are evaluated at once.
pub struct Prometheus {
    service: Service,
}

impl Prometheus {
    /// One that scrapes `/metrics` of these `host:port`.
    pub fn scraping(targets: &[&str]) -> Self {
        Self::with_rules(targets, "")
    }

    /// The same with a rule file, as YAML.
    pub fn with_rules(targets: &[&str], rules: &str) -> Self {
        let (config, rules) = (config(targets), rules.to_owned());
        let command = move |home: &Path, port: u16| {
            // What can't be written is missed by Prometheus, which then says so and ends.
            let _ = fs::write(home.join("prometheus.yml"), &config);
            let _ = fs::write(home.join("rules.yml"), &rules);
            let mut command = Command::new("prometheus");
            command.arg("--config.file=prometheus.yml").arg(format!("--storage.tsdb.path={}", data(home)));
            command.arg(format!("--web.listen-address=127.0.0.1:{port}")).arg("--log.level=warn");
            command
        };
        Self { service: Service::start(command, is_ready) }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        url(self.service.port())
    }

    /// The result of an instant query.
    ///
    /// # Panics
    ///
    /// If it can't be reached or refuses.
    pub fn query(&self, query: &str) -> Value {
        let url = format!("{}/api/v1/query?query={}", self.url(), http::escaped(query));
        let (status, body) = http::get(&url).unwrap_or_else(|error| panic!("prometheus {query}: {error}"));
        assert_eq!(status, 200, "prometheus {query}: {body}");
        let answer: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
        answer["data"]["result"].clone()
    }

    /// The process, to pause it, kill it and start it again.
    pub fn service(&mut self) -> &mut Service {
        &mut self.service
    }
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn data(home: &Path) -> String {
    home.join("data").display().to_string()
}

fn config(targets: &[&str]) -> String {
    let mut config = "global: {scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms}\n\
        rule_files: [rules.yml]\n\
        scrape_configs:\n- job_name: lab\n  static_configs:\n"
        .to_owned();
    for target in targets {
        let _ = writeln!(config, "  - targets: ['{target}']");
    }
    config
}

/// Ready, and the one of this process: it was started with the folder that its command line shows.
fn is_ready(pid: u32, port: u16) -> bool {
    let ready = http::get(&format!("{}/-/ready", url(port)));
    let flags = http::get(&format!("{}/api/v1/status/flags", url(port)));
    let line = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let ours = line.split('\0').find_map(|word| word.strip_prefix("--storage.tsdb.path="));
    match (ready, flags, ours) {
        (Ok((200, _)), Ok((200, flags)), Some(ours)) => flags.contains(ours),
        _ => false,
    }
}
