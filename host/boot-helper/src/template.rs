//! Unit templates, and which names are numbered instances of them.

/// The longest name of a unit that systemd takes.
const LONGEST: usize = 255;
const SUFFIX: &str = ".service";

/// A service template, such as `drakrun@.service`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Up to and including the `@`.
    stem: String,
}

impl Template {
    /// Reads `NAME@.service`.
    pub fn parse(text: &str) -> Option<Self> {
        let stem = text.strip_suffix(SUFFIX)?;
        let name = stem.strip_suffix('@')?;
        let starts_well = name.starts_with(|first: char| first.is_ascii_alphanumeric());
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":-_.".contains(&byte));
        (starts_well && plain && text.len() <= LONGEST).then(|| Self { stem: stem.to_owned() })
    }

    /// Whether `unit` is `NAME@NUMBER.service`: one to ten ASCII digits. `0` and `01` are instances too; somebody may
    /// have enabled them, and they have to be disabled by their own names.
    pub fn has(&self, unit: &str) -> bool {
        let number = unit.strip_prefix(&self.stem).and_then(|rest| rest.strip_suffix(SUFFIX));
        number.is_some_and(|text| (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_a_plain_name() {
        for good in ["drakrun@.service", "a.b-c_d:9@.service"] {
            assert!(Template::parse(good).is_some(), "{good}");
        }
        let bad = ["", "@.service", "drakrun.service", "drakrun@1.service", "drakrun@.socket", "drakrun@@.service"];
        let worse = ["-h@.service", ".x@.service", "a/b@.service", "a b@.service", "drakrun*@.service", "ä@.service"];
        for bad in bad.iter().chain(&worse) {
            assert_eq!(Template::parse(bad), None, "{bad}");
        }
        assert_eq!(Template::parse(&format!("{}@.service", "x".repeat(300))), None);
    }

    #[test]
    fn instances_are_numbered() {
        let drakrun = Template::parse("drakrun@.service").unwrap();
        for good in ["drakrun@1.service", "drakrun@0.service", "drakrun@01.service", "drakrun@1234567890.service"] {
            assert!(drakrun.has(good), "{good}");
        }
        let other = ["sshd.service", "drakrun@.service", "drakrun@x.service", "drakrun@1.service.bak", "drakrun@1"];
        let near = ["xdrakrun@1.service", "drakrun@-1.service", "drakrun@1 .service", "drakrun@12345678901.service"];
        let evil = ["drakrun@x;evil.service", "drakrun@1\n.service", "drakrun@../1.service", "drakrun@١.service"];
        for bad in other.iter().chain(&near).chain(&evil) {
            assert!(!drakrun.has(bad), "{bad:?}");
        }
    }
}
