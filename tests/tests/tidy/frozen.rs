//! A released contract never changes: policies in the field are compiled against it.
//!
//! `wit/FROZEN` lists what is released, one `<sha256>  <path below wit/>` a line: `cd wit && sha256sum -c FROZEN`.

use std::collections::BTreeMap;
use std::fs;

use sha2::{Digest, Sha256};

use crate::expect_none;
use crate::repo::{FILES, TextFile, root};

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// Path to hash, from the text of `wit/FROZEN`.
fn pins(text: &str) -> BTreeMap<&str, &str> {
    text.lines().filter_map(|line| line.split_once("  ")).map(|(hash, path)| (path, hash)).collect()
}

fn complaints(pins: &BTreeMap<&str, &str>, released: &[(&str, &str)]) -> Vec<String> {
    let changed = released.iter().filter_map(|(path, text)| match pins.get(path) {
        None => Some(format!("wit/{path}: not in wit/FROZEN")),
        Some(hash) if **hash != sha256(text.as_bytes()) => Some(format!("wit/{path}: changed after its release")),
        Some(_) => None,
    });
    let gone = pins.keys().filter(|pinned| released.iter().all(|(path, _)| path != *pinned));
    changed.chain(gone.map(|path| format!("wit/{path}: released, and gone"))).collect()
}

fn below_wit(file: &'static TextFile) -> Option<(&'static str, &'static str)> {
    let path = file.path.strip_prefix("wit/")?;
    path.starts_with("since-").then_some((path, &*file.text))
}

#[test]
fn what_is_released_stays_as_it_was() {
    let pinned = fs::read_to_string(root().join("wit/FROZEN")).unwrap_or_default();
    let released: Vec<_> = FILES.iter().filter_map(below_wit).collect();
    expect_none("a released contract never changes:", &complaints(&pins(&pinned), &released));
}

#[test]
fn a_changed_contract_is_seen() {
    let file = format!("{}  since-0.1.0/policy.wit\n", sha256(b"package a;"));
    let pins = pins(&file);
    assert!(complaints(&pins, &[("since-0.1.0/policy.wit", "package a;")]).is_empty());
    assert_eq!(complaints(&pins, &[("since-0.1.0/policy.wit", "package b;")]).len(), 1);
    assert_eq!(complaints(&pins, &[]).len(), 1);
    assert_eq!(complaints(&BTreeMap::new(), &[("since-0.1.0/policy.wit", "")]).len(), 1);
}
