//! What we ask of systemd's manager, as `org.freedesktop.systemd1(5)` describes it.

use zbus::{OwnedObjectPath, proxy};

/// systemd's name on a bus.
pub const SYSTEMD: &str = "org.freedesktop.systemd1";
/// Where its manager is.
pub const MANAGER_PATH: &str = "/org/freedesktop/systemd1";
/// The interface of its manager.
pub const MANAGER: &str = "org.freedesktop.systemd1.Manager";
/// The interface of all units.
pub const UNIT: &str = "org.freedesktop.systemd1.Unit";
/// The interface of services.
pub const SERVICE: &str = "org.freedesktop.systemd1.Service";

/// A unit, as it is listed: name, description, load, active and sub state, the unit that it follows, path, job.
pub type Row = (String, String, String, String, String, String, OwnedObjectPath, u32, String, OwnedObjectPath);
/// A link that was made or removed: how, which, where to.
pub type Change = (String, String, String);

#[proxy(
    interface = "org.freedesktop.systemd1.Manager",
    default_service = "org.freedesktop.systemd1",
    default_path = "/org/freedesktop/systemd1"
)]
pub trait Manager {
    /// Without it, systemd tells this connection of nothing but its own jobs.
    fn subscribe(&self) -> zbus::Result<()>;
    fn list_units_by_patterns(&self, states: &[&str], patterns: &[&str]) -> zbus::Result<Vec<Row>>;
    fn load_unit(&self, name: &str) -> zbus::Result<OwnedObjectPath>;
    fn start_unit(&self, name: &str, mode: &str) -> zbus::Result<OwnedObjectPath>;
    fn stop_unit(&self, name: &str, mode: &str) -> zbus::Result<OwnedObjectPath>;
    fn kill_unit(&self, name: &str, whom: &str, signal: i32) -> zbus::Result<()>;
    fn reset_failed_unit(&self, name: &str) -> zbus::Result<()>;
    fn get_unit_file_state(&self, file: &str) -> zbus::Result<String>;
    fn enable_unit_files(&self, files: &[&str], runtime: bool, force: bool) -> zbus::Result<(bool, Vec<Change>)>;
    fn disable_unit_files(&self, files: &[&str], runtime: bool) -> zbus::Result<Vec<Change>>;
    fn reload(&self) -> zbus::Result<()>;
    /// When it began, in µs of the wall clock. It stays when systemd executes itself anew.
    #[zbus(property(emits_changed_signal = "false"))]
    fn userspace_timestamp(&self) -> zbus::Result<u64>;
    /// `running`, `degraded`, `starting`, `stopping`.
    #[zbus(property(emits_changed_signal = "false"))]
    fn system_state(&self) -> zbus::Result<String>;
}
