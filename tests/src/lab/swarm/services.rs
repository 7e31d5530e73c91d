//! Services and their tasks, as the engine tells and not as Trimtab does.

use serde_json::Value;

use super::{IMAGE, Ran, Swarm};
use crate::lab::http::{escaped, get_unix};

/// One task of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: String,
    /// The node that it is assigned to; none yet, or one that has left.
    pub node: Option<usize>,
    /// Which of the replicas it is, from 1; 0 in a global service.
    pub slot: u64,
    /// What it is: `pending`, `running`, `failed` ... Of a lost node's tasks, what they were.
    pub state: String,
    /// What it is to be: `running` or `shutdown`, most often.
    pub desired: String,
}

impl Swarm {
    /// Creates a service of [`IMAGE`], by options of `docker service create`. A replica ends at once when it is told to,
    /// a second after that it is killed, and it is restarted at once. Options may say otherwise.
    ///
    /// # Panics
    ///
    /// If it is refused.
    pub fn service(&self, name: &str, options: &[&str]) {
        self.service_with(name, options, &[]);
    }

    /// The same, with another command than the image's own, which only waits.
    ///
    /// # Panics
    ///
    /// As [`Swarm::service`].
    pub fn service_with(&self, name: &str, options: &[&str], command: &[&str]) {
        let create = ["service", "create", "--quiet", "--detach", "--no-resolve-image"];
        let soon = ["--stop-grace-period=1s", "--restart-delay=100ms"];
        self.manage(&[&create[..], &soon, &["--name", name], options, &[IMAGE], command].concat()).told();
    }

    /// Has the docker cli set the number of replicas, and does not wait for them.
    ///
    /// # Panics
    ///
    /// If that is refused.
    pub fn scale(&self, service: &str, replicas: u32) {
        self.manage(&["service", "scale", "--detach", &format!("{service}={replicas}")]).told();
    }

    /// The number of replicas that the service is to have.
    ///
    /// # Panics
    ///
    /// If there is no such replicated service, or no manager answers.
    pub fn replicas(&self, service: &str) -> u32 {
        let spec = self.inspect(service);
        let replicas = spec["Spec"]["Mode"]["Replicated"]["Replicas"].as_u64().map(u32::try_from);
        let Some(Ok(replicas)) = replicas else { panic!("{service} is not replicated: {spec}") };
        replicas
    }

    /// The whole service, as the engine has it.
    ///
    /// # Panics
    ///
    /// If there is none, or no manager answers.
    pub fn inspect(&self, service: &str) -> Value {
        self.get(&format!("/services/{service}"))
    }

    /// All of the service's tasks that the engine remembers.
    ///
    /// # Panics
    ///
    /// If no manager answers.
    pub fn tasks(&self, service: &str) -> Vec<Task> {
        let filters = escaped(&format!(r#"{{"service":{{"{service}":true}}}}"#));
        let tasks = self.get(&format!("/tasks?filters={filters}"));
        tasks.as_array().into_iter().flatten().map(|task| self.task(task)).collect()
    }

    /// Those that run and are to run. A lost node's are not among them, as soon as it is seen to be lost.
    ///
    /// # Panics
    ///
    /// As [`Swarm::tasks`].
    pub fn running(&self, service: &str) -> Vec<Task> {
        let mut tasks = self.tasks(service);
        tasks.retain(|task| task.state == "running" && task.desired == "running");
        tasks
    }

    /// Waits until so many run, neither more nor less, and nothing else is still to end.
    ///
    /// # Panics
    ///
    /// If that takes too long.
    pub fn until_running(&self, service: &str, count: usize) -> Vec<Task> {
        self.until(&format!("{service} runs {count} times: {:?}", self.tasks(service)), |swarm| {
            let running = swarm.running(service);
            (running.len() == count).then_some(running)
        })
    }

    /// What the first manager that answers has at a path of the API.
    ///
    /// # Panics
    ///
    /// If none does, or the answer is not 200.
    pub fn get(&self, path: &str) -> Value {
        let mut answers = self.managers.iter().map(|manager| get_unix(&self.nodes[*manager].socket(), path));
        let answer = answers.find(|answer| answer.as_ref().is_ok_and(|(status, _)| *status < 500));
        let Some(Ok((200, body))) = answer else { panic!("{path}: {answer:?}") };
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {error}: {body}"))
    }

    /// The docker cli, by way of the first manager that answers.
    fn manage(&self, words: &[&str]) -> Ran {
        let answers =
            |node: &&usize| get_unix(&self.nodes[**node].socket(), "/nodes").is_ok_and(|(status, _)| status == 200);
        let manager = self.managers.iter().find(answers);
        self.docker(*manager.unwrap_or_else(|| panic!("no manager answers: {words:?}")), words)
    }

    fn task(&self, task: &Value) -> Task {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let node = task["NodeID"].as_str();
        Task {
            id: text(&task["ID"]),
            node: self.ids.iter().position(|id| Some(id.as_str()) == node),
            slot: task["Slot"].as_u64().unwrap_or_default(),
            state: text(&task["Status"]["State"]),
            desired: text(&task["DesiredState"]),
        }
    }
}
