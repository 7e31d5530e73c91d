//! Label sets, one for each shape.

use prometheus_client::encoding::EncodeLabelSet;

macro_rules! label_set {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
        pub(super) struct $name {
            $(pub(super) $field: $type,)*
        }
    };
}

label_set! { TargetLabels { target: String } }
label_set! { DecisionLabels { target: String, decision: &'static str, reason: &'static str } }
label_set! {
    /// Of news; a closed set of words.
    NewsLabels { target: String, kind: &'static str }
}
label_set! { PolicyLabels { target: String, policy: String } }
label_set! { EvaluationLabels { target: String, policy: String, result: &'static str } }
label_set! { SignalLabels { target: String, policy: String, signal: String } }
label_set! { SourceLabels { target: String, indicator: String } }
label_set! { SourceErrorLabels { target: String, indicator: String, error: &'static str } }
label_set! {
    /// A closed set of words.
    ErrorLabels { error: &'static str }
}
label_set! { BuildLabels { version: String } }
