//! A worker that is killed in mid-analysis.

use trimtab_tests::lab::redis::RespReply;

use super::FASTER;
use super::changes::{changes, events};
use super::stage::{Stage, instances};

const CONFIG: &str = include_str!("../../../../examples/drakvuf/trimtab.toml");

#[test]
fn an_orphan_is_no_load_for_ever() {
    let stage = Stage::with_sandbox("newest");
    stage.environment("KARTON_REDIS_HOST=", "TRY_NOTE_SECONDS=4\nKARTON_REDIS_HOST=");
    stage.host.systemctl(&["enable", "--now", "drak-system", "drakrun@1", "drak-postprocess@1"]).told();
    let sooner = [&FASTER[..], &[("started-timeout = \"2h\"", "started-timeout = \"4s\"")]].concat();
    stage.serve(CONFIG, &sooner, &["drakrun@.service", "drak-postprocess@.service"]);
    stage.until_size("drakrun", 1);

    stage.send("karton", 2, 6.0);
    stage.host.until("the second worker has a task", |_| has_a_task(&stage, "2").then_some(()));
    stage.host.systemctl(&["kill", "--signal=KILL", "drakrun@2.service"]).told();
    stage.host.until("the other is done", |_| (stage.finished().len() == 1).then_some(()));
    stage.until_size("drakrun", 1);
    assert_eq!(stage.active("drakrun@*.service"), instances("drakrun", [1]));
    assert_eq!(started(&stage), 1, "the orphan is still there");
    let last = changes(&events(&stage, "drakrun")).pop().unwrap();
    let why = &last.reasons[0].message;
    assert!(why.starts_with("analyses.jobs.queued 0 + analyses.jobs.running 0 = 0"), "{why}");
}

/// Whether drakrun noted that this instance has one.
fn has_a_task(stage: &Stage, instance: &str) -> bool {
    values(stage, "drakvnc:*").iter().any(|noted| noted == instance)
}

fn started(stage: &Stage) -> usize {
    values(stage, "karton.task:*").iter().filter(|task| task.contains("\"status\":\"Started\"")).count()
}

fn values(stage: &Stage, pattern: &str) -> Vec<String> {
    let RespReply::List(keys) = stage.redis.command(&["KEYS", pattern]) else { panic!("no keys") };
    let value = |key| match key {
        RespReply::Text(key) => match stage.redis.command(&["GET", &key]) {
            RespReply::Text(value) => Some(value.replace(": ", ":")),
            // It expired.
            _ => None,
        },
        other => panic!("{other:?}"),
    };
    keys.into_iter().filter_map(value).collect()
}
