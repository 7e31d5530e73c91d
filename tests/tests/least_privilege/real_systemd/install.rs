//! The script that installs.

use trimtab_tests::lab::SystemdHost;

use super::stage::{CONFIG, as_trimtab, install, installed, write_config};

const OTHER: &str = "drak-postprocess@1.service";

#[test]
fn run_again_it_takes_other_templates_and_leaves_the_config() {
    let host = installed(&["--boot-enable"]);
    write_config(&host, "# mine");
    assert!(as_trimtab(&host, &["start", OTHER]).is_err());
    install(&host, &["--boot-enable", "drakrun@.service", "drak-postprocess@.service"]).told();
    host.until("polkit has seen the rule", |host| as_trimtab(host, &["start", OTHER]).ok());
    assert!(host.is_active(OTHER));
    as_trimtab(&host, &["start", "drakrun@1.service"]).unwrap();
    let allowed = host.run(&["grep", "-v", "^#", "/etc/trimtab/boot-templates"]).told();
    assert_eq!(allowed, "drakrun@.service\ndrak-postprocess@.service");
    assert!(host.run(&["cat", CONFIG]).told().ends_with("# mine"));
}

#[test]
fn what_is_no_template_is_refused_before_anything_is_done() {
    let host = SystemdHost::start();
    for bad in [&[][..], &["drakrun.service"], &["drakrun@1.service"], &["drakrun@.service", "a\";b@.service"]] {
        let ran = install(&host, bad);
        assert!(!ran.succeeded() && ran.stderr.contains("such as drakrun@.service"), "{bad:?}: {ran:?}");
    }
    for place in
        ["/usr/local/bin/trimtab", "/etc/polkit-1/rules.d/50-trimtab.rules", "/etc/systemd/system/trimtab.service"]
    {
        assert!(!host.run(&["test", "-e", place]).succeeded(), "{place} is there");
    }
}
