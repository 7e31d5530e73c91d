//! A server that stands in for MASS's: its REST API over a little world that a test changes.
//!
//! The forms of lists, elements and references are those of mass_server 0.2. As there, links begin with the host
//! that was asked, and a link to the next page forgets the filter. A [`Reply`] can be put in place of any list.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value as Json, json};

use super::json_server::{JsonServer, Reply, Request};

/// When everything was requested, scheduled and last seen.
const THEN: &str = "2016-11-26T14:38:24+00:00";

/// The server. Ends when dropped.
pub struct MassServer {
    server: JsonServer,
    world: Arc<Mutex<World>>,
}

/// What the server knows, and how it behaves.
#[derive(Default)]
pub struct World {
    /// The one key that it accepts.
    pub key: String,
    /// Analysis systems, by `identifier_name`.
    pub systems: Vec<String>,
    /// Instances.
    pub instances: Vec<Instance>,
    /// Requests: the name of a system, which need not be there, and `schedule_after`.
    pub requests: Vec<(String, Json)>,
    /// What it answers instead, by the name of the list.
    pub instead: BTreeMap<String, Reply>,
    /// More elements at the end of a list, such as garbled ones.
    pub more: BTreeMap<String, Vec<Json>>,
    /// Where every page leads, instead of to the next one.
    pub next: Option<String>,
    /// A reference to a system that is gone breaks the whole page, as in mass_server.
    pub breaks_on_ghosts: bool,
    /// As before November 2017: `?count` and all filters are ignored.
    pub is_old: bool,
}

/// An instance of an analysis system.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its name.
    pub uuid: String,
    /// Its system.
    pub system: String,
    /// Whether it was seen of late.
    pub online: bool,
    /// Analyses that were given to it.
    pub scheduled: u64,
}

impl World {
    /// So many requests for a system, which may be scheduled at once.
    pub fn request(&mut self, system: &str, number: usize) {
        self.requests.extend((0..number).map(|_| (system.to_owned(), json!(THEN))));
    }

    /// An instance with so many analyses scheduled.
    pub fn instance(&mut self, uuid: &str, system: &str, online: bool, scheduled: u64) {
        let (uuid, system) = (uuid.to_owned(), system.to_owned());
        self.instances.push(Instance { uuid, system, online, scheduled });
    }

    fn answer(&self, request: &Request) -> Reply {
        let denied = json!({"error": "You do not have access to this resource."});
        if request.headers.get("authorization") != Some(&format!("APIKEY {}", self.key)) {
            return Reply::json(&denied.to_string()).status(403);
        }
        let asked = Asked::of(request);
        if let Some(reply) = self.instead.get(&asked.list) {
            return reply.clone();
        }
        let host = request.headers.get("host").map(String::as_str).unwrap_or_default();
        let base = format!("http://{host}/api");
        let filter = asked.system.as_deref().filter(|_| !self.is_old);
        match self.elements(&asked.list, &base, filter) {
            Some(elements) if asked.counts && !self.is_old => {
                Reply::json(&json!({"count": elements.len()}).to_string())
            }
            Some(elements) => self.page(&elements, &asked, &base),
            None => Reply::json("{}").status(404),
        }
    }

    fn elements(&self, list: &str, base: &str, filter: Option<&str>) -> Option<Vec<Json>> {
        let mut elements: Vec<Json> = match list {
            "analysis_system" => self.systems.iter().map(|name| system(base, name)).collect(),
            "analysis_system_instance" => self.instances.iter().map(|it| it.element(base)).collect(),
            "analysis_request" => {
                let wanted = |(name, _): &&(String, Json)| filter.is_none_or(|id| id_of(name) == id);
                let requests = self.requests.iter().enumerate();
                requests
                    .filter(|(_, it)| wanted(it))
                    .map(|(n, (name, due))| analysis_request(base, n, name, due))
                    .collect()
            }
            _ => return None,
        };
        elements.extend(self.more.get(list).into_iter().flatten().cloned());
        Some(elements)
    }

    fn page(&self, all: &[Json], asked: &Asked, base: &str) -> Reply {
        let first = (asked.page - 1) * asked.per_page;
        let results: Vec<&Json> = all.iter().skip(first).take(asked.per_page).collect();
        if self.breaks_on_ghosts && results.iter().any(|element| self.is_of_a_ghost(element)) {
            return Reply::typed("text/html", "<title>500 Internal Server Error</title>").status(500);
        }
        let link = |page: usize| format!("{base}/{}/?page={page}&per_page={}", asked.list, asked.per_page);
        let next = (first + results.len() < all.len()).then(|| link(asked.page + 1));
        let previous = (asked.page > 1).then(|| link(asked.page - 1));
        let (next, page_count) = (self.next.clone().or(next), all.len().div_ceil(asked.per_page));
        let list = json!({"results": results, "next": next, "previous": previous, "page": asked.page, "page_count": page_count});
        Reply::json(&list.to_string())
    }

    fn is_of_a_ghost(&self, element: &Json) -> bool {
        let Some(url) = element["analysis_system"].as_str() else { return false };
        !self.systems.iter().any(|name| url.ends_with(&format!("/{name}/")))
    }
}

impl Instance {
    fn element(&self, base: &str) -> Json {
        json!({
            "id": id_of(&self.uuid),
            "url": format!("{base}/analysis_system_instance/{}/", self.uuid),
            "uuid": self.uuid,
            "analysis_system": format!("{base}/analysis_system/{}/", self.system),
            "last_seen": THEN,
            "is_online": self.online,
            "scheduled_analyses_count": self.scheduled,
        })
    }
}

/// The id in the database of what has this name.
pub fn id_of(name: &str) -> String {
    let digits: Vec<String> = name.bytes().rev().map(|byte| format!("{byte:02x}")).collect();
    format!("{:0>24}", digits.concat())
}

fn system(base: &str, name: &str) -> Json {
    json!({
        "id": id_of(name),
        "url": format!("{base}/analysis_system/{name}/"),
        "identifier_name": name,
        "verbose_name": name.to_uppercase(),
        "information_text": null,
        "tag_filter_expression": "",
        "time_schedule": [0],
        "number_retries": 0,
        "minutes_before_retry": 0,
    })
}

fn analysis_request(base: &str, number: usize, system: &str, due: &Json) -> Json {
    json!({
        "id": format!("{number:024x}"),
        "url": format!("{base}/analysis_request/{number:024x}/"),
        "analysis_system": format!("{base}/analysis_system/{system}/"),
        "sample": format!("{base}/sample/58399e60a7a7f10cada00461/"),
        "analysis_requested": THEN,
        "schedule_after": due,
        "priority": 0,
        "parameters": {},
    })
}

/// What a request asks for.
struct Asked {
    list: String,
    page: usize,
    per_page: usize,
    counts: bool,
    system: Option<String>,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let pairs: BTreeMap<&str, &str> =
            query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, ""))).collect();
        let number = |key: &str, default: usize| pairs.get(key).and_then(|text| text.parse().ok()).unwrap_or(default);
        Self {
            list: path.trim_start_matches("/api/").trim_end_matches('/').to_owned(),
            page: number("page", 1).max(1),
            per_page: number("per_page", 100).max(1),
            counts: pairs.contains_key("count"),
            system: pairs.get("analysis_system").map(|id| (*id).to_owned()),
        }
    }
}

impl MassServer {
    /// One that accepts this key, with these analysis systems and nothing to do.
    ///
    /// # Panics
    ///
    /// If there is no port to be had.
    pub fn start(key: &str, systems: &[&str]) -> Self {
        let systems = systems.iter().map(|name| (*name).to_owned()).collect();
        let world = Arc::new(Mutex::new(World { key: key.to_owned(), systems, ..World::default() }));
        let shown = world.clone();
        let server = JsonServer::answering(move |request| locked(&shown).answer(request));
        Self { server, world }
    }

    /// `http://127.0.0.1:PORT/api/`.
    pub fn url(&self) -> String {
        format!("{}/api/", self.server.url())
    }

    /// What it knows, to be changed.
    pub fn world(&self) -> MutexGuard<'_, World> {
        locked(&self.world)
    }

    /// Path and query of each request so far, without `/api`.
    pub fn asked(&self) -> Vec<String> {
        let requests = self.server.requests().into_iter();
        requests.map(|request| request.target.trim_start_matches("/api").to_owned()).collect()
    }

    /// How many requests there were for a list.
    pub fn asked_for(&self, list: &str) -> usize {
        self.asked().iter().filter(|target| target.starts_with(&format!("/{list}/"))).count()
    }
}

fn locked(world: &Mutex<World>) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}
