//! The boot helper under its shipped units.

use std::collections::BTreeSet;
use std::path::PathBuf;

use adapters::backend::systemd::enable_helper::{HelperError, SOCKET, UnitOutcome, disable, enable};
use trimtab_tests::lab::SystemdHost;
use trimtab_tests::lab::systemd::{Ran, SHARE_INSIDE, USER_INSIDE};

use super::stage::{drop_in, installed};

const SOCKET_UNIT: &str = "trimtab-boot.socket";
const WORKERS: &str = "drakrun@*.service";
/// Sends its second argument to the socket that its first names, and prints the answer.
const CLIENT: &str = r#"my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$!\n"; print $s "$ARGV[1]\n";
    $s->flush; print while <$s>"#;

fn ask_as(host: &SystemdHost, user: &str, line: &str) -> Ran {
    host.run_as(user, &["perl", "-MIO::Socket::UNIX", "-e", CLIENT, SOCKET, line])
}

fn listening() -> SystemdHost {
    let host = installed(&["--boot-enable"]);
    host.systemctl(&["enable", "--now", SOCKET_UNIT]).told();
    host
}

/// The same, and its socket outside of the machine too, for everybody.
fn listening_outside() -> (SystemdHost, PathBuf) {
    let host = installed(&["--boot-enable"]);
    drop_in(&host, SOCKET_UNIT, "outside", &format!("[Socket]\nListenStream={SHARE_INSIDE}/boot.sock\n"));
    host.systemctl(&["start", SOCKET_UNIT]).told();
    host.run(&["chmod", "666", &format!("{SHARE_INSIDE}/boot.sock")]).told();
    let socket = host.share().join("boot.sock");
    (host, socket)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn set(of: &[&str]) -> BTreeSet<String> {
    names(of).into_iter().collect()
}

fn done(unit: &str) -> UnitOutcome {
    UnitOutcome { unit: unit.to_owned(), failure: None }
}

#[tokio::test]
async fn it_enables_and_disables_what_it_may() {
    let (host, socket) = listening_outside();
    let asked = names(&["drakrun@1.service", "drakrun@2.service", "drakrun@01.service"]);
    let all_done: Vec<_> = asked.iter().map(|unit| done(unit)).collect();
    assert_eq!(enable(&socket, &asked).await.unwrap(), all_done);
    assert_eq!(host.enabled(WORKERS), set(&["drakrun@01.service", "drakrun@1.service", "drakrun@2.service"]));
    assert_eq!(enable(&socket, &asked).await.unwrap(), all_done, "once more is no more");
    let gone = names(&["drakrun@2.service", "drakrun@01.service", "drakrun@7.service"]);
    assert_eq!(disable(&socket, &gone).await.unwrap(), gone.iter().map(|unit| done(unit)).collect::<Vec<_>>());
    assert_eq!(host.enabled(WORKERS), set(&["drakrun@1.service"]));
    assert!(!host.is_active("drakrun@1.service"), "to enable is not to start");
}

#[tokio::test]
async fn one_bad_unit_does_not_hinder_the_others() {
    let (host, socket) = listening_outside();
    host.systemctl(&["mask", "drakrun@2.service"]).told();
    let asked = names(&["drakrun@1.service", "drakrun@2.service", "drakrun@3.service"]);
    let outcomes = enable(&socket, &asked).await.unwrap();
    assert_eq!((&outcomes[0], &outcomes[2]), (&done("drakrun@1.service"), &done("drakrun@3.service")));
    assert!(outcomes[1].failure.as_ref().unwrap().contains("is masked"), "{outcomes:?}");
    assert_eq!(host.enabled(WORKERS), set(&["drakrun@1.service", "drakrun@3.service"]));
}

#[tokio::test]
async fn it_takes_hundreds_at_once() {
    let (host, socket) = listening_outside();
    let asked: Vec<_> = (1..=250).map(|number| format!("drakrun@{number}.service")).collect();
    assert!(enable(&socket, &asked).await.unwrap().iter().all(|outcome| outcome.failure.is_none()));
    assert_eq!(host.enabled(WORKERS).len(), 250);
    assert_eq!(disable(&socket, &asked).await.unwrap().len(), 250);
    assert_eq!(host.enabled(WORKERS), set(&[]));
}

#[tokio::test]
async fn everything_else_is_refused() {
    let (host, socket) = listening_outside();
    let before = host.enabled("*");
    for name in ["sshd.service", "drak-postprocess@1.service", "drakrun@x.service", "../evil@1.service", "--now"] {
        let refusal = enable(&socket, &names(&["drakrun@1.service", name])).await.unwrap_err();
        let HelperError::Refused(why) = refusal else { panic!("{name}: {refusal}") };
        assert!(why.starts_with(name), "{why}");
    }
    assert_eq!(host.enabled("*"), before);
    host.run(&["chmod", "666", "/etc/trimtab/boot-templates"]).told();
    let refusal = enable(&socket, &names(&["drakrun@1.service"])).await.unwrap_err().to_string();
    assert!(refusal.contains("/etc/trimtab/boot-templates can be written by others than root"), "{refusal}");
    assert_eq!(host.enabled("*"), before);
}

#[test]
fn only_trimtabs_user_reaches_it() {
    let host = listening();
    let line = r#"{"enable":["drakrun@1.service"]}"#;
    let denied = ask_as(&host, "daemon", line);
    assert!(denied.stderr.contains("Permission denied"), "{denied:?}");
    assert_eq!(host.enabled(WORKERS), set(&[]));
    let told = ask_as(&host, USER_INSIDE, line).told();
    assert_eq!(told, r#"{"results":[{"ok":true,"unit":"drakrun@1.service"}]}"#);
    assert_eq!(host.enabled(WORKERS), set(&["drakrun@1.service"]));
}

#[test]
fn what_it_enabled_is_there_after_a_power_cut() {
    let host = listening();
    ask_as(&host, USER_INSIDE, r#"{"enable":["drakrun@3.service"]}"#).told();
    assert!(!host.is_active("drakrun@3.service"));
    host.power_cut();
    host.boot();
    host.until("it is started at boot", |host| host.is_active("drakrun@3.service").then_some(()));
}
