//! Each rule alone, at its edges.

use std::time::Duration;

use super::{Context, Proposal, apply};
use crate::controller::tests::{paused, size_order, spec, status};
use crate::memory::{Memory, Past};
use crate::observation::{AgentState, Origin, Outcome, PastAction, ReplicaState};
use crate::orders::Orders;
use crate::reason::ReasonKind;
use crate::spec::{Allowance, Fallback, FallbackBehavior, Rate, RateLimit, Select, TargetSpec};
use crate::units::Timestamp;

const NOW: Timestamp = Timestamp(1_000_000);

struct Line {
    spec: TargetSpec,
    memory: Memory,
    orders: Orders,
}

impl Line {
    fn new(change: impl FnOnce(&mut TargetSpec)) -> Self {
        let mut spec = spec(0, 100);
        change(&mut spec);
        Self { spec, memory: Memory::default(), orders: Orders::default() }
    }

    fn past(mut self, ago_s: u64, delta: i32) -> Self {
        let at = NOW.minus(Duration::from_secs(ago_s));
        let entry = PastAction {
            at,
            origin: Origin::Policy,
            delta,
            achieved: delta,
            outcome: Outcome::Succeeded,
            settled_at: Some(at),
        };
        self.memory.past.push(Past { entry, repair: false });
        self
    }

    fn recommended(mut self, ago_s: u64, replicas: u32) -> Self {
        self.memory.recommend(replicas, NOW.minus(Duration::from_secs(ago_s)), Duration::from_secs(3600));
        self
    }

    fn run(&self, current: u32, wanted: u32) -> Proposal {
        let status = status(&[]);
        let mut proposal = Proposal::keep(current, Origin::Policy);
        proposal.want(wanted, ReasonKind::PolicyChange, "asked");
        let context =
            Context { now: NOW, spec: &self.spec, orders: &self.orders, memory: &self.memory, status: &status };
        apply(&mut proposal, &context);
        proposal
    }

    fn size(&self, current: u32, wanted: u32) -> u32 {
        self.run(current, wanted).wanted
    }

    fn last(&self, current: u32, wanted: u32) -> ReasonKind {
        self.run(current, wanted).reasons.last().unwrap().kind
    }
}

fn rates(rules: &[Rate], select: Select) -> RateLimit {
    RateLimit { rules: rules.to_vec(), select }
}

fn replicas(count: u32, seconds: u64) -> Rate {
    Rate { allowance: Allowance::Replicas(count), period: Duration::from_secs(seconds) }
}

fn percent(percent: u32, seconds: u64) -> Rate {
    Rate { allowance: Allowance::Percent(percent), period: Duration::from_secs(seconds) }
}

#[test]
fn those_yet_to_come_take_room_too() {
    let line = Line::new(|_| ());
    let mut status = status(&[("a", ReplicaState::Ready)]);
    status.agents = crate::controller::tests::agents(&[(Some(4), AgentState::Open)]);
    let mut proposal = Proposal::keep(3, Origin::Policy);
    proposal.want(9, ReasonKind::PolicyChange, "asked");
    let context = Context { now: NOW, spec: &line.spec, orders: &line.orders, memory: &line.memory, status: &status };
    apply(&mut proposal, &context);
    assert_eq!((proposal.wanted, proposal.shortfall), (5, 4), "two of the four places are spoken for");
}

#[test]
fn a_percentage_leads_out_of_zero() {
    let line = Line::new(|spec| spec.guardrails.rate_limit.up = rates(&[percent(100, 60)], Select::Max));
    assert_eq!(line.size(0, 9), 2);
}

#[test]
fn without_rules_the_wish_is_the_size() {
    let line = Line::new(|_| ());
    assert_eq!(line.size(3, 7), 7);
    assert_eq!(line.run(3, 7).reasons.len(), 1);
}

#[test]
fn bounds_hold_for_wishes_and_for_holds() {
    let line = Line::new(|spec| spec.bounds = crate::observation::Bounds { min: 2, max: 5 });
    assert_eq!((line.size(3, 9), line.last(3, 9)), (5, ReasonKind::TooManyReplicas));
    assert_eq!((line.size(3, 0), line.last(3, 0)), (2, ReasonKind::TooFewReplicas));
    assert_eq!(line.size(9, 9), 5, "a size outside the bounds is put right without any wish");
    assert_eq!(line.run(9, 9).origin, Origin::Guardrail);
}

#[test]
fn growth_takes_the_most_that_a_rule_allows_from_the_start_of_the_period() {
    let line =
        Line::new(|spec| spec.guardrails.rate_limit.up = rates(&[replicas(4, 60), percent(100, 60)], Select::Max));
    assert_eq!(line.size(3, 50), 7, "3 + 4 is more than 3 * 2");
    assert_eq!(line.size(10, 50), 20, "10 * 2 is more than 10 + 4");
    let line = line.past(30, 5);
    assert_eq!(line.size(10, 50), 10, "start was 5: 5 * 2 = 10, 5 + 4 = 9");
    assert_eq!(line.last(10, 50), ReasonKind::ScaleUpLimit);
    let older = Line::new(|spec| spec.guardrails.rate_limit.up = rates(&[replicas(4, 60)], Select::Max)).past(60, 5);
    assert_eq!(older.size(10, 50), 14, "a change exactly one period old no longer counts");
}

#[test]
fn shrinking_rounds_towards_keeping() {
    let limit = |rule, select| Line::new(|spec| spec.guardrails.rate_limit.down = rates(&[rule], select));
    assert_eq!(limit(percent(10, 60), Select::Max).size(15, 0), 13, "15 * 0.9 = 13.5, cut off as the HPA does");
    assert_eq!(limit(replicas(1, 60), Select::Max).past(10, -1).size(5, 0), 5);
    assert_eq!(limit(replicas(1, 60), Select::Disabled).size(5, 0), 5);
    let both =
        Line::new(|spec| spec.guardrails.rate_limit.down = rates(&[replicas(4, 60), percent(10, 60)], Select::Min));
    assert_eq!(both.size(20, 0), 18);
}

#[test]
fn a_limit_never_turns_a_change_round() {
    let line = Line::new(|spec| spec.guardrails.rate_limit.up = rates(&[replicas(1, 60)], Select::Max)).past(1, 9);
    assert_eq!(line.size(10, 12), 10);
}

#[test]
fn shrinking_waits_for_the_highest_recommendation_in_the_window() {
    let windowed = || Line::new(|spec| spec.guardrails.stabilization.down = Duration::from_secs(300));
    assert_eq!(windowed().recommended(299, 8).recommended(0, 2).size(10, 2), 8);
    assert_eq!(windowed().recommended(300, 8).recommended(0, 2).size(10, 2), 2, "exactly one window old is out");
    assert_eq!(windowed().recommended(10, 50).recommended(0, 2).size(10, 2), 10, "a window never grows");
    assert_eq!(windowed().recommended(10, 8).recommended(0, 2).last(10, 2), ReasonKind::ScaleDownStabilized);
}

#[test]
fn growth_waits_for_the_lowest_recommendation_in_the_window() {
    let windowed = || Line::new(|spec| spec.guardrails.stabilization.up = Duration::from_secs(60));
    assert_eq!(windowed().recommended(30, 12).recommended(0, 20).size(10, 20), 12);
    assert_eq!(windowed().recommended(30, 4).recommended(0, 20).size(10, 20), 10, "a window never shrinks");
}

#[test]
fn growth_rests_after_growth_and_shrinking_after_any_change() {
    let resting = || {
        Line::new(|spec| {
            spec.guardrails.cooldown.up = Duration::from_secs(60);
            spec.guardrails.cooldown.down = Duration::from_secs(60);
        })
    };
    assert_eq!(resting().past(59, 1).size(5, 6), 5);
    assert_eq!(resting().past(60, 1).size(5, 6), 6);
    assert_eq!(resting().past(10, -1).size(5, 6), 6, "growth does not wait for a removal");
    assert_eq!(resting().past(10, 1).size(5, 4), 5);
    assert_eq!(resting().past(10, -1).last(5, 4), ReasonKind::ScaleDownCooldown);
}

#[test]
fn fallback_begins_with_the_nth_failure() {
    let failing = |behavior, unanswered| {
        let mut line = Line::new(|spec| spec.guardrails.fallback = Some(Fallback { after: 3, replicas: 4, behavior }));
        line.memory.unanswered = unanswered;
        line
    };
    assert_eq!(failing(FallbackBehavior::Static, 2).size(2, 2), 2);
    assert_eq!(failing(FallbackBehavior::Static, 3).size(2, 2), 4);
    assert_eq!(failing(FallbackBehavior::IfHigher, 3).size(7, 7), 7);
    assert_eq!(failing(FallbackBehavior::IfLower, 3).size(7, 7), 4);
    assert_eq!(failing(FallbackBehavior::Static, 3).size(0, 0), 4, "it lifts from zero");
}

#[test]
fn a_persons_word_is_not_slowed_down_but_stays_in_bounds() {
    let mut line = Line::new(|spec| {
        spec.bounds.max = 8;
        spec.guardrails.cooldown.up = Duration::from_secs(60);
    })
    .past(1, 1);
    line.orders.size = Some(size_order(7));
    assert_eq!(line.size(2, 3), 7);
    line.orders.size = Some(size_order(9));
    assert_eq!(line.size(2, 3), 8);
}

#[test]
fn paused_and_dry_run_touch_nothing() {
    let mut line = Line::new(|spec| spec.bounds.max = 4);
    line.orders.paused = Some(paused());
    assert_eq!((line.size(9, 9), line.last(9, 9)), (9, ReasonKind::Paused));
    let dry = Line::new(|spec| spec.guardrails.dry_run = true);
    assert_eq!((dry.size(3, 5), dry.last(3, 5)), (3, ReasonKind::DryRun));
}

#[test]
fn growth_ends_at_the_agents_room_and_says_what_is_short() {
    let line = Line::new(|_| ());
    let three = [("a", ReplicaState::Ready), ("b", ReplicaState::Ready), ("c", ReplicaState::Ready)];
    let mut status = status(&three);
    status.agents = crate::controller::tests::agents(&[(Some(2), AgentState::Open), (Some(9), AgentState::Cordoned)]);
    let mut proposal = Proposal::keep(3, Origin::Policy);
    proposal.want(9, ReasonKind::PolicyChange, "asked");
    let context = Context { now: NOW, spec: &line.spec, orders: &line.orders, memory: &line.memory, status: &status };
    apply(&mut proposal, &context);
    assert_eq!((proposal.wanted, proposal.shortfall), (5, 4));
}
