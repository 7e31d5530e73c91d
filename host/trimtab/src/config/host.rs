//! `[host]`.

use std::path::Path;
use std::time::Duration;

use super::HostConfig;
use super::document::Document;
use super::tables::HostTable;

/// Longest path of a unix socket.
const LONGEST_SOCKET: usize = 107;

pub(super) fn read(document: &mut Document<'_>, base: &Path) -> HostConfig {
    let table = if document.has(&["host"]) { document.read::<HostTable>(&["host"]) } else { None };
    let table = table.unwrap_or_default();
    let state_dir = base.join(&table.state_dir);
    let socket = table.socket.as_ref().map_or_else(|| state_dir.join("trimtab.sock"), |socket| base.join(socket));
    if socket.as_os_str().len() > LONGEST_SOCKET {
        let message = format!("{} is longer than the {LONGEST_SOCKET} bytes a unix socket may have", socket.display());
        document.error(&["host", "socket"], message);
    }
    HostConfig {
        state_dir,
        http: address(document, &table.http),
        socket,
        evaluators: table.evaluators.unwrap_or_else(default_evaluators).max(1),
        shutdown_grace: table.shutdown_grace.get().max(Duration::from_millis(1)),
        journal: table.journal,
        policy_limits: table.policy_limits,
    }
}

fn address(document: &mut Document<'_>, text: &str) -> Option<std::net::SocketAddr> {
    if text == "off" {
        return None;
    }
    let parsed = text.parse().ok();
    if parsed.is_none() {
        document.error(
            &["host", "http"],
            format!("expected an address such as \"127.0.0.1:9180\", or \"off\"; found {text:?}"),
        );
    }
    parsed
}

fn default_evaluators() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().min(4))
}
