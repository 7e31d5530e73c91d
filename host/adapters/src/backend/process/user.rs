//! Whom a worker runs as.

use std::path::PathBuf;

use thiserror::Error;
use uzers::os::unix::UserExt;

/// A user that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunAs {
    /// Its number.
    pub uid: u32,
    /// The group it runs with.
    pub gid: u32,
    /// Its name.
    pub name: String,
    /// Its home directory.
    pub home: PathBuf,
    /// Its shell.
    pub shell: PathBuf,
}

/// Why a worker can't run as configured.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum UserError {
    /// No such user.
    #[error("there is no user {0:?} on this machine")]
    UnknownUser(String),
    /// No such group.
    #[error("there is no group {0:?} on this machine")]
    UnknownGroup(String),
    /// Only root can become someone else.
    #[error("workers can run as {0:?} only if trimtab runs as root")]
    NotRoot(String),
    /// A group alone.
    #[error("a group needs a user beside it")]
    GroupWithoutUser,
}

/// Looks `user` and `group` up. `None`: the worker runs as the host does.
pub fn find(user: Option<&str>, group: Option<&str>) -> Result<Option<RunAs>, UserError> {
    let Some(name) = user else {
        return if group.is_some() { Err(UserError::GroupWithoutUser) } else { Ok(None) };
    };
    let found = uzers::get_user_by_name(name).ok_or_else(|| UserError::UnknownUser(name.to_owned()))?;
    let gid = match group {
        None => found.primary_group_id(),
        Some(group) => uzers::get_group_by_name(group).ok_or_else(|| UserError::UnknownGroup(group.to_owned()))?.gid(),
    };
    let own = uzers::get_effective_uid();
    if own != 0 {
        let same = own == found.uid() && gid == uzers::get_effective_gid();
        return if same { Ok(None) } else { Err(UserError::NotRoot(name.to_owned())) };
    }
    Ok(Some(RunAs {
        uid: found.uid(),
        gid,
        name: name.to_owned(),
        home: found.home_dir().to_owned(),
        shell: found.shell().to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_is_named() {
        assert_eq!(find(None, None), Ok(None));
        assert_eq!(find(None, Some("root")), Err(UserError::GroupWithoutUser));
        assert_eq!(find(Some("no-such-user"), None), Err(UserError::UnknownUser("no-such-user".to_owned())));
        assert_eq!(find(Some("root"), Some("no-such")), Err(UserError::UnknownGroup("no-such".to_owned())));
    }
}
