//! `/metrics`, as any exporter has it.

use std::fmt::{self, Write};

use super::book::Counters;
use super::waits::Waits;

/// The content type of the text format.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The whole page. `idle`: workers that ask for a job right now and get none.
pub fn page(counters: &Counters, idle: usize, waits: &Waits) -> String {
    let mut page = String::new();
    // Writing to a string can't fail.
    let _ = write_all(&mut page, counters, idle, waits);
    page
}

fn write_all(page: &mut String, counters: &Counters, idle: usize, waits: &Waits) -> fmt::Result {
    let Counters { waiting, running, done, queued, put_back, arrivals_per_second } = counters;
    one(page, "demo_jobs_waiting", "gauge", "Jobs that nobody has taken.", waiting)?;
    one(page, "demo_jobs_running", "gauge", "Jobs in the hands of workers.", running)?;
    one(page, "demo_workers_idle", "gauge", "Workers that ask for a job and get none.", &idle)?;
    one(page, "demo_jobs_queued_total", "counter", "Jobs that came.", queued)?;
    one(page, "demo_jobs_done_total", "counter", "Jobs that are done.", done)?;
    one(page, "demo_jobs_put_back_total", "counter", "Jobs put back, since their worker was lost.", put_back)?;
    one(page, "demo_arrivals_per_second", "gauge", "Jobs that come per second.", arrivals_per_second)?;
    histogram(page, "demo_job_wait_seconds", "How long jobs waited until they were taken.", waits)
}

fn head(page: &mut String, name: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}")
}

fn one(page: &mut String, name: &str, kind: &str, help: &str, value: &dyn fmt::Display) -> fmt::Result {
    head(page, name, kind, help)?;
    writeln!(page, "{name} {value}")
}

fn histogram(page: &mut String, name: &str, help: &str, waits: &Waits) -> fmt::Result {
    head(page, name, "histogram", help)?;
    for (end, count) in waits.buckets() {
        writeln!(page, "{name}_bucket{{le=\"{end}\"}} {count}")?;
    }
    writeln!(page, "{name}_bucket{{le=\"+Inf\"}} {}", waits.count())?;
    writeln!(page, "{name}_sum {}\n{name}_count {}", waits.sum_seconds(), waits.count())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_page() {
        let counters = Counters { waiting: 3, running: 2, done: 7, queued: 12, put_back: 0, arrivals_per_second: 1.5 };
        let mut waits = Waits::default();
        for wait in [300, 20_000] {
            waits.record(Duration::from_millis(wait));
        }
        let page = page(&counters, 1, &waits);
        for line in [
            "# TYPE demo_jobs_waiting gauge\ndemo_jobs_waiting 3\n",
            "demo_jobs_done_total 7\n",
            "demo_arrivals_per_second 1.5\n",
            "demo_job_wait_seconds_bucket{le=\"0.25\"} 0\n",
            "demo_job_wait_seconds_bucket{le=\"16\"} 1\n",
            "demo_job_wait_seconds_bucket{le=\"+Inf\"} 2\n",
            "demo_job_wait_seconds_sum 20.3\ndemo_job_wait_seconds_count 2\n",
        ] {
            assert!(page.contains(line), "{line} is not in\n{page}");
        }
    }
}
