//! One HTTP connection of the config: a client that is made when first needed and shared by all questions.

use std::error::Error as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Certificate, Client, Identity, Response, StatusCode, Url};
use scaling_core::units::millis;

use super::body::{self, BodyError};
use super::{Auth, Headers};
use crate::source::SourceError;
use crate::source::address::{Address, shown};
use crate::tls::{self, Tls};

/// More redirects than this are a loop.
const MAX_REDIRECTS: usize = 5;

/// What the kinds of HTTP connection have in common.
pub(crate) struct HttpSettings {
    pub timeout: Duration,
    pub headers: Headers,
    pub auth: Option<Auth>,
    pub tls: Option<Tls>,
    /// Where it is, if it is one place.
    pub address: Option<Address>,
    /// Whether any address is `https://`: only then the system's certificates are loaded.
    pub secure: bool,
}

/// An open HTTP connection.
pub struct HttpLink {
    settings: HttpSettings,
    client: Mutex<Option<Client>>,
    /// What to do when the server denies access.
    advice: String,
}

/// An answer of any status.
pub(crate) struct Page {
    pub url: Url,
    pub status: StatusCode,
    pub content_type: String,
    pub body: Vec<u8>,
}

impl HttpLink {
    pub(crate) fn new(settings: HttpSettings) -> Self {
        Self { settings, client: Mutex::new(None), advice: "check the credentials in auth".to_owned() }
    }

    /// Says so when the server denies access, if the credentials are not those in `auth`.
    pub(crate) fn advising(self, advice: String) -> Self {
        Self { advice, ..self }
    }

    /// The URL of `suffix` at the address.
    pub(crate) fn url(&self, suffix: &str) -> Result<Url, SourceError> {
        let address = self.settings.address.as_ref().ok_or("the connection has no single address".to_owned());
        address.and_then(|address| address.with_suffix(suffix)).map_err(SourceError::Garbled)
    }

    /// Gets `url`. An answer that denies access or redirects elsewhere is an error already.
    pub(crate) async fn get(&self, url: Url, accept: &'static str) -> Result<Page, SourceError> {
        let response = self.send(&url, accept).await?.map_err(|error| self.explain(&url, &error))?;
        refuse_denial_and_redirect(&response, &self.advice)?;
        let (url, status) = (response.url().clone(), response.status());
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let body = body::read(response).await.map_err(|error| match error {
            BodyError::TooLong => SourceError::Garbled(format!("{} answered more than 8 MiB", shown(&url))),
            BodyError::Broken(error) => self.explain(&url, &error),
        })?;
        Ok(Page { url, status, content_type, body })
    }

    /// Sends the request. It is sent once more if the connection was lost: one that was kept open since the
    /// last question does not survive a restart of the server.
    async fn send(&self, url: &Url, accept: &'static str) -> Result<reqwest::Result<Response>, SourceError> {
        let request = self.client()?.get(url.clone()).header(ACCEPT, accept);
        let request = match &self.settings.auth {
            Some(auth) => auth.sign(request)?,
            None => request,
        };
        let again = request.try_clone();
        Ok(match (request.send().await, again) {
            (Err(error), Some(again)) if !error.is_timeout() && !error.is_connect() => again.send().await,
            (answer, _) => answer,
        })
    }

    fn client(&self) -> Result<Client, SourceError> {
        let mut kept = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &*kept {
            return Ok(client.clone());
        }
        let client = self.settings.client()?;
        *kept = Some(client.clone());
        Ok(client)
    }

    fn explain(&self, url: &Url, error: &reqwest::Error) -> SourceError {
        if error.is_timeout() {
            return SourceError::Timeout { limit_ms: millis(self.settings.timeout) };
        }
        if error.is_connect() && self.settings.tls.is_some() {
            // Certificates may have been renewed: read the files again for the next request.
            self.client.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
        SourceError::Unreachable(format!("{}: {}", shown(url), innermost(error)))
    }
}

impl Page {
    /// The page, if the status says that it is an answer.
    pub fn ok(self) -> Result<Self, SourceError> {
        self.failed().map_or(Ok(self), Err)
    }

    /// What the status says, if it does not say success.
    pub fn failed(&self) -> Option<SourceError> {
        if self.status.is_success() {
            return None;
        }
        let text = format!("{} answered {}", shown(&self.url), self.status);
        let passing = self.status.is_server_error() || self.status == StatusCode::TOO_MANY_REQUESTS;
        Some(if passing { SourceError::Unreachable(text) } else { SourceError::Garbled(text) })
    }

    /// The body as text.
    pub fn text(&self) -> Result<&str, SourceError> {
        std::str::from_utf8(&self.body)
            .map_err(|_| SourceError::Garbled(format!("{} answered something that is not UTF-8", shown(&self.url))))
    }

    /// The body as JSON. Nesting is bounded by `serde_json` (128 levels).
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, SourceError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            SourceError::Garbled(format!("{} answered no JSON of the expected form: {error}", shown(&self.url)))
        })
    }
}

impl HttpSettings {
    fn client(&self) -> Result<Client, SourceError> {
        tls::install();
        let mut builder = Client::builder()
            .timeout(self.timeout)
            .connect_timeout(self.timeout)
            .redirect(Policy::custom(stay_with_the_host))
            .default_headers(self.headers.map())
            .user_agent(concat!("trimtab/", env!("CARGO_PKG_VERSION")));
        if !self.secure {
            builder = builder.tls_certs_only([]);
        }
        let tls = self.tls.clone().unwrap_or_default();
        let material = tls.read().map_err(SourceError::Denied)?;
        if let Some(ca) = material.ca {
            builder = builder.tls_certs_only(Certificate::from_pem_bundle(&ca).map_err(|e| refused("ca-file", &e))?);
        }
        if let Some((cert, key)) = material.identity {
            let pem = [cert, key].join(&b'\n');
            builder = builder.identity(Identity::from_pem(&pem).map_err(|e| refused("cert-file or key-file", &e))?);
        }
        builder
            .tls_danger_accept_invalid_certs(tls.unsafe_ssl)
            .build()
            .map_err(|error| SourceError::Unreachable(format!("no HTTP client: {}", innermost(&error))))
    }
}

fn refused(field: &str, error: &reqwest::Error) -> SourceError {
    SourceError::Denied(format!("tls.{field} can't be used: {}", innermost(error)))
}

/// Follows a redirect within the same origin only: what we send may hold credentials.
fn stay_with_the_host(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let same = attempt.previous().last().is_some_and(|from| from.origin() == attempt.url().origin());
    if same && attempt.previous().len() <= MAX_REDIRECTS { attempt.follow() } else { attempt.stop() }
}

fn refuse_denial_and_redirect(response: &Response, advice: &str) -> Result<(), SourceError> {
    let (status, place) = (response.status(), shown(response.url()));
    if status.is_redirection() {
        let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("nowhere");
        let to = to.split('?').next().unwrap_or(to);
        let text = format!("{place} redirects to {to}, which is not followed: another host, or too many redirects");
        return Err(SourceError::Garbled(text));
    }
    let denied = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::PROXY_AUTHENTICATION_REQUIRED];
    if denied.contains(&status) {
        return Err(SourceError::Denied(format!("{place} answered {status}: {advice}")));
    }
    Ok(())
}

/// The last cause, which says it best: "Connection refused (os error 111)".
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    // Only an error without a cause shows the URL, and with it the query.
    if error.source().is_some() { cause.to_string() } else { "the request failed".to_owned() }
}
