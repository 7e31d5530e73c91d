//! QoS rules: add and remove workers when an indicator crosses its thresholds.
