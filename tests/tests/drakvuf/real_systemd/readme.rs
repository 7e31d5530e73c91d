//! The README, followed to the letter.

use trimtab_tests::lab::program;
use trimtab_tests::lab::systemd::{PROGRAMS_INSIDE, REPO_INSIDE, Ran};

use super::stage::{CONFIG, Stage, changed, instances};

const README: &str = include_str!("../../../../examples/drakvuf/README.md");

/// What is different here: root already, built already, the packages are there, another Redis, and little time.
const SHIMS: &str = r#"
set -euo pipefail
cargo() { :; }
sudoedit() { sh /lab/share/edit "$1"; }
sudo() {
  case $1 in
    examples/systemd-service/install.sh) "$1" --programs PROGRAMS "${@:2}" ;;
    examples/drakvuf/try/install.sh) "$1" --packages PACKAGES; sed -i s/6379/PORT/ /opt/drakvuf-try/environment ;;
    *) "$@" ;;
  esac
}
cd REPO
"#;
const EDIT: &str = r#"sed -i -e 's/127.0.0.1:6379/127.0.0.1:PORT/' -e 's/127.0.0.1:19180/127.0.0.1:0/' \
    -e 's/"10m"/"2s"/' -e 's/"1m"/"1s"/' "$1""#;

/// The commands of a section, block by block.
fn blocks(section: &str) -> Vec<&'static str> {
    let (_, text) = README.split_once(&format!("\n## {section}\n")).unwrap();
    let text = text.split("\n## ").next().unwrap();
    text.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap()).collect()
}

struct Reader {
    stage: Stage,
    shims: String,
}

impl Reader {
    fn new() -> Self {
        let _ = (program::trimtab(), program::boot_helper());
        let (stage, packages) = Stage::bare("newest");
        let port = stage.redis.port();
        std::fs::write(stage.host.share().join("edit"), changed(EDIT, &[("PORT", &port)])).unwrap();
        let here = [("PROGRAMS", PROGRAMS_INSIDE), ("PACKAGES", &packages), ("PORT", &port), ("REPO", REPO_INSIDE)];
        let shims = changed(SHIMS, &here);
        Self { stage, shims }
    }

    fn tries(&self, block: &str) -> Ran {
        self.stage.host.run(&["bash", "-c", &format!("{}\n{block}", self.shims)])
    }

    fn pretends_a_sandbox(&self) {
        for block in blocks("No DRAKVUF at hand?") {
            self.runs(block);
        }
    }

    fn runs(&self, block: &str) -> String {
        let ran = self.tries(block);
        assert!(ran.succeeded(), "{block}: {ran:?}\n{}", self.stage.log());
        format!("{}\n{}", ran.stdout, ran.stderr)
    }
}

#[test]
fn five_minutes() {
    let reader = Reader::new();
    let Reader { stage, .. } = &reader;
    reader.pretends_a_sandbox();
    let [install, edit, drop_in, look, switch_on, send, by_hand] = blocks("Five minutes").try_into().unwrap();

    reader.runs(install);
    assert_eq!(stage.active("drakrun@*.service"), instances("drakrun", [1]), "nothing is touched");
    let told = reader.runs(edit);
    assert!(told.contains("TimeoutStopSec=11m 40s") && told.contains("2 targets, 1 warning"), "{told}");
    let told = reader.runs(drop_in);
    assert!(told.contains("2 targets, 0 warnings"), "{told}");

    let told = reader.runs(look);
    assert!(told.contains("\ndrakrun "), "all targets are listed from the beginning: {told}");
    stage.until_size("drakrun", 1);
    assert_eq!(stage.target("drakrun").unwrap()["condition"], "dry-run");
    reader.runs(send);
    stage
        .host
        .until("it says what it would do", |_| stage.trimtab(&["explain", "drakrun"]).contains("DryRun").then_some(()));
    assert_eq!(stage.active("drakrun@*.service"), instances("drakrun", [1]), "and does not do it");

    reader.runs(switch_on);
    stage.host.until("it grows", |_| (stage.active("drakrun@*.service").len() > 1).then_some(()));
    let told = reader.runs(by_hand);
    assert!(told.contains("drakrun@10"), "{told}");
    assert_eq!(stage.active("drakrun@*.service").len(), 10, "{told}");
    let told = reader.runs("sudo systemctl disable --now trimtab");
    assert_eq!(stage.host.enabled("drakrun@*.service"), instances("drakrun", 1..=10), "{told}");
    assert_eq!(stage.active("drakrun@*.service").len(), 10, "every worker goes on");
}

#[test]
fn the_newer_generation() {
    let reader = Reader::new();
    reader.pretends_a_sandbox();
    let [all] = blocks("DRAKVUF Sandbox since 0.19").try_into().unwrap();
    let told = reader.runs(all);
    assert!(told.contains(&format!("{CONFIG}: fine: 1 target, 0 warnings")), "{told}");
}
