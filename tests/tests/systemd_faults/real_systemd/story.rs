//! What is the same of every failure: lost, an order meanwhile, back again.

use std::time::{Duration, Instant};

use trimtab_tests::lab::SystemdHost;

use super::others::Others;
use super::stage::{SIZE, Stage, TARGET, lives, lives_of_all};

/// What is back goes on within 5 s; the rest is for a machine with other things to do.
const BACK: Duration = Duration::from_secs(10);

/// A failure that lasts: `fail` begins it and `mend` ends it. The reason that is shown has to have these words in it.
/// One more is ordered meanwhile. In the end these are the lives of the workers.
pub fn lasting(
    stage: &mut Stage,
    fail: impl FnOnce(&SystemdHost),
    words: &[&str],
    mend: impl FnOnce(&SystemdHost),
    lives: &[&str],
) {
    let (others, before) = (Others::watch(&stage.trimtab), stage.lives());
    fail(&stage.host);
    println!("lost: {}", stage.until_lost(words));
    told_at_the_command_line(stage, words);
    stage.order(SIZE + 1);
    others.until_gone_on(&mut stage.trimtab);
    stage.trimtab.until("the order is kept", |trimtab| {
        let view = trimtab.target(TARGET)?;
        (view["condition"] == "backend-lost" && view["fixed-size"] == SIZE + 1).then_some(())
    });
    assert_eq!(stage.lives(), before, "nothing is started or stopped meanwhile");
    mend(&stage.host);
    back(stage, &others, lives);
}

/// A failure that is over at once. One more is ordered just before, and another just after.
pub fn passing(stage: &mut Stage, fail: impl FnOnce(&SystemdHost), lives: &[&str]) {
    let others = Others::watch(&stage.trimtab);
    stage.order(SIZE + 1);
    fail(&stage.host);
    stage.order(SIZE + 2);
    back(stage, &others, lives);
}

/// It goes on with so many workers, and nothing else becomes of them.
fn back(stage: &mut Stage, others: &Others, expected: &[&str]) {
    let began = Instant::now();
    stage.until_sized(expected.len());
    let took = began.elapsed();
    println!("on again after {took:?}");
    assert!(took < BACK, "{took:?}");
    let expected = lives(expected);
    // systemd calls a worker running before it has written anything.
    let jobs = stage.host.jobs();
    stage.trimtab.until(&format!("{expected:?}"), |_| (lives_of_all(&jobs) == expected).then_some(()));
    others.until_gone_on(&mut stage.trimtab);
    Others::watch(&stage.trimtab).until_ticked(&mut stage.trimtab, 2.0);
    others.noticed_nothing(&stage.trimtab);
    stage.until_sized(expected.len());
    assert_eq!((stage.lives(), stage.news()), (expected, vec![]));
}

fn told_at_the_command_line(stage: &Stage, words: &[&str]) {
    let tells = |line: &str| line.contains("backend-lost") && words.iter().all(|word| line.contains(word));
    let status = stage.trimtab.verb(&["status"]);
    assert_eq!(status.status.code(), Some(1), "something is wrong");
    let told = String::from_utf8_lossy(&status.stdout);
    assert!(told.lines().any(tells), "{words:?}: {told}");
    let events = stage.trimtab.told(&["events", TARGET]);
    assert!(events.lines().any(tells), "{words:?}: {events}");
}
