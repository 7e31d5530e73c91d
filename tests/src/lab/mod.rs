//! Real services for the tests, each a private process on a port of 127.0.0.1 that ends with its value.

pub mod certificates;
pub mod host;
pub mod http;
pub mod json_server;
pub mod karton;
mod machine;
pub mod mass;
mod patience;
pub mod process;
pub mod program;
pub mod prometheus;
pub mod promtool;
pub mod python;
mod ran;
pub mod redis;
mod resp;
pub mod rq;
pub mod swarm;
pub mod systemd;
pub mod workers;

pub use certificates::Certificates;
pub use host::TrimtabHost;
pub use json_server::{JsonServer, Reply};
pub use karton::Karton;
pub use mass::MassServer;
pub use process::Service;
pub use prometheus::Prometheus;
pub use redis::Redis;
pub use rq::Rq;
pub use swarm::Swarm;
pub use systemd::SystemdHost;
pub use workers::Workers;
