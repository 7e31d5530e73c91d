//! A machine with a pretended DRAKVUF Sandbox and Trimtab, and what can be seen of them.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use trimtab_tests::lab::python::Packages;
use trimtab_tests::lab::redis::RespReply;
use trimtab_tests::lab::systemd::{PROGRAMS_INSIDE, REPO_INSIDE, SHARE_INSIDE};
use trimtab_tests::lab::{Redis, SystemdHost, program};

/// Trimtab's config, inside.
pub const CONFIG: &str = "/etc/trimtab/trimtab.toml";

/// Where the pretended sandbox is told of its Redis.
const ENVIRONMENT: &str = "/opt/drakvuf-try/environment";

const UNITS: [(&str, &str); 2] = [
    ("drakrun@.service", include_str!("../../../../examples/drakvuf/try/drakrun@.service")),
    ("drak-postprocess@.service", include_str!("../../../../examples/drakvuf/try/drak-postprocess@.service")),
];

/// A machine, and the Redis of its sandbox.
pub struct Stage {
    pub host: SystemdHost,
    pub redis: Redis,
}

impl Stage {
    /// With the sandbox's packages of this version (`tests/lab-requirements-NAME.txt`), and nothing running yet.
    pub fn with_sandbox(versions: &str) -> Self {
        let (stage, packages) = Self::bare(versions);
        stage.script("examples/drakvuf/try/install.sh", &["--packages", &packages]);
        stage.environment("KARTON_REDIS_PORT=6379", &format!("KARTON_REDIS_PORT={}", stage.redis.port()));
        stage
    }

    /// Without the sandbox, and where its packages are.
    pub fn bare(versions: &str) -> (Self, String) {
        let stage = Self { host: SystemdHost::with_polkit(), redis: Redis::start() };
        // The lab has units of these names, and the script would take them for the real ones.
        for (name, text) in UNITS {
            stage.host.add_unit(name, text);
        }
        (stage, inside(Packages::named(versions).folder()))
    }

    /// Has a line of the sandbox's environment read otherwise.
    pub fn environment(&self, from: &str, to: &str) {
        let text = changed(&self.host.run(&["cat", ENVIRONMENT]).told(), &[(from, to)]);
        self.host.put_file(ENVIRONMENT, &format!("{text}\n"));
    }

    /// Installs Trimtab for these templates, with this config and the sandbox's Redis; starts it.
    pub fn serve(&self, config: &str, changes: &[(&str, &str)], templates: &[&str]) {
        let _ = (program::trimtab(), program::boot_helper());
        let redis = self.redis.address();
        let here = [("127.0.0.1:6379", redis.as_str()), ("127.0.0.1:19180", "127.0.0.1:0")];
        self.host.put_file(CONFIG, &changed(config, &[&here, changes].concat()));
        let words = [&["--programs", PROGRAMS_INSIDE, "--boot-enable"], templates].concat();
        self.script("examples/systemd-service/install.sh", &words);
        let log = format!("[Service]\nStandardError=append:{SHARE_INSIDE}/trimtab.log\n");
        self.host.put_file("/etc/systemd/system/trimtab.service.d/log.conf", &log);
        self.host.systemctl(&["daemon-reload"]).told();
        self.host.systemctl(&["enable", "--now", "trimtab-boot.socket", "trimtab.service"]).told();
    }

    /// Runs a script of the repository inside.
    pub fn script(&self, path: &str, words: &[&str]) -> String {
        let path = format!("{REPO_INSIDE}/{path}");
        self.host.run(&[&[path.as_str()], words].concat()).told()
    }

    /// Sends samples; the analysis of each takes so many seconds.
    pub fn send(&self, kind: &str, count: u32, seconds: f64) {
        let (count, seconds) = (count.to_string(), seconds.to_string());
        self.host.run(&["/opt/drakvuf-try/send", kind, &count, &seconds]).told();
    }

    /// What the sandbox says it finished: the task or sample, and the instance that had it.
    pub fn finished(&self) -> Vec<(String, String)> {
        let pair = |line: &String| line.split_once(' ').map(|(task, by)| (task.to_owned(), by.to_owned())).unwrap();
        self.list("try:finished").iter().map(pair).collect()
    }

    /// A list in Redis.
    pub fn list(&self, key: &str) -> Vec<String> {
        let reply = self.redis.command(&["LRANGE", key, "0", "-1"]);
        let RespReply::List(items) = reply else { panic!("{key}: {reply:?}") };
        items.into_iter().map(|item| if let RespReply::Text(text) = item { text } else { panic!("{item:?}") }).collect()
    }

    /// A verb of Trimtab.
    pub fn trimtab(&self, words: &[&str]) -> String {
        self.host.run(&[&["trimtab"], words].concat()).told()
    }

    /// What `trimtab status` says of a target; none before its first tick.
    pub fn target(&self, name: &str) -> Option<Value> {
        let ran = self.host.run(&["trimtab", "status", "--json"]);
        let status: Value = serde_json::from_str(&ran.stdout).ok()?;
        status["targets"].as_array()?.iter().find(|target| target["target"] == name).cloned()
    }

    /// Waits for a size: wanted, there and ready, and nothing on its way out.
    pub fn until_size(&self, target: &str, size: u64) {
        self.host.until(&format!("{target} has {size}"), |_| {
            let seen = self.target(target)?;
            let counts = ["desired", "current", "ready", "draining"].map(|key| seen[key].as_u64());
            (counts == [Some(size), Some(size), Some(size), Some(0)]).then_some(())
        });
    }

    /// Instances that are active, as systemd says.
    pub fn active(&self, pattern: &str) -> BTreeSet<String> {
        let words = ["list-units", "--plain", "--no-legend", "--full", "--state=active", pattern];
        let listed = self.host.systemctl(&words).told();
        listed.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
    }

    /// What Trimtab wrote.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.host.share().join("trimtab.log")).unwrap_or_default()
    }
}

/// The names `drakrun@1.service` to `drakrun@N.service`.
pub fn instances(name: &str, numbers: impl IntoIterator<Item = u32>) -> BTreeSet<String> {
    numbers.into_iter().map(|number| format!("{name}@{number}.service")).collect()
}

/// A text with some of it changed. What is to be changed must be there.
pub fn changed(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from:?} is not in\n{text}");
        text.replace(from, to)
    })
}

/// Where a folder of the repository, or of this machine, is inside.
fn inside(folder: &Path) -> String {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let seen = folder.strip_prefix(repository).map(|rest| Path::new(REPO_INSIDE).join(rest));
    seen.unwrap_or_else(|_| folder.to_owned()).display().to_string()
}
