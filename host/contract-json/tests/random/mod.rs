//! Any value that the contract's types can hold, from a seed.

use std::time::Duration;

use scaling_core::failure::{FailureKind, PolicyFailure};
use scaling_core::observation::*;
use scaling_core::units::{AgentId, ReplicaId, TargetName, Timestamp, Value};
use scaling_core::verdict::*;

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn flag(&mut self) -> bool {
        self.u64() & 1 == 0
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.u64() as usize % among.len()]
    }

    fn some<T>(&mut self, of: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.flag().then(|| of(self))
    }

    fn list<T>(&mut self, of: impl Fn(&mut Self) -> T) -> Vec<T> {
        (0..self.u64() % 4).map(|_| of(self)).collect()
    }

    fn u32(&mut self) -> u32 {
        let any = self.u64() as u32;
        self.pick(&[0, 1, 7, u32::MAX, any])
    }

    /// Often a number that is special, else any bits that are finite.
    fn value(&mut self) -> Value {
        let any = f64::from_bits(self.u64());
        let candidate =
            self.pick(&[0.0, -0.0, 1.0, 0.1, -12.5, 1e300, 5e-324, f64::MAX, 9_007_199_254_740_993.0, any, any]);
        Value::new(candidate).unwrap_or_default()
    }

    fn text(&mut self) -> String {
        self.pick(&[
            "",
            "a",
            "web-1",
            "with \"quotes\" and \\",
            "line\nfeed",
            "żółw 🐢",
            "\u{0}\u{1f}",
            "label.app",
            "a/b~c",
        ])
        .to_owned()
    }

    fn at(&mut self) -> Timestamp {
        let any = self.u64();
        Timestamp(self.pick(&[0, 1_700_000_000_000, any, u64::MAX]))
    }

    fn duration(&mut self) -> Duration {
        Duration::from_millis(u64::from(self.u32()))
    }

    pub fn attribute(&mut self) -> Attribute {
        let value = match self.u64() % 4 {
            0 => Scalar::Flag(self.flag()),
            1 => Scalar::Int(self.u64() as i64),
            2 => Scalar::Num(self.value()),
            _ => Scalar::Text(self.text()),
        };
        Attribute { key: self.text(), value }
    }

    fn series(&mut self) -> Series {
        Series {
            name: self.text(),
            subject: match self.u64() % 3 {
                0 => Subject::Target,
                1 => Subject::Agent(AgentId(self.text())),
                _ => Subject::Replica(ReplicaId(self.text())),
            },
            quality: self.pick(&[Quality::Fresh, Quality::Stale, Quality::Partial, Quality::Absent]),
            samples: self.list(|r| Sample { at: r.at(), value: r.value() }),
            attributes: self.list(Self::attribute),
        }
    }

    fn replica(&mut self) -> Replica {
        use ReplicaState::*;
        Replica {
            id: ReplicaId(self.text()),
            agent: self.some(|r| AgentId(r.text())),
            state: self.pick(&[Starting, Ready, Unhealthy, Draining, Failed, Unknown, Other]),
            started: self.some(Self::at),
            since: self.at(),
            usage: Usage {
                at: self.some(Self::at),
                cpu_cores: self.some(Self::value),
                memory_bytes: self.some(Self::u64),
                threads: self.some(Self::u32),
                page_faults: self.some(Self::value),
                jobs: self.some(Self::u32),
            },
            attributes: self.list(Self::attribute),
        }
    }

    fn agent(&mut self) -> Agent {
        use AgentState::*;
        Agent {
            id: AgentId(self.text()),
            state: self.pick(&[Open, Cordoned, Unreachable, Other]),
            installed: self.flag(),
            replicas: self.u32(),
            replica_limit: self.some(Self::u32),
            room: self.some(Self::u32),
            platform: Platform {
                cpu_cores: self.some(Self::value),
                cpu_available: self.some(Self::value),
                memory_bytes: self.some(Self::u64),
                memory_available: self.some(Self::u64),
                disk_bytes: self.some(Self::u64),
                disk_available: self.some(Self::u64),
            },
            attributes: self.list(Self::attribute),
        }
    }

    fn past_action(&mut self) -> PastAction {
        PastAction {
            at: self.at(),
            origin: self.pick(&[Origin::Policy, Origin::Guardrail, Origin::Operator, Origin::External, Origin::Other]),
            delta: self.u64() as i32,
            achieved: self.u64() as i32,
            outcome: self.pick(&[
                Outcome::Pending,
                Outcome::Succeeded,
                Outcome::Partial,
                Outcome::Failed,
                Outcome::Cancelled,
                Outcome::Refused,
                Outcome::Other,
            ]),
            settled_at: self.some(Self::at),
        }
    }

    pub fn observation(&mut self) -> Observation {
        Observation {
            tick: self.u64(),
            now: self.at(),
            due: self.flag(),
            interval: self.duration(),
            seed: self.u64(),
            target: TargetName(self.text()),
            bounds: Bounds { min: self.u32(), max: self.u32() },
            requirements: Requirements {
                cpu_cores: self.some(Self::value),
                memory_bytes: self.some(Self::u64),
                disk_bytes: self.some(Self::u64),
            },
            desired: self.u32(),
            replicas: self.list(Self::replica),
            agents: self.list(Self::agent),
            series: self.list(Self::series),
            history: self.list(Self::past_action),
            attributes: self.list(Self::attribute),
        }
    }

    pub fn state(&mut self) -> State {
        State { layout: self.text(), data: self.list(|r| r.u64() as u8) }
    }

    pub fn verdict(&mut self) -> Verdict {
        Verdict {
            decision: match self.u64() % 3 {
                0 => Decision::Hold(self.pick(&[Stance::Steady, Stance::Abstain])),
                1 => Decision::Add(self.list(|r| Placement { agent: r.some(|r| AgentId(r.text())), count: r.u32() })),
                _ => Decision::Remove(self.list(|r| match r.u64() % 3 {
                    0 => Removal::Replica(ReplicaId(r.text())),
                    1 => Removal::OnAgent(AgentId(r.text()), r.u32()),
                    _ => Removal::Any(r.u32()),
                })),
            },
            shortfall: self.u32(),
            reason: self.text(),
            state: match self.u64() % 3 {
                0 => StateChange::Keep,
                1 => StateChange::Set(self.state()),
                _ => StateChange::Clear,
            },
            signals: self.list(|r| Signal { name: r.text(), value: r.value() }),
            again_in: self.some(Self::duration),
            attributes: self.list(Self::attribute),
        }
    }

    pub fn failure(&mut self) -> PolicyFailure {
        PolicyFailure { kind: self.pick(&FailureKind::ALL), message: self.text() }
    }

    pub fn descriptor(&mut self) -> Descriptor {
        Descriptor {
            name: self.text(),
            version: self.text(),
            summary: self.text(),
            config_schema: self.some(Self::text),
            state_layout: self.text(),
            migrates_from: self.list(Self::text),
            signals: self.list(Self::text),
            attributes: self.list(Self::attribute),
        }
    }

    pub fn input(&mut self) -> Input {
        Input {
            name: self.text(),
            subject: self.pick(&[SubjectKind::Target, SubjectKind::Agent, SubjectKind::Replica]),
            window: self.duration(),
            required: self.flag(),
        }
    }
}
