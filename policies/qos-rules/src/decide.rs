//! All rules together: one verdict.

use trimtab_policy_sdk::prelude::*;

use crate::config::Config;
use crate::judge::{Judged, Measured, Met};
use crate::reason;
use crate::streaks::Streaks;

/// Addition wins over removal; without either the size is held.
pub fn verdict(config: &Config, observation: &Observation, judged: &[Judged<'_>]) -> Verdict<Streaks> {
    if let Some(request) = Request::of(judged, |measured| measured.add.as_ref(), |a, b| a.count > b.count) {
        return add(config, observation, judged, &request);
    }
    if let Some(request) = Request::of(judged, |measured| measured.remove.as_ref(), |a, b| a.count < b.count) {
        return remove(observation, judged, &request);
    }
    let reason = reason::of_all(judged);
    let has_opinion = judged.iter().all(|judged| judged.measured.as_ref().is_ok_and(is_settled));
    go_on(judged, if has_opinion { Verdict::hold(reason) } else { Verdict::abstain(reason) })
}

/// Neither half is being met just now: this size is right. While a half counts, the rule has not made up its
/// mind: a steady hold then would stand in the host's stabilization window against what the rule is about to ask.
fn is_settled(measured: &Measured<'_>) -> bool {
    [&measured.add, &measured.remove].into_iter().flatten().all(|met| !met.now)
}

/// What a rule asks for.
struct Request {
    count: u32,
    reason: String,
}

impl Request {
    /// The complete half that `wins`; among equals the first.
    fn of<'a>(
        judged: &'a [Judged<'a>],
        side: impl Fn(&'a Measured<'a>) -> Option<&'a Met<'a>>,
        wins: impl Fn(&Self, &Self) -> bool,
    ) -> Option<Self> {
        let requests = judged.iter().filter_map(|judged| {
            let measured = judged.measured.as_ref().ok()?;
            let met = side(measured).filter(|met| met.is_complete())?;
            Some(Self { count: met.side.count, reason: reason::of_request(judged, measured, met) })
        });
        requests.reduce(|best, next| if wins(&next, &best) { next } else { best })
    }
}

fn add(config: &Config, observation: &Observation, judged: &[Judged<'_>], request: &Request) -> Verdict<Streaks> {
    let Request { count, reason } = request;
    let Bounds { max, .. } = observation.bounds;
    let allowed = (*count).min(max.saturating_sub(observation.desired));
    if allowed == 0 {
        return go_on(judged, Verdict::hold(format!("{reason}: would add {count}, but {max} is the most allowed")));
    }
    let placed = placement::place(observation, allowed, config.placement);
    let (found, shortfall) = (placed.count(), placed.shortfall);
    if found == 0 {
        let reason = format!("{reason}: would add {allowed}, but no agent has room");
        return go_on(judged, Verdict::hold(reason).shortfall(shortfall));
    }
    let limits = [
        (allowed < *count).then(|| format!(", {max} is the most allowed")),
        (shortfall > 0).then(|| format!(", no agent has room for {shortfall} more")),
    ];
    let reason = format!("{reason}: add {}{}", of(found, *count), limits.into_iter().flatten().collect::<String>());
    Verdict::add(placed.placements, reason).shortfall(shortfall).forget()
}

fn remove(observation: &Observation, judged: &[Judged<'_>], request: &Request) -> Verdict<Streaks> {
    let Request { count, reason } = request;
    if let Some(objection) = judged.iter().find_map(objection) {
        return go_on(judged, Verdict::hold(format!("{reason}: would remove {count}, but {objection}")));
    }
    let Bounds { min, .. } = observation.bounds;
    let allowed = (*count).min(observation.desired.saturating_sub(min));
    if allowed == 0 {
        return go_on(judged, Verdict::hold(format!("{reason}: would remove {count}, but {min} is the least allowed")));
    }
    let limit = if allowed < *count { format!(", {min} is the least allowed") } else { String::new() };
    let reason = format!("{reason}: remove {}{limit}", of(allowed, *count));
    Verdict::remove(removal::from_least_loaded(observation, allowed), reason).forget()
}

/// Why a rule would rather not lose replicas: it is on its way to adding, or cannot see whether it is.
fn objection(judged: &Judged<'_>) -> Option<String> {
    judged.rule.add.as_ref()?;
    let label = judged.rule.label();
    match &judged.measured {
        Err(missing) => Some(format!("{label} cannot tell whether more are needed: {missing}")),
        Ok(Measured { add: Some(met), .. }) if met.now => {
            Some(format!("{label} is about to add, met {} of {}", met.streak.0, met.side.consecutive))
        }
        Ok(_) => None,
    }
}

/// Nothing was changed, so the streaks go on. After a change they all start anew: they were met at another size.
fn go_on(judged: &[Judged<'_>], verdict: Verdict<Streaks>) -> Verdict<Streaks> {
    let streaks = Streaks::collect(judged.iter().map(|judged| (judged.rule, judged.streaks())));
    if streaks.is_empty() { verdict.forget() } else { verdict.remember(streaks) }
}

/// `2` or `1 of 2`.
fn of(part: u32, whole: u32) -> String {
    if part == whole { part.to_string() } else { format!("{part} of {whole}") }
}
