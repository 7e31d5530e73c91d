//! The product binary: which verb, and how it ended.

use std::process::ExitCode;

use clap::Parser as _;
use trimtab::cli::{Cli, PolicyVerb, Verb};
use trimtab::command::{check, demo, events, explain, orders, policy_eval, scale, serve, status};
use trimtab::exit::Exit;

fn main() -> ExitCode {
    let verb = Cli::parse().verb;
    if matches!(verb, Verb::CompileWorker) {
        return policy_runtime::compile_worker_main();
    }
    adapters::tls::install();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("trimtab: failed to start: {error}");
            return Exit::Fault.into();
        }
    };
    runtime.block_on(run(verb)).into()
}

async fn run(verb: Verb) -> Exit {
    match verb {
        Verb::Demo(args) => demo::run(args).await,
        Verb::Serve(args) => serve::run(args).await,
        Verb::Check(args) => check::run(&args).await,
        Verb::Status(args) => status::run(args).await,
        Verb::Explain(args) => explain::run(args).await,
        Verb::Events(args) => events::run(args).await,
        Verb::Pause(args) => orders::pause(args).await,
        Verb::Resume(args) => orders::resume(args).await,
        Verb::Scale(args) => scale::run(args).await,
        Verb::Release(args) => orders::release(args).await,
        Verb::Policy(PolicyVerb::Eval { component, config }) => policy_eval::run(&component, config.as_deref()).await,
        Verb::DemoWorker(options) => demo::work(&options).await,
        Verb::CompileWorker => Exit::Ok,
    }
}
