//! The demo's frame around a host that does nothing.

use std::cell::Cell;
use std::path::PathBuf;

use super::*;

struct Idle<'a>(&'a Cell<bool>);

impl Host for Idle<'_> {
    fn board(&self) -> Board {
        Board::default()
    }

    fn http_address(&self) -> Option<SocketAddr> {
        None
    }

    async fn stop(self) {
        self.0.set(true);
    }
}

fn options() -> DemoOptions {
    DemoOptions { seconds: 1, keep: false, plain: true, seed: 7 }
}

#[tokio::test]
async fn the_host_is_stopped_and_nothing_is_left_behind() {
    let stopped = Cell::new(false);
    let seen = Cell::new(PathBuf::new());
    let start = async |config: &Path| {
        assert!(config.is_file());
        seen.set(config.to_owned());
        Ok(Idle(&stopped))
    };
    run(&options(), start).await.unwrap();
    assert!(stopped.get());
    let config = seen.take();
    assert!(config.ends_with("trimtab.toml") && !config.parent().unwrap().exists(), "{}", config.display());
}

#[tokio::test]
async fn a_host_that_does_not_start_is_an_error_with_its_cause() {
    let start = async |_: &Path| Err::<Idle<'_>, _>("no wasm today".into());
    let error = run(&options(), start).await.unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "no wasm today");
}
