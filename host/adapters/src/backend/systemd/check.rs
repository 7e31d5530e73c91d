//! What `trimtab check` can tell of a config before anything is started.

use std::time::Duration;

use super::bus::{Bus, BusError, TemplateFacts};
use super::config::{Boot, Overdue, Request, SystemdConfig};

/// Key within the table, and what is wrong or odd there.
pub type Finding = (String, String);

impl SystemdConfig {
    /// What is wrong, as far as can be seen without asking systemd.
    pub fn check(&self) -> Vec<Finding> {
        let mut found: Vec<Finding> = Vec::new();
        let mut add = |key: &str, message: &str| found.push((key.to_owned(), message.to_owned()));
        if self.timeout.get().is_zero() {
            add("timeout", "must be longer than nothing, such as \"5s\"");
        }
        if self.usage_interval.get() < Duration::from_secs(1) {
            add("usage-interval", "must be at least 1s");
        }
        if self.restart.min.get().is_zero() {
            add("restart.min", "is zero; an instance that can't start would be started without end");
        }
        if self.restart.max < self.restart.min {
            add("restart.max", &format!("is below restart.min = {}", self.restart.min));
        }
        if self.replica_limit == Some(0) {
            add("replica-limit", "is 0; leave it out for no limit");
        }
        if self.boot_helper.is_some() && self.boot == Boot::Host {
            add("boot-helper", "is only of use with boot = \"enable\"");
        }
        if self.boot_helper.as_ref().is_some_and(|socket| !socket.is_absolute()) {
            add("boot-helper", "expected the absolute path of a socket, such as \"/run/trimtab-boot.sock\"");
        }
        self.check_drain(&mut add);
        let jobs = self.jobs.iter().flat_map(super::jobs::JobsConfig::check);
        found.extend(jobs.map(|(key, message)| (joined("jobs", &key), message)));
        found
    }

    fn check_drain(&self, add: &mut impl FnMut(&str, &str)) {
        let drain = &self.drain;
        let is_empty = |request: &Option<Request>| matches!(request, Some(Request::Command(words)) if words.first().is_none_or(String::is_empty));
        for (key, request) in [("drain.stop-intake", &drain.stop_intake), ("drain.resume-intake", &drain.resume_intake)]
        {
            if is_empty(request) {
                add(key, "the command is empty; expected a program and its arguments");
            }
        }
        if drain.resume_intake.is_some() && drain.stop_intake.is_none() {
            add("drain.resume-intake", "is only of use beside drain.stop-intake");
        }
        if drain.waits_for_idle() && self.jobs.is_none() && drain.then == Overdue::Keep {
            let key = if drain.wait_for_idle.is_some() { "drain.wait-for-idle" } else { "drain.stop-intake" };
            add(
                key,
                "needs [..backend.systemd.jobs], or drain.then = \"stop\": without it nobody can tell when a worker is idle, and no drain would ever end",
            );
        }
    }

    /// What is odd, after asking systemd. Never an error: a config may be checked on another machine.
    pub async fn check_on_this_machine(&self) -> Vec<Finding> {
        let bus = Bus::of(&self.bus, self.timeout.get());
        match bus.facts(&self.template).await {
            Ok(facts) => self.compare(&facts),
            Err(error @ BusError::Denied(_)) => vec![("bus".to_owned(), error.to_string())],
            Err(error) => vec![("bus".to_owned(), format!("systemd can't be asked about {}: {error}", self.template))],
        }
    }

    fn compare(&self, facts: &TemplateFacts) -> Vec<Finding> {
        if !facts.installed {
            return vec![("template".to_owned(), format!("systemd knows no template {} here", self.template))];
        }
        let warning = self.impatience(facts.stop_timeout);
        warning.map(|message| ("drain.deadline".to_owned(), message)).into_iter().collect()
    }

    /// What to say if systemd, which gives a stop `limit`, loses its patience before the drain does.
    pub(super) fn impatience(&self, limit: Option<Duration>) -> Option<String> {
        let deadline = self.drain.deadline;
        let limit = humantime::format_duration(limit.filter(|limit| *limit < deadline.get())?);
        Some(format!(
            "{} has TimeoutStopSec={limit}, and the drain gives it {deadline}: systemd kills a worker that needs \
             longer than {limit} to finish. Raise TimeoutStopSec= in a drop-in of the unit, or lower drain.deadline",
            self.template
        ))
    }
}

fn joined(table: &str, key: &str) -> String {
    if key.is_empty() { table.to_owned() } else { format!("{table}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(toml: &str) -> SystemdConfig {
        toml::from_str(toml).unwrap()
    }

    fn keys(toml: &str) -> Vec<String> {
        config(toml).check().into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn a_good_config_has_no_findings() {
        assert_eq!(keys(r#"template = "drakrun@.service""#), [""; 0]);
        let toml = r#"
            template = "drakrun@.service"
            bus = "unix:path=/run/dbus/system_bus_socket"
            numbering = "any"
            boot = "enable"
            boot-helper = "/run/trimtab-boot.sock"
            drain = { stop-intake = { signal = "USR1" }, resume-intake = { command = ["/bin/true", "{instance}"] }, deadline = "20m", then = "stop" }
            restart = { min = "2s", max = "5m" }
        "#;
        assert_eq!(keys(toml), [""; 0]);
    }

    #[test]
    fn all_findings_are_told_at_once() {
        let toml = r#"
            template = "drakrun@.service"
            boot-helper = "boot.sock"
            timeout = "0s"
            usage-interval = "100ms"
            restart = { min = "0s" }
            replica-limit = 0
            drain = { stop-intake = { command = [] } }
        "#;
        let expected = [
            "timeout",
            "usage-interval",
            "restart.min",
            "replica-limit",
            "boot-helper",
            "boot-helper",
            "drain.stop-intake",
            "drain.stop-intake",
        ];
        assert_eq!(keys(toml), expected);
    }

    #[test]
    fn a_unit_that_gives_less_time_than_the_drain_is_told() {
        let facts = |seconds: Option<u64>| TemplateFacts {
            installed: true,
            stop_timeout: seconds.map(Duration::from_secs),
            start_timeout: None,
        };
        let config = config(r#"template = "drakrun@.service""#);
        let told = config.compare(&facts(Some(700)));
        assert!(told[0].1.contains("TimeoutStopSec=11m 40s") && told[0].1.contains("15m"), "{told:?}");
        assert!(config.compare(&facts(Some(900))).is_empty() && config.compare(&facts(None)).is_empty());
        assert!(config.compare(&TemplateFacts { installed: false, ..facts(None) })[0].1.contains("knows no template"));
    }
}
