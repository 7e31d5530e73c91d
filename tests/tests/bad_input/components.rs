//! Bad components beside a good target.

use std::fmt::Write as _;
use std::fs;

use trimtab_tests::lab::TrimtabHost;

/// A component and what the host says of it; `NAME` is its file.
fn table() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let wat = |text: &str| wat::parse_str(text).unwrap();
    let cut = wat("(component (core module (memory 1)))");
    vec![
        ("empty", Vec::new(), "the file is empty; expected a WebAssembly component"),
        (
            "text",
            b"a policy, honestly".to_vec(),
            "the file is text; expected a binary WebAssembly component. Text is converted by `wasm-tools parse`",
        ),
        (
            "module",
            wat("(module)"),
            "the file is a core WebAssembly module; expected a component. Rust: build for wasm32-wasip2 (not wasm32-unknown-unknown or wasm32-wasip1); else wrap it by `wasm-tools component new`",
        ),
        (
            "truncated",
            cut[..cut.len() - 4].to_vec(),
            "the component is damaged at byte 19: unexpected end-of-file. Was the file cut off or altered?",
        ),
        (
            "other-world",
            wat("(component)"),
            "the component is empty; expected one that exports trimtab:policy/policy. Was the file cut off?",
        ),
        (
            "sockets",
            wat(r#"(component (import "wasi:sockets/tcp@0.2.3" (instance)))"#),
            "the component imports wasi:sockets/tcp@0.2.3; a policy may not reach the network. Leave out the code that \
             needs it, or build without it: Rust does not import it unless std::net is used; JavaScript: componentize-js \
             with disableFeatures (jco: --disable all); Python: componentize-py with --stub-wasi; TinyGo: -target=wasip2 \
             without net",
        ),
    ]
}

#[test]
fn each_bad_component_is_told_and_the_other_target_goes_on() {
    let mut config = super::GOOD.to_owned();
    for (name, _, _) in table() {
        let _ = write!(
            config,
            "[target.{name}]\ninterval = \"100ms\"\nmax = 5\nbackend.memory.replicas = 2\n\
             policy.component = \"{name}.wasm\"\n"
        );
    }
    let mut host = TrimtabHost::new(&config);
    for (name, component, _) in table() {
        fs::write(host.home().join(format!("{name}.wasm")), component).unwrap();
    }
    host.start();
    let home = host.home().display().to_string();
    let trouble =
        |(name, _, said): &(&str, Vec<u8>, &str)| ((*name).to_owned(), format!("host: {home}/{name}.wasm: {said}"));
    let troubles: Vec<_> = table().iter().map(trouble).collect();
    super::expect_troubles(&mut host, &troubles);
    for (name, trouble) in troubles {
        let said = trouble.strip_prefix("host: ").unwrap();
        assert!(host.log().contains(said), "not in the log of `{name}`: {said}\n{}", host.log());
    }
}
