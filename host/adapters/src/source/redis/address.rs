//! Where a Redis is: `host:port`, or a unix socket.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// `host:port`, `[::1]:6379`, or the absolute path of a unix socket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum RedisAddress {
    /// A host and a port.
    Tcp {
        /// Name or number of the host.
        host: String,
        /// Port.
        port: u16,
    },
    /// A unix socket.
    Unix(PathBuf),
}

impl TryFrom<String> for RedisAddress {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.starts_with('/') {
            return Ok(Self::Unix(PathBuf::from(text)));
        }
        // What is refused may hold a password and is not repeated.
        let expected = || "expected \"host:port\" or the path of a unix socket, and no redis:// URL".to_owned();
        let (host, port) = text.rsplit_once(':').ok_or_else(expected)?;
        let port = port.parse().map_err(|_| expected())?;
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        if host.is_empty() || host.contains(['/', '@', '[', ']']) {
            return Err(expected());
        }
        Ok(Self::Tcp { host: host.to_owned(), port })
    }
}

impl From<RedisAddress> for String {
    fn from(address: RedisAddress) -> Self {
        address.to_string()
    }
}

impl fmt::Display for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Unix(path) => path.display().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written_alike() {
        for text in ["127.0.0.1:6379", "redis.lab:6380", "[::1]:6379", "/run/redis/redis.sock"] {
            assert_eq!(RedisAddress::try_from(text.to_owned()).unwrap().to_string(), text);
        }
    }

    #[test]
    fn urls_and_half_addresses_are_refused_without_repeating_them() {
        for text in ["redis", "redis:", ":6379", "redis:port", "redis://:hunter2@host:6379", "u:hunter2@host:1"] {
            let refusal = RedisAddress::try_from(text.to_owned()).unwrap_err();
            assert!(refusal.contains("host:port") && !refusal.contains("hunter2"), "{text}: {refusal}");
        }
    }
}
