//! A small disk that can be filled.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system in memory, of a few megabytes, that goes away with this.
pub(crate) struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// Mounted at `folder`, which is made; none where this process may not mount.
    pub(crate) fn mount(folder: &Path, kib: usize) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let size = format!("size={kib}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).output().ok()?;
        mounted.status.success().then(|| Self { folder: folder.to_owned() })
    }

    /// Fills it to the last byte.
    pub(crate) fn fill(&self) {
        let mut file = std::fs::File::create(self.ballast()).unwrap();
        for size in [64 * 1_024, 1_024, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
        assert!(std::fs::write(self.folder.join("more"), [0; 8_192]).is_err(), "there is room left");
    }

    /// Makes room again.
    pub(crate) fn free(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Whoever still has a file open there does not keep it.
        drop(Command::new("umount").arg("--lazy").arg(&self.folder).status());
    }
}
