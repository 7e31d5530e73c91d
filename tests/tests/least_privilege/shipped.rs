//! The shipped files agree with each other, and with the program.

use adapters::backend::systemd::enable_helper::SOCKET;

const SERVICE: &str = include_str!("../../../examples/systemd-service/trimtab.service");
const SOCKET_UNIT: &str = include_str!("../../../examples/systemd-service/trimtab-boot.socket");
const HELPER: &str = include_str!("../../../examples/systemd-service/trimtab-boot@.service");
const RULES: &str = include_str!("../../../examples/systemd-service/50-trimtab.rules");
const TEMPLATES: &str = include_str!("../../../examples/systemd-service/boot-templates");

fn has(unit: &str, line: &str) -> bool {
    unit.lines().any(|found| found == line)
}

#[test]
fn the_helper_is_asked_where_it_listens() {
    assert!(has(SOCKET_UNIT, &format!("ListenStream={SOCKET}")));
}

#[test]
fn no_unit_may_gain_privileges() {
    for unit in [SERVICE, HELPER] {
        for line in ["NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "RestrictSUIDSGID=yes"] {
            assert!(has(unit, line), "{line} is missing in\n{unit}");
        }
        assert!(!unit.lines().any(|line| line.starts_with("ReadWritePaths=")), "it writes nowhere else");
    }
}

#[test]
fn rule_and_allow_file_name_the_same_templates() {
    let allowed = TEMPLATES.lines().filter_map(|line| line.strip_suffix("@.service"));
    let quoted: Vec<_> = allowed.map(|name| format!("\"{name}\"")).collect();
    assert!(!quoted.is_empty() && has(RULES, &format!("var trimtabTemplates = [{}];", quoted.join(", "))));
}
