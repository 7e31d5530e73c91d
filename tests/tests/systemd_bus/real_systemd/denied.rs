//! Who is not root and has no rule of polkit may look, and nothing else.

use std::env;
use std::path::Path;

use adapters::backend::systemd::bus::{Bus, BusAddress, BusError};
use trimtab_tests::lab::SystemdHost;
use trimtab_tests::lab::systemd::{PROGRAMS_INSIDE, USER_INSIDE};

use super::{LIMIT, SOON, one, template};

/// Says that this is the program that the test runs inside.
const INSIDE: &str = "TRIMTAB_TEST_INSIDE";
const NAME: &str = "real_systemd::denied::who_is_denied_hears_which_right_is_missing";

/// Runs itself inside, as another user.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_denied_hears_which_right_is_missing() {
    if env::var_os(INSIDE).is_some() {
        return denied_but_told().await;
    }
    let host = SystemdHost::start();
    let program = env::current_exe().unwrap();
    let program = Path::new(PROGRAMS_INSIDE).join("deps").join(program.file_name().unwrap());
    let (inside, program) = (format!("{INSIDE}=1"), program.to_str().unwrap().to_owned());
    let told = host.run_as(USER_INSIDE, &["env", &inside, &program, "--exact", NAME]).told();
    assert!(told.contains("1 passed"), "{told}");
}

async fn denied_but_told() {
    let (bus, drakrun) = (Bus::of(&BusAddress::System, LIMIT), template("drakrun"));
    bus.ping().await.unwrap();
    assert!(bus.follow(&drakrun).wait_for(|sight| sight.lost.is_none()).await.unwrap().installed);
    let unit = "unit \"drakrun@1.service\"";
    is_denied(bus.start(&drakrun, &one(), SOON).await.map(drop), &["manage-units", unit, "\"start\""]);
    is_denied(bus.stop(&drakrun, &one()).await, &[]);
    for (_, outcome) in bus.enable(&drakrun, &[one()]).await {
        is_denied(outcome, &["enable drakrun@1.service", "manage-unit-files"]);
    }
}

fn is_denied(outcome: Result<(), BusError>, words: &[&str]) {
    match outcome {
        // One that is not loaded does not run: nobody is asked whether it may be stopped.
        Ok(()) if words.is_empty() => {}
        Err(BusError::Denied(text)) => assert!(words.iter().all(|word| text.contains(word)), "{text}"),
        other => panic!("{other:?}"),
    }
}
