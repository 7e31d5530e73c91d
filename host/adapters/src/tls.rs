//! TLS: one crypto provider for the process, and the files that a connection may name.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Makes ring the crypto provider of the process. To be called as often as one likes.
pub fn install() {
    // An error means that there is a provider already, which is what is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// How a connection proves itself and checks the other side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Tls {
    /// Trust only certificates signed by one of these (PEM), instead of those that the system trusts.
    pub ca_file: Option<PathBuf>,
    /// Our certificate chain (PEM), with `key-file`.
    pub cert_file: Option<PathBuf>,
    /// Our private key (PEM), with `cert-file`.
    pub key_file: Option<PathBuf>,
    /// Believe any certificate. For a lab; anyone on the way can read and change what is sent.
    pub unsafe_ssl: bool,
}

/// What the files of a [`Tls`] held when they were read.
pub(crate) struct Material {
    /// Certificates to trust, PEM.
    pub ca: Option<Vec<u8>>,
    /// Our certificate chain and key, PEM.
    pub identity: Option<(Vec<u8>, Vec<u8>)>,
}

impl Tls {
    /// What is wrong with it, as far as can be seen without connecting.
    pub fn check(&self) -> Vec<String> {
        self.read().err().into_iter().collect()
    }

    /// Reads the files.
    pub(crate) fn read(&self) -> Result<Material, String> {
        let identity = match (&self.cert_file, &self.key_file) {
            (Some(cert), Some(key)) => Some((pem(cert, "cert-file")?, pem(key, "key-file")?)),
            (None, None) => None,
            (Some(_), None) => return Err("tls.cert-file needs tls.key-file beside it".to_owned()),
            (None, Some(_)) => return Err("tls.key-file needs tls.cert-file beside it".to_owned()),
        };
        let ca = self.ca_file.as_deref().map(|path| pem(path, "ca-file")).transpose()?;
        Ok(Material { ca, identity })
    }
}

fn pem(path: &Path, field: &str) -> Result<Vec<u8>, String> {
    let bytes =
        std::fs::read(path).map_err(|error| format!("tls.{field} {} can't be read: {error}", path.display()))?;
    let looks_like_pem = bytes.windows(11).any(|part| part == b"-----BEGIN ");
    if looks_like_pem { Ok(bytes) } else { Err(format!("tls.{field} {} is not a PEM file", path.display())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installing_twice_is_fine() {
        install();
        install();
        assert!(rustls::crypto::CryptoProvider::get_default().is_some());
    }

    #[test]
    fn what_is_wrong_names_field_and_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let tls = Tls { ca_file: Some(path.clone()), ..Tls::default() };
        assert!(tls.check()[0].starts_with(&format!("tls.ca-file {} can't be read", path.display())));
        std::fs::write(&path, "hello").unwrap();
        assert_eq!(tls.check(), [format!("tls.ca-file {} is not a PEM file", path.display())]);
        let half = Tls { key_file: Some(path), ..Tls::default() };
        assert_eq!(half.check(), ["tls.key-file needs tls.cert-file beside it"]);
    }
}
