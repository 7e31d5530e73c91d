//! What an error of D-Bus means to us.

use std::io::ErrorKind;
use std::time::Duration;

use scaling_core::units::millis;
use zbus::fdo;

use super::address::BusAddress;
use super::outcome::BusError;

/// What was asked, for the message.
#[derive(Clone, Copy, Debug)]
pub enum Call<'a> {
    /// A question that needs no right.
    Manager(&'static str),
    /// Something done to a unit: the method, the verb that polkit knows, the unit.
    Unit(&'static str, &'static str, &'a str),
    /// Something done to unit files: the method, the unit.
    Files(&'static str, &'a str),
    /// systemd reads its unit files anew.
    Reload,
}

impl Call<'_> {
    /// The method or the property.
    pub fn method(self) -> &'static str {
        match self {
            Self::Manager(method) | Self::Unit(method, ..) | Self::Files(method, _) => method,
            Self::Reload => "Reload",
        }
    }

    fn unit(self) -> Option<String> {
        match self {
            Self::Unit(_, _, unit) | Self::Files(_, unit) => Some(unit.to_owned()),
            Self::Manager(_) | Self::Reload => None,
        }
    }

    fn denied(self, told: &str) -> BusError {
        let needed = match self {
            Self::Unit(_, verb, unit) => format!("{MANAGE_UNITS} for unit {unit:?} and verb {verb:?}"),
            Self::Files(..) => MANAGE_FILES.to_owned(),
            Self::Reload => RELOAD.to_owned(),
            Self::Manager(_) => return BusError::Denied(format!("systemd allows no {}: {told}", self.method())),
        };
        BusError::Denied(format!("not allowed to {}: a rule of polkit has to grant {needed} ({told})", self.doing()))
    }

    fn doing(self) -> String {
        match self {
            Self::Unit(_, verb, unit) => format!("{verb} {unit}"),
            Self::Files("EnableUnitFiles", unit) => format!("enable {unit}"),
            Self::Files(_, unit) => format!("disable {unit}"),
            Self::Reload => "reload systemd's unit files".to_owned(),
            Self::Manager(method) => format!("ask for {method}"),
        }
    }
}

const MANAGE_UNITS: &str = "org.freedesktop.systemd1.manage-units";
const MANAGE_FILES: &str = "org.freedesktop.systemd1.manage-unit-files";
const RELOAD: &str = "org.freedesktop.systemd1.reload-daemon";

/// An answer that did not come.
pub fn late(call: &'static str, limit: Duration) -> BusError {
    BusError::Timeout { call, limit_ms: millis(limit) }
}

/// No connection was made.
pub fn unreachable(address: &BusAddress, error: &zbus::Error) -> BusError {
    BusError::Lost(format!("no systemd is reached on bus {address}: {error}"))
}

/// The bus itself does not answer: systemd was not even asked.
pub fn bus_hangs(address: &BusAddress, limit: Duration) -> BusError {
    BusError::Lost(format!("no systemd is reached on bus {address}: the bus did not answer within {limit:?}"))
}

/// What an error says about what was asked.
pub fn from(error: &zbus::Error, call: Call<'_>, limit: Duration) -> BusError {
    match error {
        zbus::Error::InputOutput(error) if error.kind() == ErrorKind::TimedOut => late(call.method(), limit),
        zbus::Error::InputOutput(error) => BusError::Lost(format!("the connection to the bus broke: {error}")),
        zbus::Error::FDO(error) => from_bus(error, call),
        zbus::Error::MethodError(name, told, _) => {
            from_systemd(name.as_str(), told.as_deref().unwrap_or(name.as_str()), call)
        }
        other => BusError::Refused(format!("failed to {}: {other}", call.doing())),
    }
}

fn from_bus(error: &fdo::Error, call: Call<'_>) -> BusError {
    use fdo::Error as E;
    match error {
        E::AccessDenied(told) | E::InteractiveAuthorizationRequired(told) | E::AuthFailed(told) => call.denied(told),
        E::NoReply(told)
        | E::Disconnected(told)
        | E::ServiceUnknown(told)
        | E::NameHasNoOwner(told)
        | E::NoServer(told)
        | E::Timeout(told)
        | E::TimedOut(told) => BusError::Lost(format!("systemd left the bus: {told}")),
        E::FileNotFound(_) => no_such_unit(call, "FileNotFound"),
        other => BusError::Refused(format!("failed to {}: {other}", call.doing())),
    }
}

fn from_systemd(name: &str, told: &str, call: Call<'_>) -> BusError {
    match name {
        "org.freedesktop.systemd1.NoSuchUnit" | "System.Error.ENOENT" => no_such_unit(call, told),
        _ => BusError::Refused(format!("failed to {}: {told}", call.doing())),
    }
}

fn no_such_unit(call: Call<'_>, told: &str) -> BusError {
    match call.unit() {
        Some(unit) => BusError::NoSuchUnit(unit),
        None => BusError::Refused(format!("failed to {}: {told}", call.doing())),
    }
}

/// Who subscribes twice is told so; that is no error.
pub fn unless_subscribed(error: zbus::Error) -> zbus::Result<()> {
    match error {
        zbus::Error::MethodError(name, ..) if name.as_str() == "org.freedesktop.systemd1.AlreadySubscribed" => Ok(()),
        other => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);
    const START: Call<'_> = Call::Unit("StartUnit", "start", "drakrun@1.service");

    #[test]
    fn who_is_denied_hears_what_is_missing() {
        let denied = zbus::Error::FDO(Box::new(fdo::Error::InteractiveAuthorizationRequired("ask".to_owned())));
        let BusError::Denied(text) = from(&denied, START, LIMIT) else { panic!() };
        for word in ["start drakrun@1.service", "manage-units", "verb \"start\""] {
            assert!(text.contains(word), "{text}");
        }
        let BusError::Denied(text) = from(&denied, Call::Reload, LIMIT) else { panic!() };
        assert!(text.contains("reload-daemon"), "{text}");
    }

    #[test]
    fn errors_are_told_apart() {
        let io = |kind: ErrorKind| zbus::Error::InputOutput(std::sync::Arc::new(kind.into()));
        assert_eq!(from(&io(ErrorKind::TimedOut), START, LIMIT), late("StartUnit", LIMIT));
        assert!(matches!(from(&io(ErrorKind::BrokenPipe), START, LIMIT), BusError::Lost(_)));
        let gone = zbus::Error::FDO(Box::new(fdo::Error::NoReply("gone".to_owned())));
        assert!(matches!(from(&gone, START, LIMIT), BusError::Lost(_)));
        let unknown = from_systemd("org.freedesktop.systemd1.NoSuchUnit", "no", START);
        assert_eq!(unknown, BusError::NoSuchUnit("drakrun@1.service".to_owned()));
        let masked = from_systemd("org.freedesktop.systemd1.UnitMasked", "Unit is masked.", START);
        assert_eq!(masked, BusError::Refused("failed to start drakrun@1.service: Unit is masked.".to_owned()));
    }
}
