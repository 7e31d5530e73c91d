//! Source `redis`: the length of lists and streams, the lag of a consumer group, or a number kept at a key.

mod address;
mod ask;
mod keys;
mod link;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use address::RedisAddress;
pub(crate) use ask::RedisSource;
pub use keys::{Group, Keys};
pub use link::RedisLink;

use super::prometheus::three_seconds;
use crate::secret::SecretRef;
use crate::span::Span;
use crate::tls::Tls;

/// `[source.NAME.redis]`: where a Redis is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Connection {
    /// `host:port`, or the path of a unix socket.
    pub address: RedisAddress,
    /// Number of the database. Default 0.
    #[serde(default)]
    pub database_index: u32,
    /// User, where access control lists are used.
    #[serde(default)]
    pub username: Option<String>,
    /// Where the password is kept.
    #[serde(default)]
    pub password: Option<SecretRef>,
    /// Given, even empty: connect by TLS.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// Longest that connecting, or one query, may take. Default 3s.
    #[serde(default = "three_seconds")]
    pub timeout: Span,
}

/// `[target.T.indicator.NAME.redis]`: what to look at. Exactly one of the questions is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Question {
    /// Name of the source.
    pub source: String,
    /// Elements of lists, summed (`LLEN`). A list that is not there is empty.
    #[serde(default)]
    pub list_length: Option<Keys>,
    /// Entries of streams, summed (`XLEN`). A stream that is not there is empty.
    #[serde(default)]
    pub stream_length: Option<Keys>,
    /// Entries that a consumer group has not been given yet (`XINFO GROUPS`, Redis 7).
    #[serde(default)]
    pub stream_lag: Option<Group>,
    /// Entries that a consumer group was given and has not acknowledged (`XPENDING`).
    #[serde(default)]
    pub pending: Option<Group>,
    /// Members of sorted sets, summed (`ZCARD`). One that is not there is empty.
    #[serde(default)]
    pub sorted_set_size: Option<Keys>,
    /// Members of sets, summed (`SCARD`). One that is not there is empty.
    #[serde(default)]
    pub set_size: Option<Keys>,
    /// Numbers kept as text, summed (`GET`). A key that is not there is missing, not zero.
    #[serde(default)]
    pub key_value: Option<Keys>,
}

/// The one question that was asked.
pub(crate) enum Wanted<'a> {
    /// A command that counts what is at a key.
    Size(&'static str, &'a Keys),
    /// The numbers at the keys.
    Value(&'a Keys),
    /// Not yet given to the group.
    Lag(&'a Group),
    /// Given and not acknowledged.
    Pending(&'a Group),
}

impl Connection {
    pub(crate) fn check(&self) -> Vec<String> {
        let secret = self.password.iter().filter_map(|place| place.read().err());
        let mut issues: Vec<String> = secret.map(|error| format!("password: {}", error.in_one_line())).collect();
        issues.extend(self.tls.iter().flat_map(Tls::check));
        if self.username.is_some() && self.password.is_none() {
            issues.push("username needs password beside it".to_owned());
        }
        if self.tls.is_some() && matches!(self.address, RedisAddress::Unix(_)) {
            issues.push("tls and a unix socket do not go together".to_owned());
        }
        issues
    }
}

impl Question {
    pub(crate) fn over(self, link: Arc<RedisLink>) -> RedisSource {
        RedisSource::new(self, link)
    }

    pub(crate) fn check(&self) -> Vec<String> {
        self.wanted().err().into_iter().collect()
    }

    /// The one question.
    pub(crate) fn wanted(&self) -> Result<Wanted<'_>, String> {
        let mut wanted: Vec<Wanted<'_>> = Vec::new();
        wanted.extend(self.list_length.iter().map(|keys| Wanted::Size("LLEN", keys)));
        wanted.extend(self.stream_length.iter().map(|keys| Wanted::Size("XLEN", keys)));
        wanted.extend(self.sorted_set_size.iter().map(|keys| Wanted::Size("ZCARD", keys)));
        wanted.extend(self.set_size.iter().map(|keys| Wanted::Size("SCARD", keys)));
        wanted.extend(self.key_value.iter().map(Wanted::Value));
        wanted.extend(self.stream_lag.iter().map(Wanted::Lag));
        wanted.extend(self.pending.iter().map(Wanted::Pending));
        let count = wanted.len();
        wanted.pop().filter(|_| count == 1).ok_or_else(|| {
            format!(
                "exactly one of list-length, stream-length, stream-lag, pending, sorted-set-size, set-size and \
                 key-value is expected, not {count}"
            )
        })
    }
}
