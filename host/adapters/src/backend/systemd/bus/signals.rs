//! Reads what systemd tells, always and at once: a queue that fills up would hold up every answer.

use futures_util::StreamExt;
use tokio::task::consume_budget;
use zbus::Message;
use zbus::message::{Header, Type};

use super::jobs::Jobs;
use super::link::Incoming;
use super::notes::Notes;
use super::outcome::BusError;

const UNIT_PATHS: &str = "/org/freedesktop/systemd1/unit/";

/// What a signal says.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    /// A unit changed, or is gone.
    Unit(String),
    /// A job ended: its path, and how.
    Job(String, String),
    /// Links of unit files changed.
    Files,
    /// systemd reads its unit files anew, or is done with it.
    Reloading(bool),
    /// systemd is another one than before.
    Owner,
}

/// Reads until the connection ends; returns why it did. `is_ours` says which units matter.
pub async fn read(incoming: Incoming, jobs: &Jobs, notes: &Notes, is_ours: impl Fn(&str) -> bool) -> BusError {
    let Incoming { mut stream, systemd } = incoming;
    while let Some(message) = stream.next().await {
        let message = match message {
            Ok(message) => message,
            Err(error) => return BusError::Lost(format!("the connection to the bus broke: {error}")),
        };
        match told(&message, systemd.as_str(), &is_ours) {
            Some(Told::Unit(unit)) => notes.write(|batch| batch.units.extend([unit])),
            Some(Told::Job(job, result)) => jobs.ended(job, result),
            Some(Told::Files) => notes.write(|batch| batch.files = true),
            Some(Told::Reloading(active)) => notes.write(|batch| batch.reloading = Some(active)),
            Some(Told::Owner) => return BusError::Lost("systemd left its bus: it ended, or begins anew".to_owned()),
            None => {}
        }
        // Gives way to others now and then, should the signals never end.
        consume_budget().await;
    }
    BusError::Lost("the bus closed the connection".to_owned())
}

/// `None`: it is not a signal, not for us, or not systemd's.
fn told(message: &Message, systemd: &str, is_ours: &impl Fn(&str) -> bool) -> Option<Told> {
    if message.message_type() != Type::Signal {
        return None;
    }
    let header = message.header();
    match header.sender()?.as_str() {
        sender if sender == systemd => of_systemd(message, &header, is_ours),
        "org.freedesktop.DBus" => of_bus(message, &header, systemd),
        _ => None,
    }
}

fn of_systemd(message: &Message, header: &Header<'_>, is_ours: &impl Fn(&str) -> bool) -> Option<Told> {
    let body = message.body();
    match header.member()?.as_str() {
        "PropertiesChanged" => {
            let unit = unit_of_path(header.path()?.as_str())?;
            is_ours(&unit).then_some(Told::Unit(unit))
        }
        "JobRemoved" => {
            let (_, job, _, result): (u32, zbus::ObjectPath<'_>, &str, &str) = body.deserialize().ok()?;
            Some(Told::Job(job.to_string(), result.to_owned()))
        }
        "UnitRemoved" => {
            let (unit, _): (&str, zbus::ObjectPath<'_>) = body.deserialize().ok()?;
            is_ours(unit).then(|| Told::Unit(unit.to_owned()))
        }
        "UnitFilesChanged" => Some(Told::Files),
        "Reloading" => body.deserialize().ok().map(Told::Reloading),
        _ => None,
    }
}

/// The name of systemd has passed to another, or is free: also after `daemon-reexec`.
fn of_bus(message: &Message, header: &Header<'_>, systemd: &str) -> Option<Told> {
    if header.member()?.as_str() != "NameOwnerChanged" {
        return None;
    }
    let body = message.body();
    let (name, _, new): (&str, &str, &str) = body.deserialize().ok()?;
    (name == super::manager::SYSTEMD && new != systemd).then_some(Told::Owner)
}

/// The unit of an object: in its path, all that is neither letter nor digit is written as `_` and two hex digits.
fn unit_of_path(path: &str) -> Option<String> {
    let mut unit = Vec::new();
    let mut rest = path.strip_prefix(UNIT_PATHS)?.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'_' {
            let (hex, after) = rest.split_at_checked(2)?;
            unit.push(u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?);
            rest = after;
        } else {
            unit.push(byte);
        }
    }
    String::from_utf8(unit).ok()
}

/// The object of a unit. systemd loads the unit when it is asked for.
pub fn path_of_unit(unit: &str) -> String {
    let mut path = UNIT_PATHS.to_owned();
    for (at, byte) in unit.bytes().enumerate() {
        // A digit at the beginning is escaped too.
        if byte.is_ascii_alphabetic() || (at > 0 && byte.is_ascii_digit()) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("_{byte:02x}"));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_their_objects() {
        let path = "/org/freedesktop/systemd1/unit/drak_2dpostprocess_401_2eservice";
        assert_eq!(path_of_unit("drak-postprocess@1.service"), path);
        assert_eq!(unit_of_path(path).as_deref(), Some("drak-postprocess@1.service"));
        assert_eq!(path_of_unit("7z@1.service"), "/org/freedesktop/systemd1/unit/_37z_401_2eservice");
        for odd in [
            "/org/freedesktop/systemd1/job/1",
            "/org/freedesktop/systemd1/unit/a_4",
            "/org/freedesktop/systemd1/unit/a_zz",
        ] {
            assert_eq!(unit_of_path(odd), None, "{odd}");
        }
    }

    fn signal(member: &str, sender: &str, body: &(u32, zbus::ObjectPath<'_>, &str, &str)) -> Message {
        let builder = Message::signal("/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", member);
        builder.sender(sender).build(body).unwrap()
    }

    #[test]
    fn only_systemd_is_believed() {
        let body = (7, zbus::ObjectPath::try_from("/org/freedesktop/systemd1/job/7").unwrap(), "a.service", "done");
        let of = |sender| told(&signal("JobRemoved", sender, &body), ":1.1", &|_| true);
        assert_eq!(of(":1.1"), Some(Told::Job("/org/freedesktop/systemd1/job/7".to_owned(), "done".to_owned())));
        assert_eq!(of(":1.9"), None);
    }

    #[test]
    fn a_signal_of_another_shape_is_no_signal() {
        let message = Message::signal("/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "JobRemoved");
        let message = message.sender(":1.1").build(&"text").unwrap();
        assert_eq!(told(&message, ":1.1", &|_| true), None);
    }
}
