//! Empty: see the manifest.

fn main() {}
