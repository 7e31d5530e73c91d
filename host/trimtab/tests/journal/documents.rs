//! Documents as the control loop writes them, for one target with one indicator.

use std::fmt::Write as _;
use std::time::Duration;

use contract_json::encode;
use scaling_core::observation::{
    Attribute, Bounds, Observation, Origin, Outcome, PastAction, Quality, Replica, ReplicaState, Requirements, Sample,
    Series, Subject, Usage,
};
use scaling_core::seed::seed;
use scaling_core::units::{ReplicaId, TargetName, Timestamp, Value};
use scaling_core::verdict::{Decision, Stance, State, Verdict};
use trimtab::journal::TickRecord;

/// Samples in the window.
const WINDOW: usize = 60;
const INTERVAL: Duration = Duration::from_secs(5);
const BEGAN: u64 = 1_700_000_000_123;

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// What the readings look like.
#[derive(Clone, Copy, Debug)]
pub enum Readings {
    /// A gauge: 41.37.
    Gauge,
    /// A rate: all 17 digits.
    Rate,
}

/// A target that is not scaled: its tick after tick.
pub struct QuietTarget {
    name: TargetName,
    readings: Readings,
    random: Random,
    tick: u64,
    samples: Vec<Sample>,
    replicas: usize,
    usage_changes: bool,
    started: Timestamp,
}

impl QuietTarget {
    pub fn new(number: u64, readings: Readings, replicas: usize, usage_changes: bool) -> Self {
        let (name, started) = (TargetName(format!("worker-{number}")), Timestamp(BEGAN + number * 37));
        let random = Random(number);
        Self { name, readings, random, tick: 0, samples: Vec::new(), replicas, usage_changes, started }
    }

    pub fn next(&mut self) -> TickRecord {
        self.tick += 1;
        // Readings are a few milliseconds off the grid, as real ones are.
        let jitter = Duration::from_millis(self.random.below(8));
        let now = self.started.plus(INTERVAL * u32::try_from(self.tick).unwrap()).plus(jitter);
        let reading = match self.readings {
            Readings::Gauge => (3000 + self.random.below(2000)) as f64 / 100.0,
            Readings::Rate => (3000 + self.random.below(2000)) as f64 / 300.0,
        };
        if self.samples.len() == WINDOW {
            self.samples.remove(0);
        }
        self.samples.push(Sample { at: now.minus(Duration::from_millis(12)), value: Value::new(reading).unwrap() });
        let (tick, at, target) = (self.tick, now, self.name.clone());
        TickRecord { target, tick, at, changed: false, document: self.document(now, reading), events: Vec::new() }
    }

    fn document(&mut self, now: Timestamp, reading: f64) -> Vec<u8> {
        let observation = self.observation(now);
        let verdict = Verdict::new(Decision::Hold(Stance::Steady), format!("load {reading} is between 30 and 50"));
        let state = State { layout: "trimtab.qos-rules/1".to_owned(), data: vec![1, 0, 0, 0, 2, 0, 0, 0, 0, 7] };
        let fuel = 20_000 + self.random.below(300);
        let mut out = String::from("{\"observation\":");
        encode::observation(&observation, &mut out);
        let digest = |byte: u8| format!("{byte:02x}").repeat(32);
        write!(out, r#","slots":{{"main":{{"policy":"{}","config":"{}","prior":"#, digest(0x3c), digest(0xa5)).unwrap();
        encode::state(&state, &mut out);
        out.push_str(",\"verdict\":");
        encode::verdict(&verdict, &mut out);
        write!(
            out,
            r#","fuel":{fuel}}}}},"decision":{{"desired":3,"reasons":[]}},"memory":{{"beat":{0},"tick":{0},"now":{1},"#,
            self.tick, now.0
        )
        .unwrap();
        write!(out, r#""desired":3,"generation":4,"recommendations":[{{"replicas":3,"last":{}}}],"#, now.0).unwrap();
        out.push_str(r#""slots":{"main":{"state":"#);
        encode::state(&state, &mut out);
        out.push_str("}}}}");
        out.into_bytes()
    }

    fn observation(&mut self, now: Timestamp) -> Observation {
        let replicas = (0..self.replicas).map(|number| self.replica(number, now)).collect();
        let past = PastAction {
            at: self.started,
            origin: Origin::Policy,
            delta: 2,
            achieved: 2,
            outcome: Outcome::Succeeded,
            settled_at: Some(self.started.plus(Duration::from_secs(3))),
        };
        Observation {
            tick: self.tick,
            now,
            due: true,
            interval: INTERVAL,
            seed: seed(&self.name, self.tick),
            target: self.name.clone(),
            bounds: Bounds { min: 1, max: 10 },
            requirements: Requirements::default(),
            desired: 3,
            replicas,
            agents: Vec::new(),
            series: vec![Series {
                name: "load".to_owned(),
                subject: Subject::Target,
                quality: Quality::Fresh,
                samples: self.samples.clone(),
                attributes: Vec::new(),
            }],
            history: vec![past],
            attributes: vec![
                Attribute::text("backend.placement", "any"),
                Attribute::text("backend.removal", "replica"),
                Attribute::text("label.team", "mail"),
                Attribute::int("startup.p50-ms", 1200),
                Attribute::int("startup.p95-ms", 1900),
            ],
        }
    }

    fn replica(&mut self, number: usize, now: Timestamp) -> Replica {
        let usage = if self.usage_changes {
            Usage {
                at: Some(now.minus(Duration::from_millis(2))),
                cpu_cores: Value::new((20 + self.random.below(60)) as f64 / 100.0),
                memory_bytes: Some(50_000_000 + 4096 * self.random.below(50)),
                threads: Some(5),
                page_faults: Value::new(0.0),
                jobs: Some(self.random.below(3) as u32),
            }
        } else {
            Usage::default()
        };
        Replica {
            id: ReplicaId(format!("{}-{number}", self.name)),
            agent: None,
            state: ReplicaState::Ready,
            started: Some(self.started),
            since: self.started.plus(Duration::from_millis(900)),
            usage,
            attributes: Vec::new(),
        }
    }
}
