//! `cargo bench --bench seal`: 1,000 values sealed by us in one run, by 1,000 runs of
//! kubeseal, and by one process of the reference library, under one key of 4096 bits; and
//! the same in CPU seconds.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

#[path = "timing/program.rs"]
mod program;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use testcluster::Bed;

/// Secrets with one value each.
const ITEMS: usize = 1000;
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    // `cargo test --benches` runs every bench once, only to see that it works.
    if std::env::args().any(|word| word == "--test") {
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let bed = Bed::SealedSecrets.locate().expect("kubeseal is built");
    let certificate = folder.path().join("cert.pem");
    certificate_of_4096_bits(&certificate);
    let mut all = String::new();
    for item in 0..ITEMS {
        let secret = format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s{item}\n  namespace: shop\nstringData:\n  password: correct horse battery staple {item}\n"
        );
        fs::write(folder.path().join(format!("{item}.yaml")), &secret).expect("a file");
        let _ = write!(all, "---\n{secret}");
    }
    let source = folder.path().join("all.yaml");
    fs::write(&source, all).expect("a file");
    let library = library(&bed, folder.path());
    let ours = || {
        let mut command = Command::new(program::program());
        command
            .args(["seal", "-q", "-n", "shop", "-f"])
            .arg(&source)
            .arg("--cert")
            .arg(&certificate)
            .env("KUBECONFIG", "/nonexistent");
        command
    };
    let reference = || {
        let mut command = Command::new(&library);
        command.arg(&certificate).arg(&source);
        command
    };
    let kubeseals = || {
        let mut command = Command::new("sh");
        command
            .args(["-c", "for file in \"$2\"/*[0-9].yaml; do \"$0\" --cert \"$1\" -o yaml <\"$file\" || exit 1; done"])
            .arg(bed.join("kubeseal"))
            .arg(&certificate)
            .arg(folder.path());
        command
    };
    // In turn, so that a slow moment hits both.
    let (mut own, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        own.push(run(ours()));
        theirs.push(run(reference()));
    }
    let many = run(kubeseals());
    let least =
        |runs: &[Cost], part: fn(&Cost) -> f64| runs.iter().map(part).fold(f64::INFINITY, f64::min);
    for (what, part) in [
        ("seconds", (|cost| cost.wall) as fn(&Cost) -> f64),
        ("CPU seconds", |cost| cost.cpu),
    ] {
        let (own, theirs, many) = (least(&own, part), least(&theirs, part), part(&many));
        println!(
            "{ITEMS} items, {what}: ours {own:.3}, one process of the reference library {theirs:.3} ({:.2} times ours), {ITEMS} kubeseal runs {many:.3} ({:.1} times ours)",
            theirs / own,
            many / own
        );
    }
    ExitCode::SUCCESS
}

/// What a run cost.
struct Cost {
    wall: f64,
    /// User and system time, of all its processes.
    cpu: f64,
}

fn run(mut command: Command) -> Cost {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let before = children();
    let start = Instant::now();
    let status = command.status().expect("the program runs");
    assert!(status.success(), "{command:?}");
    Cost {
        wall: start.elapsed().as_secs_f64(),
        cpu: children() - before,
    }
}

/// CPU seconds of all children that have ended (`/proc/self/stat`, in ticks).
fn children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("the kernel tells");
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let field = |number: usize| -> f64 {
        // The first one behind the name is the third of all.
        let text = rest.split_whitespace().nth(number - 3);
        text.and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
    };
    let ticks = rustix::param::clock_ticks_per_second() as f64;
    (field(16) + field(17)) / ticks
}

fn certificate_of_4096_bits(path: &Path) {
    let status = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "rsa:4096",
            "-nodes",
            "-days",
            "3650",
            "-subj",
            "/CN=bench",
        ])
        .arg("-keyout")
        .arg("/dev/null")
        .arg("-out")
        .arg(path)
        .stderr(Stdio::null())
        .status()
        .expect("openssl is installed");
    assert!(status.success());
}

/// A small program around the reference library, built from the module of the bed.
fn library(bed: &Path, folder: &Path) -> PathBuf {
    let module = folder.join("reference");
    fs::create_dir(&module).expect("a folder");
    for name in ["go.mod", "go.sum"] {
        let text = fs::read(bed.join("module").join(name)).expect("the bed has its module");
        fs::write(module.join(name), text).expect("a file");
    }
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/reference/seal.go");
    fs::copy(source, module.join("main.go")).expect("the program is there");
    let program = folder.join("reference-seal");
    let status = Command::new("go")
        .args([
            "build",
            "-mod=readonly",
            "-trimpath",
            "-ldflags",
            "-s -w",
            "-o",
        ])
        .arg(&program)
        .arg(".")
        .current_dir(&module)
        .env_remove("GOFLAGS")
        .status()
        .expect("go is installed");
    assert!(status.success(), "the reference program is built");
    program
}
