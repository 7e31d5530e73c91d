//! Which bus.

use std::fmt;

use serde::{Deserialize, Serialize};

/// `system`, `user`, or an address such as `unix:path=/run/dbus/system_bus_socket`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BusAddress {
    /// That of the machine.
    #[default]
    System,
    /// That of the user who runs this program.
    User,
    /// Another one, in the words of D-Bus.
    Address(String),
}

impl BusAddress {
    /// The same bus in one spelling, as far as can be told.
    #[must_use]
    pub fn in_one_spelling(&self) -> Self {
        match self {
            Self::Address(address) if SYSTEM.contains(&address.as_str()) => Self::System,
            other => other.clone(),
        }
    }
}

/// Where the bus of the machine is, everywhere.
const SYSTEM: [&str; 2] = ["unix:path=/run/dbus/system_bus_socket", "unix:path=/var/run/dbus/system_bus_socket"];

impl TryFrom<String> for BusAddress {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "system" => Ok(Self::System),
            "user" => Ok(Self::User),
            address if zbus::Address::try_from(address).is_ok() => Ok(Self::Address(text)),
            _ => Err(format!(
                "expected \"system\", \"user\", or an address such as \"unix:path=/run/dbus/system_bus_socket\", not {text:?}"
            )),
        }
    }
}

impl From<BusAddress> for String {
    fn from(address: BusAddress) -> Self {
        address.to_string()
    }
}

impl fmt::Display for BusAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "system",
            Self::User => "user",
            Self::Address(address) => address,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_as_it_is_written() {
        for text in ["system", "user", "unix:path=/run/dbus/system_bus_socket"] {
            assert_eq!(BusAddress::try_from(text.to_owned()).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "session", "/run/dbus/system_bus_socket", "carrier:pigeon=1"] {
            let error = BusAddress::try_from(text.to_owned()).unwrap_err();
            assert!(error.contains(&format!("{text:?}")), "{error}");
        }
    }
}
