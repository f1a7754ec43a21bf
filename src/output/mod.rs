//! Reports as text for people and as formats for programs. Nothing here asks
//! a cluster or decides anything.

pub mod consumers;
mod excerpt;
mod fix;
mod html;
pub mod json_v1;
mod junit;
mod lines;
mod sarif;
mod text;

use std::io::{self, Write as _};
use std::path::Path;

use crate::finding::Finding;
use crate::report::Report;

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text for people, with the lines of the files
    Text,
    /// Text, with why and everything that was seen
    Wide,
    /// JSON; its schema is docs/schema/doctor-v1.json
    Json,
    /// The same as YAML
    Yaml,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for CI systems
    Junit,
    /// Annotations of GitHub Actions
    Github,
    /// One self-contained page
    Html,
    /// Metrics for the textfile collector of the Prometheus node exporter
    Prometheus,
    /// One object a line, as kubectl takes it
    Name,
}

/// How text may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// With escape sequences.
    On,
    /// Without.
    Off,
}

/// Writes a report.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(
    report: &Report,
    format: Format,
    colour: Colour,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        Format::Wide => text::write(report, text::Detail::Everything, colour, out),
        Format::Text => text::write(report, text::Detail::Usual, colour, out),
        Format::Json => json_v1::write_json(report, out),
        Format::Yaml => json_v1::write_yaml(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Github => lines::github(report, out),
        Format::Html => html::write(report, out),
        Format::Prometheus => lines::prometheus(report, out),
        Format::Name => lines::names(report, out),
    }
}

/// What stays the same of a finding while files are edited around it: no
/// lines, no columns, nothing of a value.
pub fn fingerprint(finding: &Finding) -> String {
    let subject = &finding.subject;
    let secret = finding.secret.as_ref().map_or(String::new(), |secret| {
        format!(
            "{}/{}:{}",
            secret.namespace,
            secret.name,
            secret.key.as_deref().unwrap_or_default()
        )
    });
    // Indices move when a list grows; the names above tell entries apart.
    let path: String = finding.places.first().map_or(String::new(), |place| {
        place
            .site
            .path
            .chars()
            .filter(|character| !character.is_ascii_digit())
            .collect()
    });
    [
        finding.rule.id,
        &subject.namespace,
        &subject.kind,
        &subject.name,
        finding.container.as_deref().unwrap_or_default(),
        &secret,
        &path,
    ]
    .join("|")
}

/// Writes a file at once: a reader sees the old one or the new one.
///
/// # Errors
/// When it cannot be written.
pub fn to_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Devices and pipes are written as they are.
    if path.exists() && !path.is_file() {
        return io::Write::write_all(
            &mut std::fs::File::options().write(true).open(path)?,
            content,
        );
    }
    let mut file = tempfile::Builder::new()
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
