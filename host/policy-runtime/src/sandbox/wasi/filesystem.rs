//! `wasi:filesystem`: there is no file, and no folder to find one in.
//!
//! Un-stubbed Python and JavaScript import it. Without a preopened folder nobody ever holds a
//! descriptor, so none of the methods can be reached; they are there by name only.

use wasmtime::component::{Linker, Resource};

use super::resource;
use crate::sandbox::fuel::define;
use crate::sandbox::guest::Guest;
use crate::sandbox::trap::Refused;

struct Descriptor;
struct DirectoryEntryStream;

const UNREACHABLE: &[&str] = &[
    "filesystem-error-code",
    "[method]descriptor.advise",
    "[method]descriptor.append-via-stream",
    "[method]descriptor.create-directory-at",
    "[method]descriptor.get-flags",
    "[method]descriptor.get-type",
    "[method]descriptor.is-same-object",
    "[method]descriptor.link-at",
    "[method]descriptor.metadata-hash",
    "[method]descriptor.metadata-hash-at",
    "[method]descriptor.open-at",
    "[method]descriptor.read",
    "[method]descriptor.read-directory",
    "[method]descriptor.read-via-stream",
    "[method]descriptor.readlink-at",
    "[method]descriptor.remove-directory-at",
    "[method]descriptor.rename-at",
    "[method]descriptor.set-size",
    "[method]descriptor.set-times",
    "[method]descriptor.set-times-at",
    "[method]descriptor.stat",
    "[method]descriptor.stat-at",
    "[method]descriptor.symlink-at",
    "[method]descriptor.sync",
    "[method]descriptor.sync-data",
    "[method]descriptor.unlink-file-at",
    "[method]descriptor.write",
    "[method]descriptor.write-via-stream",
    "[method]directory-entry-stream.read-directory-entry",
];

pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut preopens = linker.instance("wasi:filesystem/preopens@0.2.0")?;
    define(&mut preopens, "get-directories", |_, ()| Ok(Vec::<(Resource<Descriptor>, String)>::new()))?;

    let mut types = linker.instance("wasi:filesystem/types@0.2.0")?;
    resource::<Descriptor>(&mut types, "descriptor")?;
    resource::<DirectoryEntryStream>(&mut types, "directory-entry-stream")?;
    for &name in UNREACHABLE {
        types.func_new(name, move |_, _, _, _| {
            Err(Refused(format!("{name} was called, and there is no file")).into())
        })?;
    }
    Ok(())
}
