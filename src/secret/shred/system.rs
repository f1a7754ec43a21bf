//! The two system calls of Linux that rustix does not wrap: file leases
//! (fcntl(2), `F_SETLEASE`) and extent maps (`FS_IOC_FIEMAP`).

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use rustix::ioctl::{Opcode, Updater, ioctl, opcode};

/// `F_SETSIG` (`include/uapi/asm-generic/fcntl.h`); libc names it on few targets.
const F_SETSIG: libc::c_int = 10;

/// What became of asking for a write lease.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lease {
    /// Nobody else has the file open, and the kernel delays whoever tries.
    Held,
    /// Somebody else has the file open.
    Refused,
    /// The file system has no leases.
    Unsupported,
}

/// Asks for a write lease, which ends with the open file.
#[expect(unsafe_code, reason = "fcntl with F_SETLEASE has no safe wrapper")]
pub(super) fn take_write_lease(file: &File) -> Lease {
    let descriptor = file.as_raw_fd();
    // SAFETY: the descriptor is open for the length of the call, and both
    // commands take an integer. SIGURG is ignored by default: a broken lease
    // announces itself with SIGIO otherwise, which would end the process.
    let status = unsafe {
        libc::fcntl(descriptor, F_SETSIG, libc::SIGURG);
        libc::fcntl(descriptor, libc::F_SETLEASE, libc::F_WRLCK)
    };
    if status == 0 {
        return Lease::Held;
    }
    match io::Error::last_os_error().raw_os_error() {
        Some(libc::EAGAIN | libc::EBUSY) => Lease::Refused,
        _ => Lease::Unsupported,
    }
}

/// Whether the write lease still stands: false once somebody tried to open
/// the file.
#[expect(unsafe_code, reason = "fcntl with F_GETLEASE has no safe wrapper")]
pub(super) fn has_write_lease(file: &File) -> bool {
    // SAFETY: the descriptor is open for the length of the call, and the
    // command takes no argument.
    let status = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GETLEASE) };
    status == libc::c_int::from(libc::F_WRLCK)
}

/// `FIEMAP_EXTENT_*` flags (`include/uapi/linux/fiemap.h`).
const LAST: u32 = 0x0001;
const ENCODED: u32 = 0x0008;
const DATA_INLINE: u32 = 0x0200;
const SHARED: u32 = 0x2000;

/// Extents asked for in one call.
const BATCH: usize = 32;

/// `struct fiemap` without its trailing array.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Header {
    start: u64,
    length: u64,
    flags: u32,
    mapped: u32,
    count: u32,
    reserved: u32,
}

/// `struct fiemap_extent`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Extent {
    logical: u64,
    physical: u64,
    length: u64,
    reserved64: [u64; 2],
    flags: u32,
    reserved: [u32; 3],
}

#[repr(C)]
struct Map {
    header: Header,
    extents: [Extent; BATCH],
}

const FS_IOC_FIEMAP: Opcode = opcode::read_write::<Header>(b'f', 11);

/// Whether any extent of the file is shared with another file or a snapshot,
/// compressed, or kept inside the inode: then writing to the file does not
/// reach the blocks that hold its content now.
///
/// Dirty pages are not flushed first: plaintext that has not reached the disk
/// should not be sent there now.
///
/// # Errors
/// The system's error where the file system has no extent map.
pub(super) fn has_unreachable_extents(file: &File) -> io::Result<bool> {
    let mut start = 0;
    loop {
        let map = map_from(file, start)?;
        match seen(&map.extents[..BATCH.min(map.header.mapped as usize)]) {
            Seen::Unreachable => return Ok(true),
            Seen::All => return Ok(false),
            Seen::UpTo(end) => start = end,
        }
    }
}

#[expect(unsafe_code, reason = "ioctl with FS_IOC_FIEMAP has no safe wrapper")]
fn map_from(file: &File, start: u64) -> io::Result<Map> {
    let mut map = Map {
        header: Header {
            start,
            length: u64::MAX - start,
            count: BATCH as u32,
            ..Header::default()
        },
        extents: [Extent::default(); BATCH],
    };
    // SAFETY: `Map` has the layout of `struct fiemap` followed by as many
    // `struct fiemap_extent` as `count` says, so the kernel writes inside it.
    unsafe { ioctl(file, Updater::<FS_IOC_FIEMAP, Map>::new(&mut map))? };
    Ok(map)
}

/// What a part of an extent map tells.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    /// One that writing does not reach.
    Unreachable,
    /// None, and this was the last part.
    All,
    /// None before this place.
    UpTo(u64),
}

fn seen(extents: &[Extent]) -> Seen {
    if extents
        .iter()
        .any(|extent| extent.flags & (SHARED | ENCODED | DATA_INLINE) != 0)
    {
        return Seen::Unreachable;
    }
    match extents.last() {
        Some(extent) if extent.flags & LAST == 0 && extent.length > 0 => {
            Seen::UpTo(extent.logical + extent.length)
        }
        _ => Seen::All,
    }
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::io::Write;
    use std::os::unix::fs::{FileExt, OpenOptionsExt};

    use super::*;

    fn file_with(content: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(content).expect("written");
        file
    }

    #[test]
    fn a_lease_is_refused_while_somebody_has_the_file_open() {
        let file = file_with(b"x");
        let mine = OpenOptions::new()
            .read(true)
            .write(true)
            .open(file.path())
            .expect("opened");
        assert_eq!(take_write_lease(&mine), Lease::Refused);
        let path = file.into_temp_path();
        assert_eq!(take_write_lease(&mine), Lease::Held);
        drop(path);
    }

    #[test]
    fn a_lease_falls_when_somebody_opens_the_file() {
        let path = file_with(b"x").into_temp_path();
        let mine = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .expect("opened");
        assert_eq!(take_write_lease(&mine), Lease::Held);
        assert!(has_write_lease(&mine));
        let other = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NONBLOCK)
            .open(&path);
        assert_eq!(
            other.expect_err("delayed").kind(),
            io::ErrorKind::WouldBlock
        );
        assert!(!has_write_lease(&mine));
    }

    #[test]
    fn a_map_of_more_extents_than_one_call_returns_is_read_to_its_end() {
        let file = file_with(b"");
        for extent in 0..100_u64 {
            file.as_file()
                .write_all_at(&[1; 4096], extent * 16384)
                .expect("written");
        }
        file.as_file().sync_all().expect("synced");
        match has_unreachable_extents(file.as_file()) {
            Ok(unreachable) => {
                assert!(!unreachable);
                let map = map_from(file.as_file(), 4096).expect("a map");
                assert_eq!(map.header.mapped as usize, BATCH);
                let places = map.extents.map(|extent| extent.logical);
                let wanted: Vec<_> = (1..=BATCH as u64).map(|extent| extent * 16384).collect();
                assert_eq!(places.as_slice(), wanted);
            }
            Err(error) => assert_eq!(error.raw_os_error(), Some(libc::EOPNOTSUPP)),
        }
    }

    #[test]
    fn what_an_extent_says_of_itself_decides() {
        /// `FIEMAP_EXTENT_UNWRITTEN`: set aside, and nothing written yet.
        const UNWRITTEN: u32 = 0x0800;
        let extent = |flags, length| Extent {
            logical: 16384,
            length,
            flags,
            ..Extent::default()
        };
        let plain = extent(0, 4096);
        for flag in [SHARED, ENCODED, DATA_INLINE] {
            let hidden = extent(flag | LAST, 4096);
            assert_eq!(seen(&[plain, hidden]), Seen::Unreachable, "{flag:#x}");
            assert_eq!(seen(&[hidden, plain]), Seen::Unreachable, "{flag:#x}");
        }
        assert_eq!(seen(&[]), Seen::All);
        assert_eq!(seen(&[plain, extent(LAST, 4096)]), Seen::All);
        assert_eq!(seen(&[plain, extent(LAST | UNWRITTEN, 4096)]), Seen::All);
        assert_eq!(seen(&[extent(LAST, 4096), plain]), Seen::UpTo(20480));
        assert_eq!(seen(&[extent(UNWRITTEN, 4096)]), Seen::UpTo(20480));
        // It would be asked for again and again.
        assert_eq!(seen(&[extent(0, 0)]), Seen::All);
    }

    #[test]
    fn a_device_has_no_extent_map() {
        let device = File::open("/dev/null").expect("opened");
        assert!(has_unreachable_extents(&device).is_err());
    }
}
