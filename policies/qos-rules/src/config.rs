//! The config, as it is written.

use std::fmt;

use serde::Deserialize;
use trimtab_policy_sdk::prelude::*;

use crate::metric::{Activity, FunctionName, Metric};
use crate::threshold::Threshold;
use trimtab_policy_sdk::Span;

/// How far back a rule looks that says nothing of it.
const WINDOW: Span = Span(60_000);

/// Config of `builtin:qos-rules`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// At least one. The first to ask for more wins over all that ask for less.
    pub rules: Vec<Rule>,
    /// Where to add: `least-loaded`, `first-fit`, `spread`, or `any` to leave it to the backend.
    #[serde(default)]
    pub placement: Strategy,
}

/// One indicator, and when to add and to remove because of it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// What the rule is called in reasons; the indicator if it has no name.
    pub name: Option<String>,
    /// For people.
    #[serde(default, rename = "description")]
    _description: Option<String>,
    /// What is measured: the name of an indicator of the target. A metric's own name if left out.
    pub indicator: Option<String>,
    /// What the indicator means. Fixes which activity and function go with it; `custom` fixes nothing.
    /// Told from the indicator's name if left out.
    pub metric: Option<Metric>,
    /// Which kind of work the rule is about.
    #[serde(default, alias = "activity-type")]
    pub activity: Activity,
    /// How the samples become one number. That of the metric if left out.
    pub function: Option<FunctionName>,
    /// With the function `quantile`: which, 0 to 1.
    pub quantile: Option<f64>,
    /// How far back to look; 60 s if left out.
    pub window: Option<Span>,
    /// Whose series to take: the target's, or those of all agents or replicas together.
    #[serde(default)]
    pub subject: Whose,
    /// When to add.
    #[serde(alias = "addition")]
    pub add: Option<Side>,
    /// When to remove.
    #[serde(alias = "reduce", alias = "reduction")]
    pub remove: Option<Side>,
}

/// One half of a rule: the measured value, altered by the margin, compared with the threshold.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Side {
    /// Alters the measured value before it is compared; nothing if left out.
    #[serde(default)]
    pub margin: Margin,
    /// How to compare.
    pub operator: Comparison,
    /// With what.
    pub threshold: Threshold,
    /// How many planned evaluations in a row it has to hold.
    #[serde(default = "one", alias = "frequency")]
    pub consecutive: u32,
    /// How many replicas to ask for.
    #[serde(default = "one")]
    pub count: u32,
}

/// Whose series a rule takes.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Whose {
    /// Those about the target as a whole.
    #[default]
    Target,
    /// Those about its agents, together.
    Agent,
    /// Those about its replicas, together.
    Replica,
}

fn one() -> u32 {
    1
}

impl Config {
    /// One input for each indicator, reaching as far back as the rule that looks furthest.
    pub fn inputs(&self) -> Vec<Input> {
        let mut inputs: Vec<Input> = Vec::new();
        for rule in &self.rules {
            match inputs.iter_mut().find(|input| rule.reads(input)) {
                Some(input) => input.window = input.window.max(rule.window()),
                None => inputs.push(rule.input()),
            }
        }
        inputs
    }
}

impl Rule {
    /// The declared metric, or the one that the indicator is named after.
    pub fn metric(&self) -> Metric {
        self.metric.or_else(|| Metric::named(self.indicator.as_deref()?)).unwrap_or(Metric::Custom)
    }

    /// The indicator, or the metric's own name; `validate` refuses a rule with neither.
    pub fn indicator(&self) -> &str {
        self.indicator.as_deref().or_else(|| self.metric().name()).unwrap_or_default()
    }

    /// What it is called in reasons.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.indicator())
    }

    /// The declared function, or the metric's; `validate` refuses a rule with neither.
    pub fn function_name(&self) -> Option<FunctionName> {
        self.function.or_else(|| Some(self.metric().constraint()?.function))
    }

    /// The same, ready to use.
    pub fn function(&self) -> Function {
        self.function_name().unwrap_or_default().with(self.quantile.unwrap_or_default())
    }

    /// How far back it looks, in milliseconds.
    pub fn window(&self) -> u32 {
        self.window.unwrap_or(WINDOW).0
    }

    /// Whose series it takes.
    pub fn subject(&self) -> SubjectKind {
        match self.subject {
            Whose::Target => SubjectKind::Target,
            Whose::Agent => SubjectKind::Agent,
            Whose::Replica => SubjectKind::Replica,
        }
    }

    /// The halves that are there, with the keys they have in the config.
    pub fn sides(&self) -> impl Iterator<Item = (&'static str, &Side)> {
        [("add", &self.add), ("remove", &self.remove)].into_iter().filter_map(|(key, side)| Some((key, side.as_ref()?)))
    }

    fn input(&self) -> Input {
        Input::of_target(self.indicator()).about(self.subject()).reaching(self.window())
    }

    fn reads(&self, input: &Input) -> bool {
        input.name == self.indicator() && input.subject == self.subject()
    }
}

/// The whole rule in one line; streaks are kept by it.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} {:?} {} ms", self.function().name(), self.indicator(), self.subject, self.window())?;
        self.sides().try_for_each(|(key, side)| write!(f, "; {key} {side}"))
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "if {} {} {}", self.margin, self.operator.symbol(), self.threshold)?;
        write!(f, " {} in a row", self.consecutive)
    }
}
