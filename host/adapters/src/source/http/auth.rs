//! How a request proves who sends it.

use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::secret::{Secret, SecretError, SecretRef};
use crate::source::SourceError;

/// Credentials of an HTTP source. The secrets are read anew for each request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Auth {
    /// `Authorization: Bearer SECRET`.
    BearerToken(SecretRef),
    /// `Authorization: Basic ...`.
    Basic(Basic),
    /// `Authorization: SCHEME SECRET`, such as `APIKEY`.
    Authorization(Scheme),
    /// `NAME: SECRET`, such as `X-Api-Key`.
    Header(SecretHeader),
}

/// A user name and a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Basic {
    /// Who.
    pub username: String,
    /// Where the password is kept.
    pub password: SecretRef,
}

/// An authorization scheme that is neither bearer nor basic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Scheme {
    /// The word before the secret.
    pub scheme: String,
    /// Where the secret is kept.
    pub secret: SecretRef,
}

/// A header that holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SecretHeader {
    /// The header's name.
    pub name: String,
    /// Where the secret is kept.
    pub secret: SecretRef,
}

impl Auth {
    /// `Authorization: SCHEME SECRET`.
    pub(crate) fn authorization(scheme: &str, secret: SecretRef) -> Self {
        Self::Authorization(Scheme { scheme: scheme.to_owned(), secret })
    }

    /// What is wrong with it: secrets that are not there, text that can't be a header.
    pub fn check(&self) -> Vec<String> {
        self.header().err().map(|error| format!("auth: {error}")).into_iter().collect()
    }

    /// The request with the credentials in it.
    pub(super) fn sign(&self, request: RequestBuilder) -> Result<RequestBuilder, SourceError> {
        if let Self::Basic(basic) = self {
            return Ok(request.basic_auth(&basic.username, Some(basic.password.read()?.expose())));
        }
        let (name, value) = self.header().map_err(SourceError::Denied)?;
        Ok(request.header(name, value))
    }

    fn header(&self) -> Result<(HeaderName, HeaderValue), String> {
        let read = |secret: &SecretRef| secret.read().map_err(|error: SecretError| error.in_one_line());
        let with_scheme = |scheme: &str, secret: &Secret| sensitive(&format!("{scheme} {}", secret.expose()));
        match self {
            Self::BearerToken(secret) => Ok((AUTHORIZATION, with_scheme("Bearer", &read(secret)?)?)),
            Self::Authorization(it) => Ok((AUTHORIZATION, with_scheme(&it.scheme, &read(&it.secret)?)?)),
            Self::Basic(it) => Ok((AUTHORIZATION, with_scheme("Basic", &read(&it.password)?)?)),
            Self::Header(it) => {
                let name = HeaderName::from_bytes(it.name.as_bytes())
                    .map_err(|_| format!("{:?} can't be the name of a header", it.name))?;
                Ok((name, sensitive(read(&it.secret)?.expose())?))
            }
        }
    }
}

fn sensitive(text: &str) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| "the secret (or its scheme) has a line break or another character that a header can't hold")?;
    value.set_sensitive(true);
    Ok(value)
}
