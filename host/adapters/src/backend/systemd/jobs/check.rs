//! What `trimtab check` can tell of the table `jobs`.

use std::path::Path;
use std::time::Duration;

use rustix::fs::{Access, access};

use super::ask::Pattern;
use super::config::{JobsConfig, Kind};
use crate::backend::systemd::template::Instance;

/// More often than this is no use: reading takes its time too.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);

impl JobsConfig {
    /// What is wrong: key within the table (empty: the table itself), and what was expected.
    pub fn check(&self) -> Vec<(String, String)> {
        let mut found = Findings::default();
        match self.kind() {
            Err(wrong) => found.add("", wrong),
            Ok(Kind::File(it)) => check_path(&it.path, &mut found),
            Ok(Kind::Http(it)) => check_url(&it.url, &mut found),
            Ok(Kind::Command(it)) => check_command(&it.run, &mut found),
            Ok(Kind::Karton(it)) => {
                if it.identity.is_empty() {
                    found.add("karton.identity", "is empty; expected an identity such as \"karton.drakrun-prod\"");
                }
                if it.instance_key.as_deref().is_some_and(|key| !key.contains("{task}") && !key.contains("{root}")) {
                    found.add("karton.instance-key", "holds neither {task} nor {root}: all tasks would have one key");
                }
                if it.started_timeout.is_some_and(|limit| limit.get().is_zero()) {
                    found.add("karton.started-timeout", "is zero; expected more than the longest task can take");
                }
            }
            Ok(Kind::Rq(it)) => found.must_hold_instance("rq.worker", [&it.worker]),
        }
        self.check_times(&mut found);
        found.0
    }

    fn check_times(&self, found: &mut Findings) {
        if self.every.get() < SHORTEST_PAUSE {
            found.add("every", "is below 100ms");
        }
        let most = self.longest_age().saturating_sub(self.every.get());
        if self.timeout.get().is_zero() {
            found.add("timeout", "is zero; expected a time such as \"2s\"");
        } else if self.timeout.get() > most {
            let most = humantime::format_duration(most);
            found.add("timeout", format!("is above {most}: with this every, answers would be too old by then"));
        }
    }
}

fn check_path(path: &str, found: &mut Findings) {
    if !Path::new(path).is_absolute() {
        found.add("file.path", "is not absolute; expected a path such as \"/run/worker/{instance}/jobs\"");
    }
    found.must_hold_instance("file.path", [path]);
}

fn check_url(url: &str, found: &mut Findings) {
    let parsed = reqwest::Url::parse(&Pattern::new(url).of(&Instance::number(1)));
    if !parsed.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
        found.add("http.url", "is not an address such as \"http://127.0.0.1:90{instance}/jobs\"");
    }
    found.must_hold_instance("http.url", [url]);
}

fn check_command(run: &[String], found: &mut Findings) {
    let Some(program) = run.first() else {
        return found.add("command.run", "is empty; expected a program and its arguments");
    };
    let path = Path::new(program);
    if !path.is_absolute() {
        found.add(
            "command.run",
            format!("{program:?} is not absolute; expected a path such as \"/usr/local/bin/busy\""),
        );
    } else if !program.contains('{') && !is_executable(path) {
        found.add("command.run", format!("there is no program {program:?} that can be executed"));
    }
    if run.iter().any(|word| word.contains('\0')) {
        found.add("command.run", "holds a NUL byte");
    }
    found.must_hold_instance("command.run", run);
}

fn is_executable(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}

#[derive(Default)]
struct Findings(Vec<(String, String)>);

impl Findings {
    fn add(&mut self, key: &str, message: impl Into<String>) {
        self.0.push((key.to_owned(), message.into()));
    }

    fn must_hold_instance(&mut self, key: &str, texts: impl IntoIterator<Item = impl AsRef<str>>) {
        if !texts.into_iter().any(|text| text.as_ref().contains("{instance}")) {
            self.add(key, "does not hold {instance}: all instances would be told apart by nothing");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(toml: &str) -> Vec<String> {
        let config: JobsConfig = toml::from_str(toml).unwrap();
        config.check().into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn each_kind_can_be_given_well() {
        for good in [
            "file = { path = '/run/drakrun/{instance}/jobs' }",
            "every = '5s'\ntimeout = '10s'\nhttp = { url = 'http://127.0.0.1:90{instance}/jobs' }",
            "command = { run = ['/bin/sh', '-c', 'echo {instance}'] }",
            "karton = { source = 'queue', identity = 'karton.drakrun-prod', instance-key = 'drakvnc:{task}' }",
            "[karton]\nsource = 'queue'\nidentity = 'k'\nstarted-timeout = '2h'",
            "rq = { source = 'queue', worker = 'drakrun-worker@{host}:vm-{instance}' }",
        ] {
            assert_eq!(keys(good), [""; 0], "{good}");
        }
    }

    #[test]
    fn what_cannot_work_is_told() {
        for (bad, expected) in [
            ("", &[""][..]),
            ("file = { path = '/{instance}' }\nhttp = { url = 'http://x/{instance}' }", &[""]),
            ("file = { path = 'jobs' }", &["file.path", "file.path"]),
            ("http = { url = 'ftp://x/{instance}' }", &["http.url"]),
            ("command = { run = [] }", &["command.run"]),
            ("command = { run = ['busy', '{instance}'] }", &["command.run"]),
            ("command = { run = ['/no/such/busy', '{instance}'] }", &["command.run"]),
            ("command = { run = ['/bin/true'] }", &["command.run"]),
            (
                "karton = { source = 'q', identity = '', instance-key = 'k', started-timeout = '0s' }",
                &["karton.identity", "karton.instance-key", "karton.started-timeout"],
            ),
            ("rq = { source = 'q', worker = 'w' }", &["rq.worker"]),
            ("every = '0s'\ntimeout = '5s'\nfile = { path = '/{instance}' }", &["every"]),
            ("timeout = '4500ms'\nfile = { path = '/{instance}' }", &["timeout"]),
            ("timeout = '0s'\nfile = { path = '/{instance}' }", &["timeout"]),
        ] {
            assert_eq!(keys(bad), expected, "{bad}");
        }
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        for bad in ["files = {}", "file = { path = '/x', every = '1s' }", "every = 1"] {
            assert!(toml::from_str::<JobsConfig>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_the_queues_need_a_source() {
        let source = |toml: &str| toml::from_str::<JobsConfig>(toml).unwrap().source().map(str::to_owned);
        assert_eq!(source("rq = { source = 'q', worker = 'w' }").as_deref(), Some("q"));
        assert_eq!(source("karton = { source = 'k', identity = 'i' }").as_deref(), Some("k"));
        assert_eq!(source("file = { path = '/x' }"), None);
    }
}
