//! Where RQ keeps what.

/// The first word of RQ's keys: `rq`, unless `RQ_KEY_PREFIX` says otherwise (RQ 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prefix(pub String);

impl Default for Prefix {
    fn default() -> Self {
        Self("rq".to_owned())
    }
}

impl Prefix {
    /// List of the ids of waiting jobs.
    pub fn queue(&self, queue: &str) -> String {
        format!("{}:queue:{queue}", self.0)
    }

    /// Sorted set of running jobs: `JOB:EXECUTION`, by the time until which each is believed alive.
    pub fn running(&self, queue: &str) -> String {
        format!("{}:wip:{queue}", self.0)
    }

    /// Sorted sets of the ids of jobs that have ended, well and badly, by when they are forgotten.
    pub fn ended(&self, queue: &str) -> [String; 2] {
        ["finished", "failed"].map(|how| format!("{}:{how}:{queue}", self.0))
    }

    /// Hash of one job.
    pub fn job(&self, id: &str) -> String {
        format!("{}:job:{id}", self.0)
    }

    /// Set of the keys of the workers of a queue.
    pub fn workers(&self, queue: &str) -> String {
        format!("{}:workers:{queue}", self.0)
    }

    /// Hash of one worker.
    pub fn worker(&self, name: &str) -> String {
        format!("{}:worker:{name}", self.0)
    }

    /// Set of what a worker runs (RQ 3).
    pub fn worker_executions(&self, name: &str) -> String {
        format!("{}:executions", self.worker(name))
    }

    /// The name in a worker's key.
    pub fn worker_name<'a>(&self, key: &'a str) -> Option<&'a str> {
        key.strip_prefix(&self.0)?.strip_prefix(":worker:")
    }
}

/// The job in `JOB:EXECUTION`; before RQ 2 the whole is the job.
pub(super) fn job_of(entry: &str) -> &str {
    entry.split_once(':').map_or(entry, |(job, _)| job)
}
