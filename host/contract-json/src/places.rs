//! Agents, what they have, and what a replica needs.
//!
//! Defaults: an agent is `open`, has the software installed, and none of the target's replicas.

use scaling_core::observation::{Agent, AgentState, Platform, Requirements};

use crate::record::record;

record! { Agent {
    need id: "id",
    usual(AgentState::Open) state: "state",
    or(true) installed: "installed",
    usual(0) replicas: "replicas",
    some replica_limit: "replica-limit",
    some room: "room",
    or(Platform::default()) platform: "platform",
    list attributes: "attributes",
} }

record! { Platform {
    some cpu_cores: "cpu-cores",
    some cpu_available: "cpu-available",
    some memory_bytes: "memory-bytes",
    some memory_available: "memory-available",
    some disk_bytes: "disk-bytes",
    some disk_available: "disk-available",
} }

record! { Requirements {
    some cpu_cores: "cpu-cores",
    some memory_bytes: "memory-bytes",
    some disk_bytes: "disk-bytes",
} }
