//! One connection, from its making to its end.

use std::num::NonZeroUsize;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;
use zbus::fdo::DBusProxy;
use zbus::names::{BusName, OwnedUniqueName};
use zbus::proxy::CacheProperties;
use zbus::{Connection, MatchRule, MessageStream, OwnedVariant};

use super::address::BusAddress;
use super::fault::{self, Call};
use super::jobs::Jobs;
use super::manager::{MANAGER, MANAGER_PATH, ManagerProxy, SYSTEMD, UNIT};
use super::outcome::BusError;

/// A bus lets nobody have more than 128 questions open, unless it is told otherwise.
const MOST_OPEN: usize = 32;
/// No question of ours is given longer; what is asked says how long it really may take.
const LONGEST: Duration = Duration::from_secs(90);
/// Signals that may wait until they are read. A queue that is full would hold up the answers behind it.
const MOST_QUEUED: NonZeroUsize = NonZeroUsize::new(16 * 1024).unwrap();

/// A connection to a bus on which systemd answers, and tells of what changes.
pub struct Link {
    connection: Connection,
    manager: ManagerProxy<'static>,
    open: Semaphore,
    /// How long the questions that nobody waits for may take.
    pub timeout: Duration,
    /// The jobs that are waited for.
    pub jobs: Jobs,
}

/// What comes in on a link.
pub struct Incoming {
    /// All messages.
    pub stream: MessageStream,
    /// Who systemd is: what others send is not systemd's word.
    pub systemd: OwnedUniqueName,
}

impl Link {
    /// Connects, and has systemd tell of its changes. Takes a few times `limit` at most.
    pub async fn open(address: &BusAddress, limit: Duration) -> Result<(Self, Incoming), BusError> {
        let connecting = timeout(limit, connect(address));
        let connection = match connecting.await {
            Ok(connected) => connected.map_err(|error| fault::unreachable(address, &error))?,
            Err(_) => return Err(fault::bus_hangs(address, limit)),
        };
        let mut stream = MessageStream::from(&connection);
        stream.set_max_queued(MOST_QUEUED);
        let subscribing = timeout(limit, subscribe(&connection));
        let (manager, systemd) = match subscribing.await {
            Ok(subscribed) => subscribed.map_err(|error| fault::unreachable(address, &error))?,
            Err(_) => return Err(fault::late("Subscribe", limit)),
        };
        let open = Semaphore::new(MOST_OPEN);
        let link = Self { connection, manager, open, timeout: limit, jobs: Jobs::default() };
        Ok((link, Incoming { stream, systemd }))
    }

    /// systemd's manager. What is asked of it goes through [`Link::ask`].
    pub fn manager(&self) -> &ManagerProxy<'static> {
        &self.manager
    }

    /// Asks, and gives it so long, not counted what it waits for others of ours to be answered.
    pub async fn ask<T>(
        &self,
        call: Call<'_>,
        limit: Duration,
        question: impl Future<Output = zbus::Result<T>>,
    ) -> Result<T, BusError> {
        let lost = |_| BusError::Lost("the connection to the bus was given up".to_owned());
        let _permit = self.open.acquire().await.map_err(lost)?;
        bounded(call, limit, question).await
    }

    /// Whether the machine is going down. Costs next to nothing, and waits for no other question: whether systemd
    /// answers is asked with it.
    pub async fn is_stopping(&self, limit: Duration) -> Result<bool, BusError> {
        let state = bounded(Call::Manager("SystemState"), limit, self.manager.system_state()).await?;
        Ok(state == "stopping")
    }

    /// It is lost: who waits for his turn or for a job waits no longer.
    pub fn give_up(&self) {
        self.open.close();
        self.jobs.give_up();
    }

    /// One property of a unit.
    pub async fn get<T>(
        &self,
        path: &str,
        interface: &str,
        property: &'static str,
        limit: Duration,
    ) -> Result<T, BusError>
    where
        T: TryFrom<OwnedVariant, Error: Into<zbus::Error>>,
    {
        let question = async {
            let properties = Some("org.freedesktop.DBus.Properties");
            let which = (interface, property);
            let answer = self.connection.call_method(Some(SYSTEMD), path, properties, "Get", &which).await?;
            let value: OwnedVariant = answer.body().deserialize()?;
            T::try_from(value).map_err(Into::into)
        };
        // Many of them are asked for together: boxed, they are small.
        Box::pin(self.ask(Call::Manager(property), limit, question)).await
    }
}

async fn bounded<T>(
    call: Call<'_>,
    limit: Duration,
    question: impl Future<Output = zbus::Result<T>>,
) -> Result<T, BusError> {
    match timeout(limit, question).await {
        Ok(answer) => answer.map_err(|error| fault::from(&error, call, limit)),
        Err(_) => Err(fault::late(call.method(), limit)),
    }
}

async fn connect(address: &BusAddress) -> zbus::Result<Connection> {
    let builder = match address {
        BusAddress::System => zbus::connection::Builder::system(),
        BusAddress::User => zbus::connection::Builder::session(),
        BusAddress::Address(address) => zbus::connection::Builder::address(address.as_str()),
    };
    builder.method_timeout(LONGEST).build().await
}

/// First the rules, then the subscription: nothing that systemd tells afterwards is missed.
async fn subscribe(connection: &Connection) -> zbus::Result<(ManagerProxy<'static>, OwnedUniqueName)> {
    let bus = DBusProxy::builder(connection).cache_properties(CacheProperties::No).build().await?;
    for rule in rules()? {
        bus.add_match_rule(rule).await?;
    }
    let manager = ManagerProxy::builder(connection).cache_properties(CacheProperties::No).build().await?;
    manager.subscribe().await.or_else(fault::unless_subscribed)?;
    let systemd = bus.get_name_owner(BusName::try_from(SYSTEMD)?).await?;
    Ok((manager, systemd))
}

/// What we want to be told.
fn rules() -> zbus::Result<Vec<MatchRule<'static>>> {
    let signal = || MatchRule::builder().msg_type(zbus::message::Type::Signal);
    let mut rules = Vec::new();
    for member in ["JobRemoved", "UnitRemoved", "UnitFilesChanged", "Reloading"] {
        let manager = signal().sender(SYSTEMD).path(MANAGER_PATH).interface(MANAGER);
        rules.push(manager.member(member).build()?);
    }
    // A change of a service is told twice, for the service first and then for the unit; the second is enough.
    let units = signal().sender(SYSTEMD).path_namespace("/org/freedesktop/systemd1/unit");
    let changes = units.interface("org.freedesktop.DBus.Properties").member("PropertiesChanged");
    rules.push(changes.arg(0, UNIT).build()?);
    let names = signal().sender("org.freedesktop.DBus").interface("org.freedesktop.DBus");
    rules.push(names.member("NameOwnerChanged").arg(0, SYSTEMD).build()?);
    Ok(rules)
}
