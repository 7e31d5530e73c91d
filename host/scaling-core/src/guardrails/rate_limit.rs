//! Rate limits, as the HPA's `behavior.policies` have them.
//!
//! For each rule, `start = current - added in the period + removed in the period`. Growth may reach
//! `start + n`, or `ceil(start * (1 + percent / 100))` (a start below 1 counts as 1, or nothing would ever leave zero); shrinking may reach `start - n`, or
//! `floor(start * (1 - percent / 100))`. Of several rules the selected one wins, and a limit never
//! turns a change round.

use super::{Context, Proposal};
use crate::reason::ReasonKind;
use crate::spec::{Allowance, Rate, RateLimit, Select};

pub(super) fn apply(proposal: &mut Proposal, context: &Context<'_>) {
    if !proposal.is_the_policys() {
        return;
    }
    let limits = &context.spec.guardrails.rate_limit;
    if proposal.grows()
        && let Some(limit) = highest(proposal.current, &limits.up, context)
        && limit < proposal.wanted
    {
        let message = format!("{} may not grow above {limit} now", proposal.current);
        proposal.want(limit, ReasonKind::ScaleUpLimit, message);
    } else if proposal.shrinks()
        && let Some(limit) = lowest(proposal.current, &limits.down, context)
        && limit > proposal.wanted
    {
        let message = format!("{} may not shrink below {limit} now", proposal.current);
        proposal.want(limit, ReasonKind::ScaleDownLimit, message);
    }
}

fn highest(current: u32, limit: &RateLimit, context: &Context<'_>) -> Option<u32> {
    let reach = limit.rules.iter().map(|rate| {
        let start = start_of_period(current, rate, context);
        match rate.allowance {
            Allowance::Replicas(count) => start.saturating_add(i64::from(count)),
            Allowance::Percent(percent) => div_ceil(start.max(1).saturating_mul(100 + i64::from(percent)), 100),
        }
    });
    let reach = match limit.select {
        Select::Disabled => return Some(current),
        Select::Max => reach.max()?,
        Select::Min => reach.min()?,
    };
    Some(u32::try_from(reach.max(0)).unwrap_or(u32::MAX).max(current))
}

fn lowest(current: u32, limit: &RateLimit, context: &Context<'_>) -> Option<u32> {
    let reach = limit.rules.iter().map(|rate| {
        let start = start_of_period(current, rate, context);
        match rate.allowance {
            Allowance::Replicas(count) => start - i64::from(count),
            Allowance::Percent(percent) => start.saturating_mul(100 - i64::from(percent).min(100)).div_euclid(100),
        }
    });
    let reach = match limit.select {
        Select::Disabled => return Some(current),
        Select::Max => reach.min()?,
        Select::Min => reach.max()?,
    };
    Some(u32::try_from(reach.max(0)).unwrap_or(u32::MAX).min(current))
}

fn start_of_period(current: u32, rate: &Rate, context: &Context<'_>) -> i64 {
    let (added, removed) = context.memory.changed_within(context.now, rate.period);
    i64::from(current) - i64::from(added) + i64::from(removed)
}

fn div_ceil(number: i64, by: i64) -> i64 {
    number.div_euclid(by) + i64::from(number.rem_euclid(by) != 0)
}
