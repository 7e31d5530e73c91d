//! A host whose backend does what a test says: a real one fails and drifts when it likes. The command line is the real
//! one, and so are host, journal and API.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};

use adapters::backend::{Backend, BackendError};
use adapters::clock::Clock;
use async_trait::async_trait;
use policy_runtime::settings::Compiler;
use scaling_core::observation::{Attribute, Replica, ReplicaState, Scalar, Usage};
use scaling_core::status::{News, NewsKind, Order, PlacementScope, RemovalScope, TargetStatus};
use scaling_core::units::{ReplicaId, Timestamp};
use tempfile::TempDir;
use trimtab::config;
use trimtab::house::Given;
use trimtab::serve::{self, Running};
use trimtab_tests::lab::program;

/// What an actor does with an order.
type Part = Box<dyn FnMut(&mut Scene, &Order) + Send>;

/// What the backend shows.
#[derive(Default)]
pub struct Scene {
    pub replicas: BTreeMap<String, Replica>,
    pub attributes: Vec<Attribute>,
    news: Vec<News>,
    pub now: Timestamp,
}

impl Scene {
    /// A replica is there, in this state from now on.
    pub fn shows(&mut self, id: &str, state: ReplicaState, attributes: &[Attribute]) {
        let replica = Replica {
            id: ReplicaId(id.to_owned()),
            agent: None,
            state,
            started: None,
            since: self.now,
            usage: Usage::default(),
            attributes: attributes.to_vec(),
        };
        self.replicas.insert(id.to_owned(), replica);
    }

    /// Something is told, once.
    pub fn tells(&mut self, kind: NewsKind, replica: Option<&str>, message: &str) {
        let replica = replica.map(ReplicaId::from);
        self.news.push(News { at: self.now, replica, kind, message: message.to_owned() });
    }
}

/// Shows a scene, and plays a part at each order.
#[derive(Clone)]
pub struct Actor(Arc<Mutex<(Scene, Part)>>);

impl Actor {
    /// Whose target is so before the host comes.
    pub fn new(scene: Scene, part: impl FnMut(&mut Scene, &Order) + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new((scene, Box::new(part)))))
    }

    /// Changes the scene between two looks.
    pub fn change(&self, with: impl FnOnce(&mut Scene)) {
        with(&mut self.held().0);
    }

    fn held(&self) -> MutexGuard<'_, (Scene, Part)> {
        self.0.lock().unwrap()
    }
}

#[async_trait]
impl Backend for Actor {
    async fn observe(&self, now: Timestamp) -> Result<TargetStatus, BackendError> {
        let scene = &mut self.held().0;
        scene.now = now;
        Ok(TargetStatus {
            replicas: scene.replicas.values().cloned().collect(),
            agents: Vec::new(),
            attributes: scene.attributes.clone(),
            removal: RemovalScope::Replica,
            placement: PlacementScope::Any,
            last_order: None,
            news: std::mem::take(&mut scene.news),
        })
    }

    async fn carry_out(&self, order: &Order) -> Result<(), BackendError> {
        let (scene, part) = &mut *self.held();
        part(scene, order);
        Ok(())
    }
}

/// A host in this process with one target `w` that the actor plays.
pub struct Stage {
    home: TempDir,
    running: Running,
}

impl Stage {
    pub async fn open(actor: &Actor) -> Self {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("trimtab.toml");
        let stays = |replica: &&Replica| replica.state != ReplicaState::Draining;
        let size = actor.held().0.replicas.values().filter(stays).count();
        let text = format!(
            "host.http = \"127.0.0.1:0\"\n[target.w]\ninterval = \"100ms\"\nmin = 0\nmax = 20\nbackend.memory.replicas = 0\n\
             policy = {{ component = \"builtin:fixed-count\", config.count = {size} }}\n"
        );
        std::fs::write(&file, &text).unwrap();
        let loaded = config::read(&file, &text);
        let config = loaded.config.unwrap_or_else(|| panic!("{:#?}", loaded.problems));
        let backends = BTreeMap::from([("w".to_owned(), Arc::new(actor.clone()) as Arc<dyn Backend>)]);
        let given = Given { clock: Clock::system(), compiler: Compiler::InProcess, backends };
        let running = serve::start_with(config, given).await.unwrap();
        let stage = Self { home, running };
        let board = stage.running.board();
        while board.target("w").is_none_or(|view| view.observation.is_none()) {
            tokio::task::yield_now().await;
        }
        stage
    }

    /// Runs a verb of the real program.
    pub async fn verb(&self, words: &[&str]) -> Output {
        let mut command = Command::new(program::trimtab());
        command.args(words).arg("--config").arg(self.config()).stdin(Stdio::null());
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    /// What `/metrics` says.
    pub async fn metrics(&self) -> String {
        let url = format!("http://{}/metrics", self.running.http_address().unwrap());
        tokio::task::spawn_blocking(move || trimtab_tests::lab::http::get(&url).unwrap().1).await.unwrap()
    }

    pub async fn close(self) {
        self.running.stop().await;
    }

    fn config(&self) -> PathBuf {
        self.home.path().join("trimtab.toml")
    }
}

/// `drain.recallable`.
pub fn recallable() -> Attribute {
    Attribute { key: "drain.recallable".to_owned(), value: Scalar::Flag(true) }
}
