//! What is said at the end: a line for each replica that was concerned, or one JSON document.

use serde_json::{Value, json};

use super::course::{Course, Ending, Ordered};
use super::fate::Fate;
use crate::exit::Exit;

/// Why the waiting is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Over {
    /// The order is: so or so.
    Ended(Ending),
    /// The time is up.
    TimedOut(String),
    /// Ctrl-C.
    Interrupted,
    /// The daemon can't be asked any more.
    Lost(Exit),
}

impl Over {
    /// How the program ends.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Ended(Ending::Done) => Exit::Ok,
            Self::Ended(_) | Self::TimedOut(_) => Exit::Failed,
            Self::Interrupted => Exit::Interrupted,
            Self::Lost(exit) => *exit,
        }
    }

    fn label(&self) -> &'static str {
        match self {
            Self::Ended(Ending::Done) => "done",
            Self::Ended(Ending::PartFailed) => "part-failed",
            Self::Ended(Ending::Held(_)) => "held",
            Self::Ended(Ending::Short(_)) => "short",
            Self::Ended(Ending::Replaced(_)) => "replaced",
            Self::TimedOut(_) => "timed-out",
            Self::Interrupted => "interrupted",
            Self::Lost(_) => "daemon-lost",
        }
    }

    /// What there is to say of it, beside what became of each replica.
    fn message(&self, course: &Course) -> Option<String> {
        let (target, replicas) = (&course.ordered().target, course.ordered().replicas);
        let running = course.look().running();
        match self {
            Self::Ended(Ending::Done) => None,
            Self::Ended(Ending::PartFailed) => {
                Some(format!("{target}: not all of it worked; {running} of {replicas} run"))
            }
            Self::Ended(Ending::Held(why)) => Some(why.clone()),
            Self::Ended(Ending::Short(why)) => Some(format!("{target}: {running} of {replicas} run: {why}")),
            Self::Ended(Ending::Replaced(by)) => Some(format!("{target}: {by} meanwhile; this order is void")),
            Self::TimedOut(after) => {
                Some(format!("{target}: not done after {after}; {running} of {replicas} run, and it goes on"))
            }
            Self::Interrupted => Some(format!("{target}: no longer waiting; what was begun goes on")),
            Self::Lost(Exit::Unavailable) => Some(format!(
                "{target}: the daemon is gone, so how it goes on can't be told; it goes on when it is back"
            )),
            Self::Lost(_) => Some(format!("{target}: can't be watched any more, so how it goes on can't be told")),
        }
    }
}

/// For people: standard output.
pub fn print(course: &Course, over: &Over) {
    if !matches!(over, Over::Ended(Ending::Held(_))) {
        for line in lines(course) {
            println!("{line}");
        }
    }
    if let Some(message) = over.message(course) {
        println!("{message}");
    }
    match over {
        Over::Ended(Ending::Replaced(_)) => {}
        Over::Ended(Ending::Done) => println!("{}", stands(course.ordered())),
        _ => println!("the order stands: {}", stands(course.ordered())),
    }
}

/// What was ordered, and how to take it back.
pub fn stands(Ordered { target, replicas, .. }: &Ordered) -> String {
    format!("{target} is steered to {replicas}, until `trimtab release {target}`")
}

/// What became of each; those that just ran on are only counted.
fn lines(course: &Course) -> Vec<String> {
    let now = course.look().now;
    let mut lines = Vec::new();
    for (replica, unit, fate) in course.fates() {
        if fate != Fate::RanAlready {
            lines.push(fate.told(replica, now));
        }
        lines.extend(unit.remark());
    }
    match course.ran_already() {
        0 => {}
        1 => lines.push("1 was running already".to_owned()),
        many => lines.push(format!("{many} were running already")),
    }
    lines.extend(course.look().drift.iter().map(|(unit, what)| format!("{unit} {what}")));
    lines
}

/// For scripts: one document.
pub fn json(course: &Course, over: &Over, waited_ms: u64) -> Value {
    let parts = course.fates().filter(|(_, unit, fate)| *fate != Fate::RanAlready || unit.remark().is_some());
    let parts = parts.map(|(replica, unit, fate)| {
        let mut part = json!({"replica": replica, "fate": fate.label(), "failed": fate.has_failed()});
        let mut put = |key: &str, value: Option<Value>| value.into_iter().for_each(|value| part[key] = value);
        put("took-ms", fate.took_ms().map(Value::from));
        put("why", fate.why().map(Value::from));
        put("after-reboot", unit.remark().map(Value::from));
        part
    });
    json!({
        "target": course.ordered().target,
        "replicas": course.ordered().replicas,
        "result": over.label(),
        "message": over.message(course),
        "running": course.look().running(),
        "ran-already": course.ran_already(),
        "parts": parts.collect::<Vec<_>>(),
        "drift": course.look().drift,
        "waited-ms": waited_ms,
    })
}
