//! What `trimtab check` can tell of a config before anything is started.

use std::path::PathBuf;

use super::config::{JobsProbe, ProcessConfig, Ready};
use super::words::Words;
use super::{environment, spawn, user};

impl ProcessConfig {
    /// What is wrong: key within the table, and what was expected. Looks at this machine: programs, directories, users.
    pub fn check(&self) -> Vec<(String, String)> {
        let mut found = Findings::default();
        self.check_command(&mut found);
        self.check_environment(&mut found);
        self.check_place(&mut found);
        self.check_probes(&mut found);
        self.check_numbers(&mut found);
        found.0
    }

    fn check_command(&self, found: &mut Findings) {
        let Some(program) = self.command.first().filter(|program| !program.is_empty()) else {
            return found.add("command", "is empty; expected a program and its arguments, as [\"/usr/bin/worker\"]");
        };
        if self.command.iter().any(|argument| argument.contains('\0')) {
            found.add("command", "holds a NUL byte");
        }
        let is_known_now = !program.contains('{');
        if is_known_now && spawn::find_program(self).is_none() {
            found.add("command", format!("there is no program {program:?} that can be executed (PATH was searched)"));
        }
    }

    fn check_environment(&self, found: &mut Findings) {
        for (name, value) in &self.environment.0 {
            let key = format!("environment.{name}");
            if !environment::is_name(name) || value.contains('\0') {
                found.add(&key, "can't be a variable: a name holds no blank or '=', a value no NUL byte");
            } else if name.starts_with("TRIMTAB_") {
                found.add(&key, "is set by trimtab; names that start with TRIMTAB_ can't be given");
            }
        }
        if let Some(name) = self.pass_environment.iter().find(|name| !environment::is_name(name)) {
            found.add("pass-environment", format!("{name:?} is not the name of a variable"));
        }
        if let Some(Err(error)) = self.environment_file.as_deref().map(environment::read_file) {
            found.add("environment-file", error.to_string());
        }
    }

    fn check_place(&self, found: &mut Findings) {
        if let Some(dir) = self.working_directory.as_ref().filter(|dir| !dir.is_dir()) {
            found.add("working-directory", format!("{} is not a directory", dir.display()));
        }
        if let Err(error) = user::find(self.user.as_deref(), self.group.as_deref()) {
            let about_group = matches!(error, user::UserError::UnknownGroup(_) | user::UserError::GroupWithoutUser);
            found.add(if about_group { "group" } else { "user" }, error.to_string());
        }
    }

    fn check_probes(&self, found: &mut Findings) {
        if let Ready::Http(url) = &self.ready {
            self.check_url("ready.http", url, found);
        }
        if let Some(JobsProbe::Http(url)) = &self.jobs {
            self.check_url("jobs.http", url, found);
        }
        let uses_port = |text: &String| text.contains("{port}");
        if self.first_port.is_none() && self.command.iter().chain(self.environment.0.values()).any(uses_port) {
            found.add("command", "uses {port}, which needs first-port");
        }
    }

    fn check_url(&self, key: &str, url: &str, found: &mut Findings) {
        if url.contains("{port}") && self.first_port.is_none() {
            return found.add(key, "uses {port}, which needs first-port");
        }
        let parsed = reqwest::Url::parse(&example_words().fill(url));
        if !parsed.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
            found.add(key, "is not an address such as \"http://127.0.0.1:{port}/healthz\"");
        }
    }

    fn check_numbers(&self, found: &mut Findings) {
        if self.restart.min.get().is_zero() {
            found.add("restart.min", "is zero; a worker that can't start would be started without end");
        }
        if self.restart.max < self.restart.min {
            found.add("restart.max", format!("is below restart.min = {}", self.restart.min));
        }
        if self.first_port == Some(0) {
            found.add("first-port", "is 0; expected 1 to 65535");
        }
        if self.replica_limit == Some(0) {
            found.add("replica-limit", "is 0; leave it out for no limit");
        }
    }
}

#[derive(Default)]
struct Findings(Vec<(String, String)>);

impl Findings {
    fn add(&mut self, key: &str, message: impl Into<String>) {
        self.0.push((key.to_owned(), message.into()));
    }
}

fn example_words() -> Words {
    Words {
        target: "target".into(),
        replica: "target-1".into(),
        slot: 1,
        port: Some(1),
        runtime_dir: PathBuf::from("/run"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(toml: &str) -> Vec<String> {
        let config: ProcessConfig = toml::from_str(toml).unwrap();
        config.check().into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn a_good_config_has_no_findings() {
        let toml = r#"
            command = ["sh", "-c", "sleep {slot}"]
            environment = { PORT = "{port}" }
            working-directory = "/"
            first-port = 9100
            ready = { http = "http://127.0.0.1:{port}/healthz" }
            jobs = { file = "{runtime-dir}/jobs" }
            stop = { signal = "INT", deadline = "5m", then = "keep", to = "group" }
        "#;
        assert_eq!(keys(toml), [""; 0]);
    }

    #[test]
    fn all_findings_are_told_at_once() {
        let toml = r#"
            command = ["no-such-program", "{port}"]
            environment = { "A B" = "1", TRIMTAB_SLOT = "1" }
            environment-file = "/no/such/file"
            working-directory = "/no/such/dir"
            user = "no-such-user"
            ready = { http = "ftp://x" }
            jobs = { http = "http://127.0.0.1:{port}/" }
            restart = { min = "0s" }
            replica-limit = 0
        "#;
        let expected = [
            "command",
            "environment.A B",
            "environment.TRIMTAB_SLOT",
            "environment-file",
            "working-directory",
            "user",
            "ready.http",
            "jobs.http",
            "command",
            "restart.min",
            "replica-limit",
        ];
        assert_eq!(keys(toml), expected);
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        let misspelt = toml::from_str::<ProcessConfig>("command = [\"true\"]\nstop = { dead-line = \"1s\" }");
        assert!(misspelt.unwrap_err().to_string().contains("dead-line"));
    }
}
