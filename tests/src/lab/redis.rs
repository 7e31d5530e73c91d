//! A real redis-server.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Certificates;
use super::process::{Service, free_port};
use super::resp;
pub use super::resp::RespReply;

/// The file in the service's folder that tells the port for TLS.
const TLS_PORT: &str = "tls-port";

/// A redis-server that keeps its data in memory only.
pub struct Redis {
    service: Service,
    password: Option<String>,
}

impl Redis {
    /// One without a password.
    pub fn start() -> Self {
        Self::launch(None, Vec::new())
    }

    /// One that wants a password.
    pub fn with_password(password: &str) -> Self {
        Self::launch(Some(password.to_owned()), Vec::new())
    }

    /// One that speaks TLS too, at [`Redis::tls_address`], to clients that have a certificate.
    pub fn with_tls(certificates: &Certificates) -> Self {
        let files = [
            ("--tls-cert-file", certificates.certificate()),
            ("--tls-key-file", certificates.key()),
            ("--tls-ca-cert-file", certificates.authority()),
        ];
        Self::launch(None, files.map(|(option, file)| (option, file.display().to_string())).into())
    }

    fn launch(password: Option<String>, tls: Vec<(&'static str, String)>) -> Self {
        let (ours, theirs) = (password.clone(), password.clone());
        let command = move |home: &Path, port: u16| {
            let mut command = Command::new("redis-server");
            command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
            if let Some(password) = &ours {
                command.args(["--requirepass", password]);
            }
            if !tls.is_empty() {
                let port = free_port().to_string();
                // Not written, it is missed when the address is asked for.
                let _ = fs::write(home.join(TLS_PORT), &port);
                command.args(["--tls-port", &port]).args(tls.iter().flat_map(|(option, file)| [*option, file]));
            }
            command
        };
        let answers = move |pid: u32, port: u16| {
            let info = send(&format!("127.0.0.1:{port}"), theirs.as_deref(), &["INFO", "server"]);
            matches!(info, Ok(RespReply::Text(info)) if info.lines().any(|line| line == format!("process_id:{pid}")))
        };
        Self { service: Service::start(command, answers), password }
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.service.port())
    }

    /// Its port, as text.
    pub fn port(&self) -> String {
        self.service.port().to_string()
    }

    /// `localhost:PORT` of the port that speaks TLS.
    ///
    /// # Panics
    ///
    /// If it has none.
    pub fn tls_address(&self) -> String {
        let port = fs::read_to_string(self.service.home().join(TLS_PORT));
        format!("localhost:{}", port.unwrap_or_else(|error| panic!("a redis without TLS: {error}")))
    }

    /// Sends one command.
    ///
    /// # Panics
    ///
    /// If the server can't be reached. A refusal is a reply.
    pub fn command(&self, words: &[&str]) -> RespReply {
        send(&self.address(), self.password.as_deref(), words)
            .unwrap_or_else(|error| panic!("redis {words:?}: {error}"))
    }

    /// The process, to pause it, kill it and start it again.
    pub fn service(&mut self) -> &mut Service {
        &mut self.service
    }
}

fn send(address: &str, password: Option<&str>, words: &[&str]) -> std::io::Result<RespReply> {
    match password {
        Some(password) => resp::send(address, &[&["AUTH", password], words]),
        None => resp::send(address, &[words]),
    }
}
