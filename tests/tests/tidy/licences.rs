//! What deny.toml says of dependencies, as far as it needs no network: licences, bans, sources.

use std::fs;

use toml::{Table, Value};

use crate::expect_none;
use crate::repo::{FILES, packages, root};

fn deny() -> Table {
    fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap()
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap()).collect()
}

/// Whether an SPDX expression can be satisfied with the allowed licences. The old `MIT/Apache-2.0` means OR.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let satisfied = any_of(&mut rest, allowed);
    satisfied && rest.is_empty()
}

fn any_of(words: &mut &[&str], allowed: &[&str]) -> bool {
    let mut satisfied = all_of(words, allowed);
    while take(words, "OR") {
        satisfied |= all_of(words, allowed);
    }
    satisfied
}

fn all_of(words: &mut &[&str], allowed: &[&str]) -> bool {
    let mut satisfied = one(words, allowed);
    while take(words, "AND") {
        satisfied &= one(words, allowed);
    }
    satisfied
}

fn one(words: &mut &[&str], allowed: &[&str]) -> bool {
    if take(words, "(") {
        let satisfied = any_of(words, allowed);
        return take(words, ")") && satisfied;
    }
    let [licence, rest @ ..] = *words else { return false };
    *words = rest;
    if take(words, "WITH") {
        let [exception, rest @ ..] = *words else { return false };
        *words = rest;
        return allowed.contains(&&*format!("{licence} WITH {exception}"));
    }
    allowed.contains(licence)
}

fn take(words: &mut &[&str], word: &str) -> bool {
    let [first, rest @ ..] = *words else { return false };
    let taken = *first == word;
    if taken {
        *words = rest;
    }
    taken
}

#[test]
fn every_licence_lets_us_ship() {
    let deny = deny();
    let allowed = strings(&deny["licenses"]["allow"]);
    let complaints: Vec<_> = packages()
        .iter()
        .map(|package| (package["name"].as_str().unwrap(), package["license"].as_str().unwrap_or("none given")))
        .filter(|(_, licence)| !is_allowed(licence, &allowed))
        .map(|(name, licence)| format!("{name}: {licence}"))
        .collect();
    expect_none("a licence that deny.toml does not allow:", &complaints);
}

#[test]
fn no_banned_crate_is_in_the_build() {
    let deny = deny();
    let bans = deny["bans"]["deny"].as_array().unwrap();
    let complaints: Vec<_> = bans
        .iter()
        .filter(|ban| packages().iter().any(|package| package["name"] == *ban["crate"].as_str().unwrap()))
        .map(|ban| format!("{}: {}", ban["crate"], ban["reason"]))
        .collect();
    expect_none("a crate that deny.toml bans:", &complaints);
}

#[test]
fn everything_comes_from_the_public_registry() {
    let lock = FILES.iter().find(|file| file.path == "Cargo.lock").unwrap();
    let ours = r#"source = "registry+https://github.com/rust-lang/crates.io-index""#;
    let foreign = lock.text.lines().filter(|line| line.starts_with("source = ") && *line != ours);
    expect_none("a source that not everybody has:", &foreign.map(str::to_owned).collect::<Vec<_>>());
}

#[test]
fn a_licence_expression_is_read_as_spdx_defines_it() {
    let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"];
    for fine in ["MIT", "GPL-3.0 OR MIT", "Zlib/MIT", "Apache-2.0 WITH LLVM-exception", "(Zlib OR MIT) AND ISC"] {
        assert!(is_allowed(fine, &allowed), "{fine}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0", "(MIT OR Zlib) AND Zlib", "", "MIT MIT", "(MIT"] {
        assert!(!is_allowed(bad, &allowed), "{bad}");
    }
}
