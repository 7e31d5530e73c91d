//! How much the sandbox adds to bare wasmtime: `cargo bench -p policy-runtime --profile dev`.
//!
//! Both loops run `builtin:qos-rules` over the same observation (5 series of 60 samples, 10 replicas,
//! 5 agents) in a fresh pooled instance with the same engine settings, turn by turn in one run. The
//! bare loop gets the observation ready-made and has no limiter, no WASI, no checks. The goal is a
//! ratio of the medians of at most 1.5. The hop to a thread of the pool and back is measured apart.
#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use policy_runtime::{Call, Policy, Runtime, RuntimeSettings};
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Engine, Store};

mod picture;

// The bare loop uses the very engine settings and bindings of the host, which keeps both to itself.
#[expect(dead_code, reason = "the host needs more of it than the benchmark")]
#[path = "../../src/abi/since_0_1_0/down.rs"]
mod down;
#[expect(dead_code, reason = "the host needs more of it than the benchmark")]
#[path = "../../src/engine.rs"]
mod engine;
#[path = "../../src/abi/since_0_1_0/generated.rs"]
mod generated;

use generated::ScalingPolicyIndices;
use generated::trimtab::policy::types::Observation;

/// What those name.
mod error {
    pub(crate) use policy_runtime::RuntimeError;
}
mod settings {
    pub(crate) use policy_runtime::Limits;
}

const ROUNDS: usize = 20_000;
const WARM_UP: usize = 2_000;

const CONFIG: &str = r#"{"rules": [
    {"indicator": "s0", "function": "last", "add": {"operator": "greater-than", "threshold": 1000}},
    {"indicator": "s1", "function": "average", "remove": {"operator": "less-than", "threshold": 1}}
]}"#;

fn main() {
    let runtime = Runtime::new(RuntimeSettings::default()).unwrap();
    let policy = runtime.load(bundled_policies::QOS_RULES).unwrap();
    policy.prepare_blocking(CONFIG).unwrap();
    let call = Call { observation: Arc::new(picture::observation()), config: CONFIG.into(), prior: None };
    let bare = Bare::new(down::observation(&call.observation));
    println!("verdict: {:?}", policy.evaluate_blocking(&call).outcome.unwrap());

    let (mut bare_times, mut our_times) = (Vec::new(), Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        let (bare_time, our_time) = (timed(|| bare.evaluate()), timed(|| policy.evaluate_blocking(&call).fuel));
        if round >= WARM_UP {
            bare_times.push(bare_time);
            our_times.push(our_time);
        }
    }
    let bare_median = report("bare wasmtime", &mut bare_times);
    let our_median = report("Policy::evaluate_blocking", &mut our_times);
    let ratio = our_median.as_secs_f64() / bare_median.as_secs_f64();
    println!("ratio of the medians {ratio:.2} (goal: at most 1.50)");
    report("Policy::evaluate (with the hop)", &mut hops(&policy, &call));
    println!("fuel {}", policy.evaluate_blocking(&call).fuel);
}

/// The loop to compare with.
struct Bare {
    engine: Engine,
    pre: InstancePre<()>,
    indices: ScalingPolicyIndices,
    observation: Observation,
}

impl Bare {
    fn new(observation: Observation) -> Self {
        let engine = engine::engine(8).unwrap();
        let component = Component::from_binary(&engine, bundled_policies::QOS_RULES).unwrap();
        let mut linker = Linker::new(&engine);
        linker.define_unknown_imports_as_traps(&component).unwrap();
        let pre = linker.instantiate_pre(&component).unwrap();
        let indices = ScalingPolicyIndices::new(&pre).unwrap();
        Self { engine, pre, indices, observation }
    }

    fn evaluate(&self) -> bool {
        let mut store = Store::new(&self.engine, ());
        store.set_epoch_deadline(200);
        store.set_fuel(2_000_000_000).unwrap();
        let instance = self.pre.instantiate(&mut store).unwrap();
        let exports = self.indices.load(&mut store, &instance).unwrap();
        let answer = exports.trimtab_policy_policy().call_evaluate(&mut store, &self.observation, CONFIG, None);
        answer.unwrap().is_ok()
    }
}

fn hops(policy: &Policy, call: &Call) -> Vec<Duration> {
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let evaluate = || timed(|| tokio.block_on(policy.evaluate(call.clone())).fuel);
    (0..ROUNDS / 4).map(|_| evaluate()).collect()
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let began = Instant::now();
    black_box(work());
    began.elapsed()
}

/// Prints the median and the 99th percentile, and returns the median.
fn report(what: &str, times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    let at = |percent: usize| times[times.len() * percent / 100];
    println!("{what:<32} p50 {:>10.2?}  p99 {:>10.2?}", at(50), at(99));
    at(50)
}
