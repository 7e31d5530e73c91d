//! With a pretended DRAKVUF Sandbox, and Trimtab installed as the README says.

mod changes;
mod karton;
mod orphans;
mod readme;
mod rq;
mod stage;

/// Time is short here: an analysis takes half a second instead of ten minutes.
const FASTER: [(&str, &str); 4] = [
    ("interval = \"5s\"", "interval = \"500ms\""),
    ("down = \"10m\"", "down = \"3s\""),
    ("replicas = 2, period = \"1m\"", "replicas = 4, period = \"1s\""),
    ("dry-run = true", "dry-run = false"),
];
