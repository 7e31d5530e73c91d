//! The parser against what a client should not send.

use super::*;

fn allowed() -> Vec<Template> {
    ["drakrun@.service", "drak-postprocess@.service"].iter().map(|name| Template::parse(name).unwrap()).collect()
}

/// What is done, or the refusal.
fn judged(line: &[u8]) -> Result<Request, Refusal> {
    let request = parse(line)?;
    request.check(&allowed())?;
    Ok(request)
}

#[test]
fn allowed_instances_pass() {
    let enable = judged(br#"{"enable":["drakrun@1.service","drak-postprocess@2.service"]}"#);
    assert_eq!(
        enable.unwrap(),
        Request::Enable(vec!["drakrun@1.service".to_owned(), "drak-postprocess@2.service".to_owned()])
    );
    let disable = judged(b"{\"disable\":[\"drakrun@01.service\"]}\n").unwrap();
    assert_eq!((disable.verb(), disable.units()), ("disable", &["drakrun@01.service".to_owned()][..]));
}

#[test]
fn one_bad_name_refuses_all() {
    let bad = ["sshd.service", "--now", "-H", "", "drakrun@1", "drakrun@x.service", "/etc/drakrun@1.service"];
    for name in bad.iter().chain(&["drakrun@x;evil.service", "drakrun@1.service\\u0000", "drakrun@1.service "]) {
        let line = format!(r#"{{"enable":["drakrun@1.service","{name}"]}}"#);
        assert!(judged(line.as_bytes()).is_err(), "{name}");
    }
}

#[test]
fn anything_but_one_verb_with_names_is_refused() {
    let wrong = [
        "",
        "null",
        "[]",
        "{}",
        r#"{"start":["drakrun@1.service"]}"#,
        r#"{"enable":"drakrun@1.service"}"#,
        r#"{"enable":[1]}"#,
        r#"{"enable":[]}"#,
        r#"{"enable":["drakrun@1.service"],"disable":["drakrun@2.service"]}"#,
        r#"{"enable":["drakrun@1.service"]} {"enable":["drakrun@2.service"]}"#,
        r#"{"enable":["drakrun@1.service"]"#,
    ];
    for line in wrong {
        assert!(judged(line.as_bytes()).is_err(), "{line}");
    }
    let many = serde_json::json!({ "enable": vec!["drakrun@1.service"; 1001] }).to_string();
    assert!(judged(many.as_bytes()).is_err());
    let deep = [b"[".repeat(60_000), b"{\"enable\":".repeat(6_000)];
    assert!(deep.iter().all(|line| judged(line).is_err()));
}

#[test]
fn a_refusal_repeats_little_and_nothing_that_a_terminal_obeys() {
    let line = serde_json::json!({ "enable": [format!("\u{1b}]0;\n{}", "x".repeat(10_000))] }).to_string();
    let told = format!("{:?}", judged(line.as_bytes()).unwrap_err());
    assert!(told.len() < 300 && !told.contains('\u{1b}') && told.contains("u{1b}"), "{told}");
}

/// SplitMix64, from `TRIMTAB_TEST_SEED` or a fixed seed.
struct Draws(u64);

impl Draws {
    fn new() -> Self {
        let given = std::env::var("TRIMTAB_TEST_SEED").ok().map(|text| text.parse().unwrap());
        let seed = given.unwrap_or(20_261_122);
        eprintln!("TRIMTAB_TEST_SEED={seed}");
        Self(seed)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) as usize % limit
    }
}

/// Names as plain as can be, in whatever way they came to be allowed.
fn is_harmless(unit: &str) -> bool {
    let number = unit.strip_prefix("drakrun@").or_else(|| unit.strip_prefix("drak-postprocess@"));
    let digits = number.and_then(|rest| rest.strip_suffix(".service"));
    digits.is_some_and(|text| !text.is_empty() && text.chars().all(|digit| digit.is_ascii_digit()))
}

#[test]
fn whatever_is_sent_only_harmless_names_pass() {
    const PIECES: [&str; 12] =
        ["drakrun@", ".service", "\"", ",", "1", "0", "\\u0031", "\\n", "/", "--now", "]}", "{\"disable\":["];
    let mut draws = Draws::new();
    let mut passed = 0;
    for _ in 0..20_000 {
        let mut line = br#"{"enable":["drakrun@1.service","drak-postprocess@2.service"]}"#.to_vec();
        for _ in 0..draws.below(4) {
            let at = draws.below(line.len());
            match draws.below(3) {
                0 => line[at] = draws.below(256) as u8,
                1 => drop(line.splice(at..at, PIECES[draws.below(PIECES.len())].bytes())),
                _ => line.truncate(at.max(1)),
            }
        }
        if let Ok(request) = judged(&line) {
            passed += 1;
            assert!(request.units().iter().all(|unit| is_harmless(unit)), "{request:?}");
        }
    }
    assert!((1_000..19_000).contains(&passed), "{passed} of 20000 passed: the draws are too kind or too cruel");
}

#[test]
fn random_bytes_are_refused() {
    let mut draws = Draws::new();
    for _ in 0..2_000 {
        let length = draws.below(300);
        let line: Vec<u8> = (0..length).map(|_| draws.below(256) as u8).collect();
        assert!(judged(&line).is_err(), "{line:?}");
    }
}
