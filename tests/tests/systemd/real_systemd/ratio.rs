//! D20: one `drak-postprocess@` for three `drakrun@`.

use super::stage::{AS_DRAKSETUP, Stage, config, sized};
use trimtab_tests::lab::{SystemdHost, TrimtabHost};

fn postprocess(machine: &SystemdHost) -> String {
    format!(
        r#"
        [target.postprocess]
        interval = "1s"
        max = 10
        policy = {{ component = "builtin:ratio", config = {{ indicator = "drakrun", per = 3 }} }}
        indicator.drakrun.self = {{ target = "drakrun", read = "desired" }}

        [target.postprocess.backend.systemd]
        template = "drak-postprocess@.service"
        bus = "{}"
        {AS_DRAKSETUP}
        "#,
        machine.bus_address()
    )
}

#[test]
fn d20_postprocess_follows_drakrun_one_to_three() {
    let machine = sized(&["1"]);
    machine.systemctl(&["enable", "--now", "drak-postprocess@1.service"]).told();
    let both = config(&machine, 1, AS_DRAKSETUP) + &postprocess(&machine);
    let mut stage = Stage { trimtab: TrimtabHost::serving(&both), machine };
    stage.until_seen();
    for (drakrun, wanted) in [(1, 1), (3, 1), (4, 2), (9, 3), (10, 4), (2, 1)] {
        let told = stage.scale(drakrun);
        assert_eq!(told.exit, Some(0), "{}", told.text);
        let units: Vec<String> = (1..=wanted).map(|number| format!("drak-postprocess@{number}.service")).collect();
        stage.machine.until(&format!("{units:?} for {drakrun}"), |machine| {
            let words = ["list-units", "--plain", "--no-legend", "--state=running", "drak-postprocess@*"];
            let running: Vec<String> = machine
                .systemctl(&words)
                .told()
                .lines()
                .filter_map(|line| line.split(' ').next().map(str::to_owned))
                .collect();
            (running == units && machine.enabled("drak-postprocess@*.service").into_iter().eq(units.clone()))
                .then_some(())
        });
    }
}
