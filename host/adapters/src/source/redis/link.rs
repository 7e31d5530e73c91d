//! One connection to a Redis, shared by all questions, made anew when it breaks.

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ConnectionAddr, ErrorKind, IntoConnectionInfo, RedisConnectionInfo};
use redis::{ClientTlsConfig, Cmd, FromRedisValue, Pipeline, RedisError, ServerErrorKind, TlsCertificates, Value, cmd};
use scaling_core::units::millis;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::{Connection, RedisAddress};
use crate::source::SourceError;
use crate::source::karton::Desk;
use crate::tls::{self, Tls};

/// An open connection to a Redis.
pub struct RedisLink {
    connection: Connection,
    open: Mutex<Option<MultiplexedConnection>>,
    /// The last look at all Karton tasks of this database, for all who ask in the same moment.
    pub(in crate::source) karton: Desk,
}

/// Why a command gave no number.
pub(super) enum Failure {
    /// The key holds another type.
    WrongType,
    /// Anything else.
    Other(SourceError),
}

impl RedisLink {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection, open: Mutex::new(None), karton: Desk::default() }
    }

    /// Where it leads.
    pub(super) fn place(&self) -> &RedisAddress {
        &self.connection.address
    }

    /// The text at a key; `None` if there is none.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, SourceError> {
        let found = self.query(cmd("GET").arg(key)).await;
        found.map_err(|failure| match failure {
            Failure::WrongType => SourceError::Garbled(format!("{}: key {key:?} holds no text", self.place())),
            Failure::Other(error) => error,
        })
    }

    /// Sends one command. A connection that turns out to be dead (the server was restarted) is replaced
    /// once, within the same time-out.
    pub(super) async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Failure> {
        let mut alone = Pipeline::with_capacity(1);
        alone.add_command(command.clone());
        let reply = self.exchange(&alone).await?.pop().unwrap_or(Value::Nil);
        match reply.extract_error() {
            Ok(value) => redis::from_redis_value(value).map_err(|error| self.garbled(&error.to_string())),
            Err(error) => {
                let failure = self.explain(&error);
                self.forget_if_unfit(&failure).await;
                Err(failure)
            }
        }
    }

    /// Sends several commands in one go, and tells how each went. The error is one of the connection.
    pub(in crate::source) async fn batch(
        &self,
        commands: Vec<Cmd>,
    ) -> Result<Vec<Result<Value, SourceError>>, SourceError> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let mut together = Pipeline::with_capacity(commands.len());
        for command in commands {
            together.add_command(command);
        }
        let replies = self.exchange(&together).await.map_err(|failure| self.in_words(failure))?;
        let told = |reply: Value| reply.extract_error().map_err(|error| self.in_words(self.explain(&error)));
        Ok(replies.into_iter().map(told).collect())
    }

    async fn exchange(&self, commands: &Pipeline) -> Result<Vec<Value>, Failure> {
        let limit = self.connection.timeout.get();
        match timeout(limit, self.send(commands)).await {
            Ok(Ok(replies)) => Ok(replies),
            Ok(Err(failure)) => {
                self.forget_if_unfit(&failure).await;
                Err(failure)
            }
            Err(_) => {
                self.open.lock().await.take();
                Err(Failure::Other(SourceError::Timeout { limit_ms: millis(limit) }))
            }
        }
    }

    async fn send(&self, commands: &Pipeline) -> Result<Vec<Value>, Failure> {
        let (mut connection, used_before) = self.connected().await?;
        match connection.send_packed_commands(commands, 0, commands.len()).await {
            Err(error) if used_before && error.is_unrecoverable_error() => {}
            replies => return replies.map_err(|error| self.explain(&error)),
        }
        self.open.lock().await.take();
        let (mut connection, _) = self.connected().await?;
        let replies = connection.send_packed_commands(commands, 0, commands.len()).await;
        replies.map_err(|error| self.explain(&error))
    }

    /// The connection, and whether it was there before.
    async fn connected(&self) -> Result<(MultiplexedConnection, bool), Failure> {
        let mut open = self.open.lock().await;
        if let Some(connection) = &*open {
            return Ok((connection.clone(), true));
        }
        let limit = Some(self.connection.timeout.get());
        let limits = AsyncConnectionConfig::new().set_connection_timeout(limit).set_response_timeout(limit);
        let client = self.client().map_err(Failure::Other)?;
        let connection = client.get_multiplexed_async_connection_with_config(&limits).await;
        let connection = connection.map_err(|error| self.explain(&error))?;
        *open = Some(connection.clone());
        Ok((connection, false))
    }

    async fn forget_if_unfit(&self, error: &Failure) {
        if let Failure::Other(SourceError::Unreachable(_) | SourceError::Timeout { .. } | SourceError::Denied(_)) =
            error
        {
            self.open.lock().await.take();
        }
    }

    /// A client with the secrets as they are now.
    fn client(&self) -> Result<Client, SourceError> {
        let connection = &self.connection;
        let mut login = RedisConnectionInfo::default().set_db(i64::from(connection.database_index));
        if let Some(username) = &connection.username {
            login = login.set_username(username);
        }
        if let Some(password) = &connection.password {
            login = login.set_password(password.read()?.expose());
        }
        let invalid = |error: RedisError| SourceError::Denied(format!("{}: {error}", self.place()));
        let info = self.address().into_connection_info().map_err(invalid)?.set_redis_settings(login);
        match &connection.tls {
            None => Client::open(info).map_err(invalid),
            Some(files) => {
                tls::install();
                Client::build_with_tls(info, certificates(files)?).map_err(invalid)
            }
        }
    }

    fn address(&self) -> ConnectionAddr {
        match (self.place().clone(), &self.connection.tls) {
            (RedisAddress::Unix(path), _) => ConnectionAddr::Unix(path),
            (RedisAddress::Tcp { host, port }, None) => ConnectionAddr::Tcp(host, port),
            (RedisAddress::Tcp { host, port }, Some(tls)) => {
                ConnectionAddr::TcpTls { host, port, insecure: tls.unsafe_ssl, tls_params: None }
            }
        }
    }

    fn explain(&self, error: &RedisError) -> Failure {
        let text = format!("{}: {error}", self.place());
        if error.code() == Some("WRONGTYPE") {
            return Failure::WrongType;
        }
        Failure::Other(match error.kind() {
            _ if error.is_timeout() => SourceError::Timeout { limit_ms: millis(self.connection.timeout.get()) },
            _ if matches!(error.code(), Some("NOAUTH" | "WRONGPASS" | "NOPERM")) => SourceError::Denied(text),
            ErrorKind::AuthenticationFailed | ErrorKind::InvalidClientConfig => SourceError::Denied(text),
            ErrorKind::Io
            | ErrorKind::Server(
                ServerErrorKind::BusyLoading
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::TryAgain,
            ) => SourceError::Unreachable(text),
            _ => SourceError::Garbled(text),
        })
    }

    fn in_words(&self, failure: Failure) -> SourceError {
        match failure {
            Failure::WrongType => {
                SourceError::Garbled(format!("{}: a key holds another type than expected", self.place()))
            }
            Failure::Other(error) => error,
        }
    }

    fn garbled(&self, text: &str) -> Failure {
        Failure::Other(SourceError::Garbled(format!("{}: {text}", self.place())))
    }
}

fn certificates(files: &Tls) -> Result<TlsCertificates, SourceError> {
    let material = files.read().map_err(SourceError::Denied)?;
    let client_tls = material.identity.map(|(client_cert, client_key)| ClientTlsConfig { client_cert, client_key });
    Ok(TlsCertificates { client_tls, root_cert: material.ca })
}
