//! Sources against the real thing, and against servers that misbehave.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bench;
mod config;
mod http_faults;
mod http_json;
mod karton;
mod karton_faults;
mod mass;
mod mass_faults;
mod prometheus;
mod redis;
mod redis_faults;
mod rq;
mod scrape;
mod secrets;
mod tls;
