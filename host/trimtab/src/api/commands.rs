//! The command socket. Who may write to it is checked by the credentials of the other end: the user that
//! the daemon runs as, and root.

use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use scaling_core::orders::{Orders, Pause, SizeOrder};
use scaling_core::units::TargetName;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::http::{View, read_events};
use super::protocol::{Refusal, RefusalKind, Reply, Request};
use super::views;
use crate::board::TargetView;
use crate::events::Event;
use crate::journal::EventId;
use crate::lock::lock;
use crate::supervisor::Page;

/// Longest request.
const LONGEST_LINE: u64 = 64 << 10;
/// How long a client may take to ask.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to rest when no connection can be accepted: no descriptors left, say.
const ACCEPT_REST: Duration = Duration::from_millis(100);
/// Connections at once.
const MOST_CLIENTS: usize = 64;

/// Begins to listen: the future answers until `stop`. A socket left by a dead daemon is replaced: the journal's lock has
/// already said that no other daemon lives.
pub fn listen(
    path: &Path,
    view: Arc<View>,
    stop: CancellationToken,
) -> std::io::Result<impl Future<Output = ()> + use<>> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    clear_away(path)?;
    let listener = UnixListener::bind(path)?;
    let path = path.to_owned();
    let serve = async move {
        let mut clients = JoinSet::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                Some(_) = clients.join_next() => {}
                accepted = listener.accept(), if clients.len() < MOST_CLIENTS => match accepted {
                    Ok((stream, _)) => drop(clients.spawn(talk(stream, view.clone()))),
                    Err(error) => {
                        tracing::warn!(%error, "failed to accept a command");
                        tokio::time::sleep(ACCEPT_REST).await;
                    }
                },
            }
        }
        clients.shutdown().await;
        let _ = std::fs::remove_file(path);
    };
    Ok(serve)
}

/// Removes the socket of a daemon that is dead; that of a living one, and any other file, stays.
fn clear_away(path: &Path) -> std::io::Result<()> {
    let found = match std::fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !found.file_type().is_socket() {
        return Err(std::io::Error::new(std::io::ErrorKind::AlreadyExists, "something that is no socket is there"));
    }
    if std::os::unix::net::UnixStream::connect(path).is_ok() {
        return Err(std::io::Error::new(std::io::ErrorKind::AddrInUse, "another daemon listens there"));
    }
    std::fs::remove_file(path)
}

async fn talk(stream: UnixStream, view: Arc<View>) {
    let Ok(peer) = stream.peer_cred() else { return };
    let (input, mut output) = stream.into_split();
    let mut input = BufReader::new(input.take(LONGEST_LINE));
    let mut line = String::new();
    let asked = match timeout(PATIENCE, input.read_line(&mut line)).await {
        Ok(Ok(1..)) => serde_json::from_str::<Request>(&line),
        _ => return,
    };
    let reply = match asked {
        Err(error) => refused(RefusalKind::BadRequest, format!("not a request that this version knows: {error}")),
        Ok(Request::Events { target, after, follow }) => {
            if let Some(target) = target.as_deref().filter(|target| view.targets.page(target).is_none()) {
                let _ = send(&mut output, &no_such_target(&view, target)).await;
                return;
            }
            // A client that is gone is noticed by the end of its input.
            let gone = async { while !matches!(input.read_line(&mut line).await, Ok(0) | Err(_)) {} };
            tokio::select! {
                () = gone => {}
                () = follow_events(&view, target, EventId(after), follow, &mut output) => {}
            }
            return;
        }
        Ok(request) => answer(&view, request, peer.uid()).await,
    };
    let _ = send(&mut output, &reply).await;
}

async fn send(output: &mut (impl tokio::io::AsyncWrite + Unpin), reply: &Reply) -> std::io::Result<()> {
    let mut line = serde_json::to_string(reply).unwrap_or_default();
    line.push('\n');
    output.write_all(line.as_bytes()).await
}

async fn follow_events(
    view: &View,
    target: Option<String>,
    mut after: EventId,
    follow: bool,
    output: &mut (impl tokio::io::AsyncWrite + Unpin),
) {
    let mut latest = view.house.journal.latest_event();
    loop {
        let (house, of) = (view.house.clone(), target.clone());
        let read = tokio::task::spawn_blocking(move || read_events(&house, of, after, 500)).await;
        let events = match read {
            Ok(Ok(events)) => events,
            Ok(Err(error)) => {
                let _ = send(output, &refused(RefusalKind::Journal, error.to_string())).await;
                return;
            }
            Err(_) => return,
        };
        let is_last = events.len() < 500;
        for event in events {
            after = EventId(event["id"].as_i64().unwrap_or(after.0));
            if send(output, &Reply::Ok(event)).await.is_err() {
                return;
            }
        }
        if is_last && (!follow || latest.changed().await.is_err()) {
            return;
        }
    }
}

async fn answer(view: &View, request: Request, uid: u32) -> Reply {
    match request {
        Request::Status => Reply::Ok(status(view)),
        Request::Explain { target } => match view.house.board.target(&target) {
            Some(found) => Reply::Ok(views::whole(&target, &found, view.house.clock.now())),
            // It is there, and was not looked at yet.
            None if view.targets.page(&target).is_some() => Reply::Ok(not_yet_seen(view, &target)),
            None => no_such_target(view, &target),
        },
        Request::Pause { target, reason } => {
            change(view, uid, &target, |orders, at, by| orders.paused = Some(Pause { at, by, reason })).await
        }
        Request::Resume { target } => change(view, uid, &target, |orders, _, _| orders.paused = None).await,
        Request::Release { target } => change(view, uid, &target, |orders, _, _| orders.size = None).await,
        Request::Scale { target, replicas, reason } => {
            if let Some(page) = view.targets.page(&target)
                && page.bounds.clamp(replicas) != replicas
            {
                let (min, max) = (page.bounds.min, page.bounds.max);
                let message = format!(
                    "{replicas} is outside the bounds of `{target}`, {min} to {max}; change them in the config"
                );
                return refused(RefusalKind::BadRequest, message);
            }
            let before = match view.house.board.target(&target) {
                Some(found) => views::whole(&target, &found, view.house.clock.now()),
                None => not_yet_seen(view, &target),
            };
            let fix = |orders: &mut Orders, at, by| orders.size = Some(SizeOrder { replicas, at, by, reason });
            match change(view, uid, &target, fix).await {
                Reply::Ok(mut orders) => {
                    orders["before"] = before;
                    Reply::Ok(orders)
                }
                refused @ Reply::Refused(_) => refused,
            }
        }
        Request::Events { .. } => refused(RefusalKind::BadRequest, "events are told line by line".to_owned()),
    }
}

/// All targets, those before their first tick too.
fn status(view: &View) -> Value {
    let now = view.house.clock.now();
    let mut board = view.house.board.all();
    for name in view.targets.names() {
        board.entry(name).or_default();
    }
    let targets: Vec<Value> = board.iter().map(|(name, target)| views::summary(name, target, now)).collect();
    json!({"version": env!("CARGO_PKG_VERSION"), "now": now.0, "targets": targets})
}

async fn change(
    view: &View,
    uid: u32,
    target: &str,
    with: impl FnOnce(&mut Orders, scaling_core::units::Timestamp, String),
) -> Reply {
    if uid != 0 && uid != rustix::process::geteuid().as_raw() {
        let message = "only root and the user that trimtab runs as may change something".to_owned();
        return refused(RefusalKind::NotAllowed, message);
    }
    let Some(page) = view.targets.page(target) else { return no_such_target(view, target) };
    let _one_at_a_time = page.changing.lock().await;
    let now = view.house.clock.now();
    let mut orders = lock(&page.orders).clone();
    with(&mut orders, now, user_name(uid));
    let event = match write_down(view, target, &orders, now).await {
        Ok(event) => event,
        Err(message) => return refused(RefusalKind::Journal, message),
    };
    obey(&page, &orders);
    let mut text = String::new();
    contract_json::encode::orders(&orders, &mut text);
    let mut told: Value = serde_json::from_str(&text).unwrap_or_else(|_| json!({}));
    told["event"] = json!(event.0);
    Reply::Ok(told)
}

/// First written down, then in force. The number of the event that tells of it.
async fn write_down(
    view: &View,
    target: &str,
    orders: &Orders,
    now: scaling_core::units::Timestamp,
) -> Result<EventId, String> {
    let event = Event::orders(target, now, orders).into_new();
    let body = (*orders != Orders::default()).then(|| event.body.clone());
    let journal = &view.house.journal;
    journal.set_order(&TargetName(target.to_owned()), body).await.map_err(|error| error.to_string())?;
    let latest = *journal.latest_event().borrow();
    Ok(journal.note(event).await.unwrap_or_else(|error| {
        // The order stands; only that it was given is not told.
        tracing::error!(target, %error, "failed to record an event");
        latest
    }))
}

fn obey(page: &Page, orders: &Orders) {
    *lock(&page.orders) = orders.clone();
    page.nudge.notify_one();
}

fn user_name(uid: u32) -> String {
    uzers::get_user_by_uid(uid).map_or_else(|| format!("uid {uid}"), |user| user.name().to_string_lossy().into_owned())
}

fn not_yet_seen(view: &View, target: &str) -> Value {
    views::whole(target, &TargetView::default(), view.house.clock.now())
}

fn no_such_target(view: &View, target: &str) -> Reply {
    let known = view.targets.names().join(", ");
    refused(RefusalKind::NoSuchTarget, format!("there is no target `{target}`; there are: {known}"))
}

fn refused(kind: RefusalKind, message: String) -> Reply {
    Reply::Refused(Refusal { kind, message })
}
