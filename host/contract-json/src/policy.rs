//! What a policy says of itself and of its config.

use scaling_core::observation::{Input, SubjectKind};
use scaling_core::verdict::{ConfigIssue, Descriptor};

use crate::record::record;

record! { Descriptor {
    need name: "name",
    need version: "version",
    or(String::new()) summary: "summary",
    some config_schema: "config-schema",
    or(String::new()) state_layout: "state-layout",
    list migrates_from: "migrates-from",
    list signals: "signals",
    list attributes: "attributes",
} }

record! { ConfigIssue { need pointer: "pointer", need message: "message" } }

record! { Input {
    need name: "name",
    or(SubjectKind::Target) subject: "subject",
    need window: "window",
    or(false) required: "required",
} }
