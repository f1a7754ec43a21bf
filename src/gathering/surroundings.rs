//! The files that kustomizations name, on this machine.

use std::fs;
use std::path::Path;

use zeroize::Zeroizing;

use crate::kustomization::build::{Place, Surroundings};
use crate::reading;

/// Largest file that is read, in bytes.
const LARGEST: usize = 64 * 1024 * 1024;

/// The disk: links are followed, special files are not looked at.
pub struct Disk;

impl Surroundings for Disk {
    fn place(&self, path: &Path) -> Option<Place> {
        let real = fs::canonicalize(path).ok()?;
        let kind = fs::metadata(&real).ok()?.file_type();
        if kind.is_dir() {
            Some(Place::Folder(real))
        } else if kind.is_file() {
            Some(Place::File(real))
        } else {
            None
        }
    }

    fn read(&self, file: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
        reading::regular(file, LARGEST).map_err(|error| error.to_string())
    }
}
