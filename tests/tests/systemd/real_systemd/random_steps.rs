//! Orders, kills and failures at random, with busy workers: each time the wanted set comes about, and no job is lost.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use trimtab_tests::lab::SystemdHost;
use trimtab_tests::random::{Draws, rounds, seed};

use super::drains::by_signals;
use super::stage::{Stage, drop_in, number, set, sized, unit};

/// Rounds of each of the four tests.
const FEW: u32 = 8;
const FULL: u32 = 200;

/// How long it may take until what is wanted is there.
const SETTLED: Duration = Duration::from_secs(30);

/// Most workers.
const MOST: u64 = 5;

const SOON: &str = "restart = { min = \"50ms\", max = \"500ms\" }";

/// A stage, and what is wanted of it.
struct Play {
    stage: Stage,
    draws: Draws,
    contiguous: bool,
    enabling: bool,
    size: u32,
    jobs: u32,
    story: Vec<String>,
}

#[test]
fn numbered_from_one_and_enabled() {
    let backend = format!("boot = \"enable\"\n{SOON}");
    play(sized(&["1", "2"]), &backend, "Restart=on-failure\nRestartSec=200ms");
}

#[test]
fn numbered_from_one_and_told_to_take_no_jobs() {
    let machine = sized(&["1", "2"]);
    let backend = format!("{SOON}\n{}", by_signals(&machine, ""));
    play(machine, &backend, "Restart=no");
}

#[test]
fn any_numbers_and_not_enabled() {
    play(sized(&["1", "2"]), &format!("numbering = \"any\"\n{SOON}"), "Restart=no");
}

#[test]
fn any_numbers_enabled_and_told_to_take_no_jobs() {
    let machine = sized(&["1", "2"]);
    let backend = format!("numbering = \"any\"\nboot = \"enable\"\n{SOON}\n{}", by_signals(&machine, ""));
    play(machine, &backend, "Restart=on-failure\nRestartSec=200ms");
}

fn play(machine: SystemdHost, backend: &str, restart: &str) {
    drop_in(&machine, "drakrun@.service", &format!("ExecStartPre=/usr/bin/test ! -e /lab/share/broken-%i\n{restart}"));
    let mut play = Play {
        stage: Stage::on(machine, backend),
        draws: Draws::from_seed(seed()),
        contiguous: !backend.contains("\"any\""),
        enabling: backend.contains("boot"),
        size: 2,
        jobs: 0,
        story: Vec::new(),
    };
    for _ in 0..rounds(FEW, FULL) {
        play.feed();
        play.step();
        play.settle();
    }
    play.finish();
}

impl Play {
    /// A few more jobs.
    fn feed(&mut self) {
        for _ in 0..self.draws.below(4) {
            let secs = 0.05 + self.draws.below(40) as f64 / 100.0;
            self.stage.machine.jobs().put(&format!("job-{:04}", self.jobs), secs);
            self.jobs += 1;
        }
    }

    fn step(&mut self) {
        match self.draws.below(10) {
            0..3 => self.resize(),
            3 => {
                self.resize();
                self.resize();
            }
            4 => self.strike_one("is killed", &["kill", "--signal=KILL", "--kill-whom=main"]),
            5 => self.strike_one("is stopped by hand", &["stop", "--no-block"]),
            6 => self.strike_one("is told to end by hand", &["kill", "--signal=TERM", "--kill-whom=main"]),
            7 => self.crash(),
            8 => self.cannot_start(),
            _ => self.host_is_killed(),
        }
    }

    fn resize(&mut self) {
        self.size = self.draws.below(MOST + 1) as u32;
        self.tell(&format!("scale to {}", self.size));
        self.stage.order(self.size);
    }

    fn strike_one(&mut self, what: &str, words: &[&str]) {
        match self.one_of_them() {
            Some(one) => self.strike(&one, what, words),
            None => self.resize(),
        }
    }

    fn strike(&mut self, one: &str, what: &str, words: &[&str]) {
        self.tell(&format!("{one} {what}"));
        // It may be gone already: then nothing happens to it.
        self.stage.machine.systemctl(&[words, &[&unit(one)]].concat());
    }

    /// Before its next job. The knob is used up, or taken away when all is settled.
    fn crash(&mut self) {
        let Some(one) = self.one_of_them() else { return self.resize() };
        self.tell(&format!("{one} crashes"));
        self.stage.machine.jobs().turn(&format!("drakrun-{one}.crash"), "");
    }

    /// One more is wanted, and for a while nobody can be started.
    fn cannot_start(&mut self) {
        let files: Vec<_> = (1..=MOST + 4).map(|it| self.stage.machine.share().join(format!("broken-{it}"))).collect();
        for file in &files {
            fs::write(file, "").unwrap();
        }
        self.size += 1;
        self.tell(&format!("scale to {}, and nobody can be started", self.size));
        self.stage.order(self.size);
        self.stage.trimtab.until("one has failed", |trimtab| {
            let view = trimtab.target("drakrun")?;
            let mut replicas = view["observation"]["replicas"].as_array()?.iter();
            replicas.any(|replica| replica["state"] == "failed").then_some(())
        });
        for file in &files {
            fs::remove_file(file).unwrap();
        }
    }

    fn host_is_killed(&mut self) {
        if self.draws.below(2) == 0 {
            self.resize();
        }
        self.tell("the host is killed");
        self.stage.trimtab.kill();
        self.feed();
        let one = self.one_of_them().filter(|_| self.draws.below(2) == 0);
        if let Some(one) = one {
            self.strike(&one, "is killed meanwhile", &["kill", "--signal=KILL", "--kill-whom=main"]);
        }
        self.stage.trimtab.start();
    }

    fn one_of_them(&mut self) -> Option<String> {
        let running: Vec<String> = self.stage.running().into_iter().collect();
        running.get(self.draws.below(running.len() as u64) as usize).cloned()
    }

    /// Waits until those run that are wanted, and no others; enabled are the same, if any are to be.
    fn settle(&mut self) {
        let mut last = String::new();
        let deadline = Instant::now() + SETTLED;
        loop {
            let (states, enabled) = (self.states(), self.stage.enabled());
            let there: BTreeSet<String> = states.iter().map(|(instance, _)| instance.clone()).collect();
            let all_run = states.iter().all(|(_, state)| state == "running");
            let right_ones = !self.contiguous || there == (1..=self.size).map(|it| it.to_string()).collect();
            let right_links = enabled == if self.enabling { there.clone() } else { set(&["1", "2"]) };
            if all_run && there.len() == self.size as usize && right_ones && right_links {
                break;
            }
            let now = format!("{states:?}, enabled {enabled:?}");
            if now != last {
                self.story.push(now.clone());
                last = now;
            }
            assert!(
                Instant::now() < deadline,
                "{} are wanted:\n{}\n{}\n{}",
                self.size,
                self.story.join("\n"),
                self.stage.trimtab.told(&["explain", "drakrun"]),
                self.stage.trimtab.log()
            );
        }
        self.put_back();
    }

    /// The instances that are not at rest, and systemd's word for each.
    fn states(&self) -> Vec<(String, String)> {
        let words = ["list-units", "--all", "--plain", "--no-legend", "drakrun@*"];
        let listed = self.stage.machine.systemctl(&words).told();
        let states = listed.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((number(words.next()?)?, words.nth(2)?.to_owned()))
        });
        states.filter(|(_, state)| state != "dead" && state != "failed").collect()
    }

    /// What a killed worker had in hand and will not come back for is put into the queue again, as a queue does.
    fn put_back(&self) {
        // One that is just stopping still works on what it has.
        let (share, there) = (self.stage.machine.share(), self.states());
        for number in 1..=MOST + 4 {
            let instance = number.to_string();
            let _ = fs::remove_file(share.join(format!("knobs/drakrun-{instance}.crash")));
            if there.iter().any(|(other, _)| *other == instance) {
                continue;
            }
            if let Some(job) = self.stage.machine.jobs().in_hand(&format!("drakrun-{instance}")) {
                let held = share.join(format!("running/drakrun-{instance}/{job}.job"));
                // It may have been started again, and was quicker.
                let _ = fs::rename(held, share.join(format!("queue/{job}.job")));
            }
        }
    }

    fn finish(mut self) {
        self.size = 2;
        self.tell("at last");
        self.stage.order(self.size);
        self.settle();
        let (jobs, wanted) = (self.stage.machine.jobs(), self.jobs as usize);
        self.stage
            .machine
            .until(&format!("all {wanted} jobs are done"), |_| (jobs.done().len() == wanted).then_some(()));
        assert!(jobs.waiting().is_empty());
        let twice: Vec<String> =
            jobs.times_finished().into_iter().filter(|(_, times)| *times != 1).map(|(job, _)| job).collect();
        assert!(twice.is_empty(), "finished more than once: {twice:?}\n{}", self.story.join("\n"));
    }

    fn tell(&mut self, what: &str) {
        self.story.push(format!("-- {what}"));
    }
}
