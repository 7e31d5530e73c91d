//! Compiled policies on disk, authenticated.
//!
//! Whoever can write an entry could run code in the host, so an entry counts only with a MAC under
//! a key in the same folder, which belongs to this user alone. The MAC covers the entry's name, is
//! checked over bytes in memory, and those very bytes are used. Nothing that goes wrong here fails
//! a load: the policy is then compiled anew.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;

use super::cwasm::Cwasm;

const MAGIC: &[u8; 16] = b"trimtab cwasm 1\n";
const MAC_BYTES: usize = 32;
const HEADER_BYTES: usize = MAGIC.len() + MAC_BYTES;

/// How the ending of a file that is being written begins.
const DRAFT: &str = "draft-";
/// Nothing takes this long to write.
const DRAFT_AGE: Duration = Duration::from_hours(1);

/// A JavaScript engine compiles to 37 MB.
const MOST_BYTES: u64 = 512 << 20;

/// A folder with a key and entries.
pub(super) struct Cache {
    dir: PathBuf,
    key: [u8; 32],
}

impl Cache {
    /// Opens the folder, making it and its key where they are missing.
    pub(super) fn open(dir: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        private(&fs::symlink_metadata(dir)?, "folder", 0o022)?;
        sweep(dir)?;
        Ok(Self { dir: dir.to_owned(), key: key(&dir.join("key"))? })
    }

    /// The code kept under `entry`, if it is there and unaltered.
    pub(super) fn get(&self, entry: &str) -> Option<Cwasm> {
        let path = self.path(entry);
        match self.read(&path, entry) {
            Ok(cwasm) => Some(cwasm),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                tracing::warn!(file = %path.display(), %error, "a cached policy is not used; it is compiled anew");
                None
            }
        }
    }

    fn read(&self, path: &Path, entry: &str) -> io::Result<Cwasm> {
        let mut bytes = read_private(path, MOST_BYTES)?;
        let code = bytes.split_off(HEADER_BYTES.min(bytes.len()));
        let (magic, mac) = bytes.split_at(MAGIC.len().min(bytes.len()));
        // `blake3::Hash` compares in constant time.
        if magic != MAGIC
            || <[u8; MAC_BYTES]>::try_from(mac).map(blake3::Hash::from).ok() != Some(self.mac(entry, &code))
        {
            return Err(io::Error::other("its contents were altered"));
        }
        Ok(Cwasm::from_authenticated(code))
    }

    /// Keeps code under `entry`.
    pub(super) fn put(&self, entry: &str, cwasm: &Cwasm) {
        let path = self.path(entry);
        let mac = self.mac(entry, cwasm.bytes());
        if let Err(error) = write_private(&path, &[MAGIC, mac.as_bytes(), cwasm.bytes()]) {
            tracing::warn!(file = %path.display(), %error, "failed to keep a compiled policy; it will be compiled anew next time");
        }
    }

    fn path(&self, entry: &str) -> PathBuf {
        self.dir.join(format!("{entry}.cwasm"))
    }

    fn mac(&self, entry: &str, code: &[u8]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(&(entry.len() as u64).to_le_bytes()).update(entry.as_bytes()).update(code);
        hasher.finalize()
    }
}

/// Removes drafts that a killed process left. A draft that is being written is younger.
fn sweep(dir: &Path) -> io::Result<()> {
    for file in fs::read_dir(dir)? {
        let path = file?.path();
        let is_draft = path.extension().is_some_and(|end| end.as_encoded_bytes().starts_with(DRAFT.as_bytes()));
        if is_draft && fs::symlink_metadata(&path)?.modified()?.elapsed().is_ok_and(|age| age > DRAFT_AGE) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// The key, made on first use.
fn key(path: &Path) -> io::Result<[u8; 32]> {
    if !path.try_exists()? {
        let mut fresh = [0; 32];
        File::open("/dev/urandom")?.read_exact(&mut fresh)?;
        write_private(path, &[&fresh])?;
    }
    let bytes = read_private(path, 32)?;
    bytes
        .try_into()
        .map_err(|_| io::Error::other(format!("{} is not 32 bytes long; remove it to get a new key", path.display())))
}

/// Reads a file that is ours, is no link and that nobody else can touch.
fn read_private(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = OpenOptions::new().read(true).custom_flags(OFlags::NOFOLLOW.bits() as i32).open(path)?;
    let metadata = file.metadata()?;
    private(&metadata, "file", 0o077)?;
    if !metadata.is_file() || metadata.len() > most {
        return Err(io::Error::other(format!("expected a file of at most {most} bytes")));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file of our own, all of it or nothing.
fn write_private(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let draft = path.with_extension(format!("{DRAFT}{}", std::process::id()));
    let written = write_new(&draft, parts).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // The error that counts is the one above.
        let _ = fs::remove_file(&draft);
    }
    written
}

fn write_new(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    parts.iter().try_for_each(|part| file.write_all(part))
}

/// Refuses what belongs to someone else or is open to others (`forbidden` mode bits).
fn private(metadata: &fs::Metadata, what: &str, forbidden: u32) -> io::Result<()> {
    let us = rustix::process::geteuid().as_raw();
    if metadata.uid() != us {
        return Err(io::Error::other(format!("the {what} belongs to user {}; expected {us}", metadata.uid())));
    }
    if metadata.mode() & forbidden != 0 {
        let mode = metadata.mode() & 0o777;
        return Err(io::Error::other(format!("the {what} has mode {mode:o}; expected nothing of {forbidden:o}")));
    }
    if what == "folder" && !metadata.is_dir() {
        return Err(io::Error::other("expected a folder"));
    }
    Ok(())
}
