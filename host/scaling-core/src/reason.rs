//! Why the size is what it is: typed, so that it can be counted, and in words, so that it can be read.

/// What kind of reason; its label is a metric label and a word in JSON.
///
/// Where the HPA has a word for it, it is the HPA's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReasonKind {
    /// The policy asked for this change.
    PolicyChange,
    /// The policy finds the size right.
    PolicySteady,
    /// The policy has no opinion now.
    PolicyAbstained,
    /// The policy failed; the size is held.
    PolicyFailed,
    /// An indicator that the policy requires is absent; it was not asked.
    InputAbsent,
    /// The backend could not be read; nobody was asked.
    BackendLost,
    /// No verdict for too long: the fallback size.
    Fallback,
    /// An operator fixed the size.
    OperatorSize,
    /// Growth waits until the lower recommendations have left the window.
    ScaleUpStabilized,
    /// Shrinking waits until the higher recommendations have left the window.
    ScaleDownStabilized,
    /// Growth cut to what the period allows.
    ScaleUpLimit,
    /// Shrinking cut to what the period allows.
    ScaleDownLimit,
    /// Growth too soon after the last growth.
    ScaleUpCooldown,
    /// Shrinking too soon after the last change.
    ScaleDownCooldown,
    /// More than the maximum.
    TooManyReplicas,
    /// Fewer than the minimum.
    TooFewReplicas,
    /// No agent can take so many.
    CapacityExhausted,
    /// An operator paused the target.
    Paused,
    /// The target is in dry run.
    DryRun,
    /// What runs differs from the desired size without our doing; put right.
    Repaired,
    /// The same, and it waits, since the last tries failed.
    RepairDelayed,
}

impl ReasonKind {
    /// All kinds, for metrics that name each.
    pub const ALL: [Self; 21] = [
        Self::PolicyChange,
        Self::PolicySteady,
        Self::PolicyAbstained,
        Self::PolicyFailed,
        Self::InputAbsent,
        Self::BackendLost,
        Self::Fallback,
        Self::OperatorSize,
        Self::ScaleUpStabilized,
        Self::ScaleDownStabilized,
        Self::ScaleUpLimit,
        Self::ScaleDownLimit,
        Self::ScaleUpCooldown,
        Self::ScaleDownCooldown,
        Self::TooManyReplicas,
        Self::TooFewReplicas,
        Self::CapacityExhausted,
        Self::Paused,
        Self::DryRun,
        Self::Repaired,
        Self::RepairDelayed,
    ];

    /// One word, stable.
    pub fn label(self) -> &'static str {
        match self {
            Self::PolicyChange => "PolicyChange",
            Self::PolicySteady => "PolicySteady",
            Self::PolicyAbstained => "PolicyAbstained",
            Self::PolicyFailed => "PolicyFailed",
            Self::InputAbsent => "InputAbsent",
            Self::BackendLost => "BackendLost",
            Self::Fallback => "Fallback",
            Self::OperatorSize => "OperatorSize",
            Self::ScaleUpStabilized => "ScaleUpStabilized",
            Self::ScaleDownStabilized => "ScaleDownStabilized",
            Self::ScaleUpLimit => "ScaleUpLimit",
            Self::ScaleDownLimit => "ScaleDownLimit",
            Self::ScaleUpCooldown => "ScaleUpCooldown",
            Self::ScaleDownCooldown => "ScaleDownCooldown",
            Self::TooManyReplicas => "TooManyReplicas",
            Self::TooFewReplicas => "TooFewReplicas",
            Self::CapacityExhausted => "CapacityExhausted",
            Self::Paused => "Paused",
            Self::DryRun => "DryRun",
            Self::Repaired => "Repaired",
            Self::RepairDelayed => "RepairDelayed",
        }
    }

    /// The kind of that label.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.label() == label)
    }
}

/// One step on the way from the size that was to the size that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What kind.
    pub kind: ReasonKind,
    /// The wanted size before this step.
    pub from: u32,
    /// The wanted size after it.
    pub to: u32,
    /// For people.
    pub message: String,
}
