//! The allow file: one template unit a line, in a place that only root can change.

use std::fs::{self, File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::answer::Refusal;
use crate::template::Template;

/// Longer is a file named by mistake.
const LONGEST_BYTES: u64 = 64 * 1024;
const WRITABLE_BY_OTHERS: u32 = 0o022;
const STICKY: u32 = 0o1000;

/// The templates that may be enabled and disabled.
pub fn read(path: &Path) -> Result<Vec<Template>, Refusal> {
    let refuse = |why: String| Refusal::new(format!("the allow file {}: {why}", path.display()));
    let text = guarded_text(path).map_err(refuse)?;
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let named = lines.zip(1..).filter(|(line, _)| !line.is_empty());
    let template = |(line, at)| {
        Template::parse(line)
            .ok_or_else(|| refuse(format!("line {at} is no template; expected one such as drakrun@.service")))
    };
    named.map(template).collect()
}

/// What is in the file, if nobody else could have written it.
fn guarded_text(path: &Path) -> Result<String, String> {
    let real = path.canonicalize().map_err(|error| error.to_string())?;
    for folder in real.ancestors().skip(1) {
        guarded(folder, &fs::metadata(folder).map_err(|error| error.to_string())?)?;
    }
    let file = File::open(&real).map_err(|error| error.to_string())?;
    let metadata = file.metadata().map_err(|error| error.to_string())?;
    guarded(&real, &metadata)?;
    if !metadata.is_file() || metadata.len() > LONGEST_BYTES {
        return Err("not a plain file of at most 64 KiB".to_owned());
    }
    let mut text = String::new();
    file.take(LONGEST_BYTES).read_to_string(&mut text).map_err(|error| error.to_string())?;
    Ok(text)
}

/// Root's, or ours if we are somebody else and can do no harm; a folder that others write to, such as /tmp, keeps its
/// entries by its sticky bit.
fn guarded(path: &Path, metadata: &Metadata) -> Result<(), String> {
    let owner = metadata.uid();
    if owner != 0 && owner != our_user() {
        return Err(format!("{} belongs to user {owner}; it must be root's", path.display()));
    }
    let sticky = metadata.is_dir() && metadata.mode() & STICKY != 0;
    if metadata.mode() & WRITABLE_BY_OTHERS != 0 && !sticky {
        return Err(format!("{} can be written by others than root; chmod go-w it", path.display()));
    }
    Ok(())
}

/// As the kernel tells it: our own entry belongs to whom we run as.
fn our_user() -> u32 {
    fs::metadata("/proc/self").map_or(0, |entry| entry.uid())
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use tempfile::TempDir;

    use super::*;

    fn file(text: &str) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("boot-templates");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        (folder, path)
    }

    fn refusal(path: &Path) -> String {
        format!("{:?}", read(path).unwrap_err())
    }

    #[test]
    fn it_names_templates() {
        let (_folder, path) = file("# ours\n\ndrakrun@.service   # VMs\n drak-postprocess@.service\n");
        let expected = ["drakrun@.service", "drak-postprocess@.service"].map(|name| Template::parse(name).unwrap());
        assert_eq!(read(&path).unwrap(), expected);
    }

    #[test]
    fn a_line_that_is_no_template_is_named() {
        let (_folder, path) = file("drakrun@.service\n*@.service\n");
        assert!(refusal(&path).contains("line 2 is no template"));
    }

    #[test]
    fn what_others_could_have_written_is_not_believed() {
        let (folder, path) = file("drakrun@.service\n");
        for mode in [0o664, 0o646] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert!(refusal(&path).contains("boot-templates can be written by others"), "{mode:o}");
        }
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o775)).unwrap();
        assert!(refusal(&path).contains("can be written by others"));
        fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
        assert_eq!(read(&path).unwrap().len(), 1);
    }

    #[test]
    fn a_link_is_judged_by_where_it_leads() {
        let (open, path) = file("drakrun@.service\n");
        fs::set_permissions(open.path(), Permissions::from_mode(0o777)).unwrap();
        let closed = tempfile::tempdir().unwrap();
        let link = closed.path().join("boot-templates");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(refusal(&link).contains("can be written by others"));
    }

    #[test]
    fn no_file_is_no_permission() {
        let (folder, path) = file("");
        assert!(refusal(&path.with_file_name("none")).contains("No such file"));
        assert!(refusal(folder.path()).contains("not a plain file"));
        assert_eq!(read(&path).unwrap(), []);
    }
}
