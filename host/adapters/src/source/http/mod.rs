//! What all HTTP sources share: one client for each connection, credentials, limits, and errors that say
//! what happened.

mod auth;
mod body;
mod client;
mod headers;

pub use auth::Auth;
pub use client::HttpLink;
pub(crate) use client::{HttpSettings, Page};
pub use headers::Headers;

/// No answer is read beyond this.
pub(crate) const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;
