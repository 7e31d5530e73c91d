//! `trimtab demo`: all of it at work. The demo is `serve` with a config.

use std::net::SocketAddr;

use super::client::complain;
use crate::board::Board;
use crate::causes::with_causes;
use crate::cli::LogFormat;
use crate::demo::worker::WorkerOptions;
use crate::demo::{self, DemoOptions, Host};
use crate::exit::Exit;
use crate::serve::{self, Running};
use crate::{config, logging};

/// Shows it.
pub async fn run(options: DemoOptions) -> Exit {
    if !options.has_screen() && std::env::var_os("RUST_LOG").is_some() {
        logging::install(LogFormat::Human);
    }
    let start = async |file: &std::path::Path| {
        let loaded = config::load(file);
        let problems: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
        let config = loaded.config.ok_or_else(|| problems.join("\n"))?;
        Ok(serve::start(config).await?)
    };
    match demo::run(&options, start).await {
        Ok(()) => Exit::Ok,
        Err(error) => complain(Exit::Unavailable, &with_causes(&error)),
    }
}

/// Works for the demo's queue.
pub async fn work(options: &WorkerOptions) -> Exit {
    match demo::worker::work(options).await {
        Ok(()) => Exit::Ok,
        Err(error) => complain(Exit::Unavailable, &with_causes(&error)),
    }
}

impl Host for Running {
    fn board(&self) -> Board {
        Running::board(self)
    }

    fn http_address(&self) -> Option<SocketAddr> {
        Running::http_address(self)
    }

    async fn stop(self) {
        Running::stop(self).await;
    }
}
