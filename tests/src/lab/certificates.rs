//! Certificates of the lab's own authority, made by openssl.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// An authority, and a certificate for `localhost` and 127.0.0.1 that it signed. In PEM files.
pub struct Certificates {
    home: TempDir,
}

impl Certificates {
    /// Makes them.
    ///
    /// # Panics
    ///
    /// If openssl is not there or refuses.
    pub fn make() -> Self {
        let home = tempfile::tempdir().unwrap_or_else(|error| panic!("the lab needs a folder for itself: {error}"));
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
        let authority = ["req", "-x509", "-subj", "/CN=lab authority", "-keyout", "ca.key", "-out", "ca.pem"];
        openssl(home.path(), &[&authority[..], &key].concat());
        let name = "subjectAltName=DNS:localhost,IP:127.0.0.1";
        let leaf = ["req", "-x509", "-CA", "ca.pem", "-CAkey", "ca.key", "-subj", "/CN=lab", "-addext", name];
        let usage = ["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "lab.key", "-out", "lab.pem"];
        openssl(home.path(), &[&leaf[..], &usage, &key].concat());
        Self { home }
    }

    /// The authority's certificate.
    pub fn authority(&self) -> PathBuf {
        self.home.path().join("ca.pem")
    }

    /// The certificate that it signed.
    pub fn certificate(&self) -> PathBuf {
        self.home.path().join("lab.pem")
    }

    /// The key of that certificate.
    pub fn key(&self) -> PathBuf {
        self.home.path().join("lab.key")
    }
}

fn openssl(home: &Path, words: &[&str]) {
    let output = Command::new("openssl").args(words).current_dir(home).output();
    let output = output.unwrap_or_else(|error| panic!("openssl ({error}); tests/run installs what the tests need"));
    assert!(output.status.success(), "openssl {words:?}: {}", String::from_utf8_lossy(&output.stderr));
}
