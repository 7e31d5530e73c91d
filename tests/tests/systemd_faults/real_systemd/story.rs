//! What is the same of every failure: lost, an order meanwhile, back again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use trimtab_tests::lab::SystemdHost;

use super::others::Others;
use super::stage::{SIZE, Stage, TARGET};

/// What is back goes on within 5 s; the rest is for a machine with other things to do.
const BACK: Duration = Duration::from_secs(10);

/// What it went on with.
pub struct After {
    /// What the workers went through.
    pub lives: BTreeMap<String, String>,
    /// What was told of them.
    pub news: Vec<String>,
}

/// A failure that lasts: `fail` begins it and `mend` ends it. The reason that is shown has to have these words in it.
/// One more is ordered meanwhile.
pub fn lasting(
    stage: &mut Stage,
    fail: impl FnOnce(&SystemdHost),
    words: &[&str],
    mend: impl FnOnce(&SystemdHost),
) -> After {
    let (others, before) = (Others::watch(&stage.trimtab), stage.lives());
    fail(&stage.host);
    println!("lost: {}", stage.until_lost(words));
    told_at_the_command_line(stage, words);
    stage.order(SIZE + 1);
    others.until_gone_on(&mut stage.trimtab);
    let view = stage.view();
    assert_eq!((&view["condition"], &view["fixed-size"]), (&"backend-lost".into(), &(SIZE + 1).into()), "{view}");
    assert_eq!(stage.lives(), before, "nothing is started or stopped meanwhile");
    mend(&stage.host);
    back(stage, &others, SIZE + 1)
}

/// A failure that is over at once. One more is ordered just before, and another just after.
pub fn passing(stage: &mut Stage, fail: impl FnOnce(&SystemdHost)) -> After {
    let others = Others::watch(&stage.trimtab);
    stage.order(SIZE + 1);
    fail(&stage.host);
    stage.order(SIZE + 2);
    back(stage, &others, SIZE + 2)
}

/// It goes on to this size, and that is all.
fn back(stage: &mut Stage, others: &Others, size: usize) -> After {
    let began = Instant::now();
    stage.until_sized(size);
    let took = began.elapsed();
    println!("on again after {took:?}");
    assert!(took < BACK, "{took:?}");
    others.until_gone_on(&mut stage.trimtab);
    others.noticed_nothing(&stage.trimtab);
    stage.until_sized(size);
    After { lives: stage.lives(), news: stage.news() }
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
