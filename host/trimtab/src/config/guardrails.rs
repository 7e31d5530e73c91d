//! `[target.T.guardrails]`.

use scaling_core::observation::Bounds;
use scaling_core::spec::{Allowance, Fallback, FallbackBehavior, Guardrails, Rate, RateLimit, Select, UpDown};

use super::document::Document;
use super::tables::{BehaviorWord, GuardrailsTable, RateTable, SelectWord, UpDownSpans};

pub(super) fn read(document: &mut Document<'_>, name: &str, table: &GuardrailsTable, bounds: Bounds) -> Guardrails {
    let limits = &table.rate_limit;
    Guardrails {
        stabilization: spans(table.stabilization_window),
        cooldown: spans(table.cooldown),
        rate_limit: UpDown {
            up: rate_limit(document, name, "up", &limits.up, limits.select_up),
            down: rate_limit(document, name, "down", &limits.down, limits.select_down),
        },
        fallback: fallback(document, name, table, bounds),
        dry_run: table.dry_run,
    }
}

fn spans(table: UpDownSpans) -> UpDown<std::time::Duration> {
    UpDown { up: table.up.get(), down: table.down.get() }
}

fn rate_limit(
    document: &mut Document<'_>,
    name: &str,
    way: &str,
    rules: &[RateTable],
    select: SelectWord,
) -> RateLimit {
    let mut limit = RateLimit { rules: Vec::new(), select: select_of(select) };
    for (index, rule) in rules.iter().enumerate() {
        let at = ["target", name, "guardrails", "rate-limit", way, &index.to_string()];
        let allowance = match (rule.replicas, rule.percent) {
            (Some(replicas), None) => Allowance::Replicas(replicas),
            (None, Some(percent)) => Allowance::Percent(percent),
            _ => {
                document.error(&at, "expected either `replicas` or `percent`, and exactly one of them");
                continue;
            }
        };
        if rule.period.get().is_zero() {
            document.error(&at, "expected a period above zero");
        }
        limit.rules.push(Rate { allowance, period: rule.period.get() });
    }
    limit
}

fn select_of(word: SelectWord) -> Select {
    match word {
        SelectWord::Max => Select::Max,
        SelectWord::Min => Select::Min,
        SelectWord::Disabled => Select::Disabled,
    }
}

fn fallback(document: &mut Document<'_>, name: &str, table: &GuardrailsTable, bounds: Bounds) -> Option<Fallback> {
    let fallback = table.fallback?;
    let at = ["target", name, "guardrails", "fallback"];
    if fallback.after == 0 {
        document.error(&at, "`after` is the number of failures in a row: expected 1 or more");
    }
    if bounds.clamp(fallback.replicas) != fallback.replicas {
        let message = format!("{} replicas are outside min {} to max {}", fallback.replicas, bounds.min, bounds.max);
        document.error(&at, message);
    }
    let behavior = match fallback.behavior {
        BehaviorWord::Static => FallbackBehavior::Static,
        BehaviorWord::CurrentReplicasIfHigher => FallbackBehavior::IfHigher,
        BehaviorWord::CurrentReplicasIfLower => FallbackBehavior::IfLower,
    };
    Some(Fallback { after: fallback.after, replicas: fallback.replicas, behavior })
}
