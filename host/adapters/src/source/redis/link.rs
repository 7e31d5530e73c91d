//! One connection to a Redis, shared by all questions, made anew when it breaks.

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ConnectionAddr, ErrorKind, IntoConnectionInfo, RedisConnectionInfo};
use redis::{ClientTlsConfig, Cmd, FromRedisValue, RedisError, ServerErrorKind, TlsCertificates, Value};
use scaling_core::units::millis;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::{Connection, RedisAddress};
use crate::source::SourceError;
use crate::tls::{self, Tls};

/// An open connection to a Redis.
pub struct RedisLink {
    connection: Connection,
    open: Mutex<Option<MultiplexedConnection>>,
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
        Self { connection, open: Mutex::new(None) }
    }

    /// Where it leads.
    pub(super) fn place(&self) -> &RedisAddress {
        &self.connection.address
    }

    /// Sends one command. A connection that turns out to be dead (the server was restarted) is replaced
    /// once, within the same time-out.
    pub(super) async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Failure> {
        let limit = self.connection.timeout.get();
        match timeout(limit, self.send(command)).await {
            Ok(Ok(value)) => redis::from_redis_value(value).map_err(|error| self.garbled(&error.to_string())),
            Ok(Err(error)) => {
                self.forget_if_unfit(&error).await;
                Err(error)
            }
            Err(_) => {
                self.open.lock().await.take();
                Err(Failure::Other(SourceError::Timeout { limit_ms: millis(limit) }))
            }
        }
    }

    async fn send(&self, command: &Cmd) -> Result<Value, Failure> {
        let (mut connection, used_before) = self.connected().await?;
        match connection.send_packed_command(command).await.and_then(Value::extract_error) {
            Err(error) if used_before && error.is_unrecoverable_error() => {}
            answer => return answer.map_err(|error| self.explain(&error)),
        }
        self.open.lock().await.take();
        let (mut connection, _) = self.connected().await?;
        let answer = connection.send_packed_command(command).await.and_then(Value::extract_error);
        answer.map_err(|error| self.explain(&error))
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

    fn garbled(&self, text: &str) -> Failure {
        Failure::Other(SourceError::Garbled(format!("{}: {text}", self.place())))
    }
}

fn certificates(files: &Tls) -> Result<TlsCertificates, SourceError> {
    let material = files.read().map_err(SourceError::Denied)?;
    let client_tls = material.identity.map(|(client_cert, client_key)| ClientTlsConfig { client_cert, client_key });
    Ok(TlsCertificates { client_tls, root_cert: material.ca })
}
