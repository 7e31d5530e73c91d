//! The policies that come with the host, as components.
//!
//! `build.rs` compiles every folder of `policies/`; a new one needs no edit here.

include!(concat!(env!("OUT_DIR"), "/policies.rs"));

/// The component of that name: what `builtin:NAME` stands for.
pub fn get(name: &str) -> Option<&'static [u8]> {
    ALL.iter().find(|(each, _)| *each == name).map(|(_, bytes)| *bytes)
}

/// All names, sorted.
pub fn names() -> &'static [&'static str] {
    NAMES
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The header of a component: magic, version 13, layer 1.
    const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn every_name_gives_a_component() {
        assert!(names().contains(&"qos-rules"));
        for name in names() {
            assert!(get(name).is_some_and(|bytes| bytes.starts_with(COMPONENT)), "{name}");
        }
        assert_eq!(get("qos-rules"), Some(QOS_RULES));
    }

    #[test]
    fn an_unknown_name_gives_nothing() {
        assert_eq!(get("no-such-policy"), None);
    }

    #[test]
    fn no_path_of_the_building_machine_is_in_a_component() {
        let root = env!("CARGO_MANIFEST_DIR").trim_end_matches("/host/bundled-policies").as_bytes();
        for name in names() {
            let bytes = get(name).unwrap_or_default();
            assert!(!bytes.windows(root.len()).any(|window| window == root), "{name}");
        }
    }
}
