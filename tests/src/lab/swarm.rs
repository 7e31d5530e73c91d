//! A real Docker Swarm: each node a private machine with an engine of its own, on a switch of its own.
//!
//! What is inside is told at the top of `tests/lab/docker-host`. Nodes have numbers from 0, and the names `node-0` and so
//! on; the managers come first. It needs root, as [`super::SystemdHost`] does, and `tests/run` can leave it out by name: a
//! test with a swarm has `real_swarm` in its path.
//!
//! Service VIPs and published ports of the ingress network need IP_VS, which not every kernel has: use neither.

mod node;
mod plan;
mod services;
mod trouble;

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use self::node::{Node, Switch, address, hostname};
pub use self::plan::NodePlan;
pub use self::services::Task;
use super::http::{get_unix, get_unix_within};
use super::patience;
pub use super::ran::Ran;

/// The one image that every node has: busybox. Its command waits, and ends at once when it is told to. Nothing can be
/// pulled.
pub const IMAGE: &str = "trimtab-lab/busybox:1";

/// An engine that does not answer so soon waits for another.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Where the engine listens, as it sees it itself.
const SOCKET_INSIDE: &str = "/lab/share/docker.sock";

/// A swarm. Dropped, or when the test ends in any other way, it is removed with everything inside.
pub struct Swarm {
    nodes: Vec<Node>,
    switch: Option<Switch>,
    /// By number: the node's id in the swarm.
    ids: Vec<String>,
    /// The numbers of those that manage.
    managers: Vec<usize>,
}

impl Swarm {
    /// One of so many nodes, the first of which are its managers. Takes two or three seconds.
    ///
    /// # Panics
    ///
    /// With what is missing or what it wrote, if it does not come up; or if it has no manager.
    pub fn start(nodes: usize, managers: usize) -> Self {
        let plan = |number| if number < managers { NodePlan::manager() } else { NodePlan::worker() };
        Self::of(&(0..nodes).map(plan).collect::<Vec<_>>())
    }

    /// One of these nodes, the first of which manages.
    ///
    /// # Panics
    ///
    /// As [`Swarm::start`].
    pub fn of(plans: &[NodePlan]) -> Self {
        assert!(plans.first().is_some_and(|plan| plan.manages), "the first node of a swarm has to be a manager");
        let switch = (plans.len() > 1).then(Switch::start);
        let nodes: Vec<Node> = plans.iter().enumerate().map(|(i, plan)| Node::new(i, plan, switch.as_ref())).collect();
        let managers = (0..plans.len()).filter(|number| plans[*number].manages).collect();
        let mut swarm = Self { nodes, switch, ids: Vec::new(), managers };
        each(0..plans.len(), |number| swarm.nodes[number].start());
        swarm.form();
        swarm.ids = (0..plans.len()).map(|number| swarm.node_id(number)).collect();
        swarm.label(plans);
        swarm
    }

    /// How many nodes it has, those that are down too.
    pub fn nodes(&self) -> usize {
        self.nodes.len()
    }

    /// The socket of a node's engine, for everybody; the same over all its restarts.
    pub fn socket(&self, node: usize) -> PathBuf {
        self.nodes[node].socket()
    }

    /// The name that Docker shows for a node.
    pub fn hostname(&self, node: usize) -> String {
        hostname(node)
    }

    /// The id that a node has in the swarm.
    pub fn id(&self, node: usize) -> &str {
        &self.ids[node]
    }

    /// The folders that are all there is of it on disk: those of the nodes.
    pub fn folders(&self) -> Vec<PathBuf> {
        self.nodes.iter().map(|node| node.folder().to_owned()).collect()
    }

    /// Runs the docker cli against a node's engine, to its end.
    ///
    /// # Panics
    ///
    /// If it can't be run; not if it fails.
    pub fn docker(&self, node: usize, words: &[&str]) -> Ran {
        let output = self.nodes[node].docker().args(words).output();
        Ran::new(words, &output.unwrap_or_else(|error| panic!("docker {words:?}: {error}")))
    }

    /// Runs a program on a node to its end, beside the engine and not in a container.
    ///
    /// # Panics
    ///
    /// If it can't be run; not if it fails.
    pub fn run(&self, node: usize, command: &[&str]) -> Ran {
        let output = self.nodes[node].enter().args(command).output();
        Ran::new(command, &output.unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// Looks again and again until there is something to see.
    ///
    /// # Panics
    ///
    /// With `what` and the logs of the engines, if that takes too long.
    pub fn until<T>(&self, what: &str, mut look: impl FnMut(&Self) -> Option<T>) -> T {
        let log = || self.nodes.iter().map(Node::log).collect::<Vec<_>>().join("\n\n");
        patience::until(what, || look(self), log)
    }

    /// The manager that leads, as the first tells that can tell at once. After a leader is lost, the others take 10 to
    /// 20 s until one of them leads, and in that time answer nothing.
    pub fn leader(&self) -> Option<usize> {
        self.managers.iter().find_map(|manager| {
            let (_, body) = get_unix_within(&self.socket(*manager), "/nodes", AT_ONCE).ok()?;
            let nodes: Value = serde_json::from_str(&body).ok()?;
            let leader = nodes.as_array()?.iter().find(|node| node["ManagerStatus"]["Leader"] == true)?;
            self.ids.iter().position(|id| leader["ID"] == id.as_str())
        })
    }

    /// Managers join one by one, as each changes who has to agree.
    fn form(&self) {
        let advertise = |number| if self.switch.is_some() { address(number) } else { "127.0.0.1".to_owned() };
        // The heartbeat: a lost node is seen after three seconds.
        let init = ["swarm", "init", "--dispatcher-heartbeat=1s", "--task-history-limit=2", "--advertise-addr"];
        self.docker(0, &[&init[..], &[&advertise(0)]].concat()).told();
        let join = |number: usize, token: &str| {
            let words = ["swarm", "join", "--advertise-addr", &address(number), "--token", token, &address(0)];
            self.docker(number, &words).told();
        };
        let token = |role: &str| self.docker(0, &["swarm", "join-token", "--quiet", role]).told();
        let (managers, workers): (Vec<usize>, Vec<usize>) =
            (1..self.nodes()).partition(|number| self.managers.contains(number));
        if !managers.is_empty() {
            let token = token("manager");
            for number in managers {
                join(number, &token);
            }
        }
        if !workers.is_empty() {
            let token = token("worker");
            each(workers, |number| join(number, &token));
        }
        self.until("all nodes are ready", |swarm| (swarm.ready() == swarm.nodes()).then_some(()));
    }

    /// How many nodes can take replicas, as the first manager sees it.
    fn ready(&self) -> usize {
        let nodes = self.get("/nodes");
        nodes.as_array().into_iter().flatten().filter(|node| node["Status"]["State"] == "ready").count()
    }

    fn label(&self, plans: &[NodePlan]) {
        for (number, plan) in plans.iter().enumerate().filter(|(_, plan)| !plan.labels.is_empty()) {
            let labels = plan.labels.iter().flat_map(|label| ["--label-add", label]);
            let words = ["node", "update"].into_iter().chain(labels).chain([self.id(number)]);
            self.docker(0, &words.collect::<Vec<_>>()).told();
        }
    }

    fn node_id(&self, number: usize) -> String {
        let info = get_unix(&self.socket(number), "/info").ok();
        let info = info.and_then(|(_, body)| serde_json::from_str::<Value>(&body).ok()).unwrap_or_default();
        let id = info["Swarm"]["NodeID"].as_str();
        id.unwrap_or_else(|| panic!("{} is in no swarm: {info}", hostname(number))).to_owned()
    }
}

impl Drop for Swarm {
    /// All end at once; then each is waited for.
    fn drop(&mut self) {
        self.nodes.iter_mut().for_each(Node::let_go);
        self.switch.iter_mut().for_each(Switch::let_go);
    }
}

/// Does it for all at once. Panics if it panics for any.
fn each(numbers: impl IntoIterator<Item = usize>, act: impl Fn(usize) + Sync) {
    let act = &act;
    thread::scope(|scope| {
        for number in numbers {
            scope.spawn(move || act(number));
        }
    });
}
