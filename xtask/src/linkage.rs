//! What a program of Linux asks of the machine that runs it.

use anyhow::Result;
use object::Endianness;
use object::elf::{DT_NEEDED, FileHeader64};
use object::read::elf::{Dyn, FileHeader, ProgramHeader, SectionHeader};

type Header = FileHeader64<Endianness>;

/// The interpreter or library that a program needs; `None` if it is static.
pub fn needs(binary: &[u8]) -> Result<Option<String>> {
    let header = Header::parse(binary)?;
    let endian = header.endian()?;
    let mut needed = None;
    for segment in header.program_headers(endian, binary)? {
        if let Some(name) = segment.interpreter(endian, binary)? {
            needed = Some(String::from_utf8_lossy(name).into_owned());
            break;
        }
        let entries = segment.dynamic(endian, binary)?.unwrap_or_default();
        if entries.iter().any(|entry| entry.d_tag(endian) == DT_NEEDED) {
            needed = Some("a shared library".to_owned());
        }
    }
    Ok(needed.map(|name| match newest_glibc(binary) {
        Ok(Some((major, minor))) => format!("{name} with glibc {major}.{minor}"),
        _ => name,
    }))
}

/// The newest version of glibc whose symbols the program asks for.
fn newest_glibc(binary: &[u8]) -> Result<Option<(u32, u32)>> {
    let header = Header::parse(binary)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, binary)?;
    let mut newest = None;
    for section in sections.iter() {
        let Some((mut needs, strings)) = section.gnu_verneed(endian, binary)? else {
            continue;
        };
        let strings = sections.strings(endian, binary, strings)?;
        while let Some((_, mut versions)) = needs.next()? {
            while let Some(version) = versions.next()? {
                newest = newest.max(glibc(version.name(endian, strings)?));
            }
        }
    }
    Ok(newest)
}

/// `GLIBC_2.17` as numbers.
fn glibc(name: &[u8]) -> Option<(u32, u32)> {
    let version = std::str::from_utf8(name.strip_prefix(b"GLIBC_")?).ok()?;
    let mut numbers = version.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The control: this test itself is linked to glibc where it was built with it.
    #[test]
    fn a_program_with_shared_libraries_is_noticed() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        if cfg!(target_env = "gnu") {
            let needed = needs(&own).unwrap().unwrap();
            assert!(
                needed.contains("ld-linux") && needed.contains("glibc 2."),
                "{needed}"
            );
            assert!(newest_glibc(&own).unwrap() >= Some((2, 17)));
        }
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(glibc(b"GLIBC_2.4") < glibc(b"GLIBC_2.17"));
        assert_eq!(glibc(b"GLIBC_2.2.5"), Some((2, 2)));
        assert_eq!(glibc(b"GLIBC_PRIVATE"), None);
    }
}
