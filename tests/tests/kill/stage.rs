//! A host whose workers follow the length of a Redis list.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use trimtab_tests::lab::host::SOON;
use trimtab_tests::lab::{Redis, TrimtabHost};

use crate::moment::Moment;

const TARGET: &str = "work";

/// Ticks that must pass without a change until a size counts as reached.
const CALM: u64 = 3;

pub struct Stage {
    redis: Redis,
    host: TrimtabHost,
}

impl Stage {
    pub fn set() -> Self {
        let redis = Redis::start();
        let host = TrimtabHost::new(&config(&redis.address()));
        Self { redis, host }
    }

    /// Has the host running with so many workers.
    pub fn settle_at(&mut self, size: u64) {
        self.want(size);
        if !self.host.runs() {
            self.host.start();
        }
        self.calm(size);
    }

    /// Changes the load, kills the host on the way, starts it again and sees that it gets where it should.
    /// Whether it was killed before it got there.
    pub fn change(&mut self, size: u64, moment: Moment, round: u32) -> bool {
        let before = self.workers();
        let growing = before.len() as u64 <= size;
        match moment {
            Moment::After(span) => {
                self.want(size);
                // Not to wait for something: this is the drawn moment.
                thread::sleep(span);
            }
            Moment::At(step, times) => {
                self.host.kill();
                self.want(size);
                self.host.launch(&[("TRIMTAB_DIE_AT", &format!("{step}:{times}"))]);
                self.until(&format!("it dies at {step}:{times}"), |stage| (!stage.host.runs()).then_some(()));
            }
        }
        self.host.kill();
        let disturbed = self.workers().len() as u64 != size || matches!(moment, Moment::At(..));
        eprintln!("round {round}: {} to {size}, {moment:?}: {} when killed", before.len(), self.workers().len());
        self.host.start();
        self.calm(size);
        let after = self.workers();
        let kept = if growing { before.is_subset(&after) } else { after.is_subset(&before) };
        assert!(kept, "round {round}, {moment:?}: workers changed that had no reason to: {before:?}, {after:?}");
        disturbed
    }

    /// Waits until there are so many, and then until some ticks found nothing to do. More than the larger of
    /// what was and what is wanted may never be there.
    fn calm(&mut self, size: u64) {
        let most = self.workers().len().max(size as usize);
        let least = self.workers().len().min(size as usize);
        let mut since = None;
        self.until(&format!("{size} workers, and calm"), |stage| {
            let now = stage.workers();
            assert!((least..=most).contains(&now.len()), "{now:?}: expected {least} to {most}\n{}", stage.host.log());
            if now.len() as u64 != size {
                since = None;
                return None;
            }
            let ticks = stage.ticks()?;
            (ticks >= *since.get_or_insert(ticks) + CALM).then_some(())
        });
    }

    /// How often the host that runs has ticked.
    fn ticks(&self) -> Option<u64> {
        self.host.target(TARGET)?["observation"]["tick"].as_u64()
    }

    fn workers(&self) -> BTreeSet<i32> {
        self.host.workers().of(TARGET)
    }

    fn until(&mut self, what: &str, mut look: impl FnMut(&mut Self) -> Option<()>) {
        let deadline = Instant::now() + SOON;
        while look(self).is_none() {
            assert!(Instant::now() < deadline, "not yet: {what}\n{}", self.host.log());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Makes the list so long, in one command.
    fn want(&self, size: u64) {
        let length = "redis.call('DEL', KEYS[1]); for i = 1, ARGV[1] do redis.call('RPUSH', KEYS[1], i) end";
        self.redis.command(&["EVAL", length, "1", "jobs", &size.to_string()]);
    }
}

fn config(redis: &str) -> String {
    format!(
        r#"
        [source.queue.redis]
        address = "{redis}"

        [target.work]
        interval = "100ms"
        max = 10
        indicator.waiting.redis = {{ source = "queue", list-length = "jobs" }}
        backend.process.command = ["sleep", "1000000"]

        [target.work.policy]
        component = "builtin:qos-rules"

        [[target.work.policy.config.rules]]
        indicator = "waiting"
        function = "last"
        add = {{ operator = ">", threshold = {{ per-replica = 1 }}, count = 2 }}
        remove = {{ operator = "<", threshold = {{ per-replica = 1 }}, count = 2 }}
        "#
    )
}
