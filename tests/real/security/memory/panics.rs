//! M12: a panic in any function that runs while the value is there tells nothing.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Trial;
use testcluster::fault::FaultServer;

use crate::canary::Canary;
use crate::figures::Section;
use crate::harness::{Invocation, control, in_parallel, thorough_trial};

const POINTS: usize = 30;
/// The function that reads the value, and the one that panics.
const READS: &str = "Collection::read_stdin";
const PANICS: &str = "panicking::panic_in_place_of_it";
/// Where the value is passed on and looked at.
const HOLDING: [&str; 6] = [
    "secret::",
    "creation::",
    "values::",
    "live::secret::",
    "commands::create::",
    "cluster::",
];

pub fn trials() -> Vec<Trial> {
    vec![thorough_trial(
        "thorough::m12_a_panic_tells_nothing",
        panics,
    )]
}

/// A debugger lets the program jump to a function that panics, with the value in
/// its payload, in place of each of these functions.
///
/// Shows M12. Seen to fail with the payload in the message of the panic hook.
fn panics() {
    let symbols = symbols();
    let entered = entered(&symbols);
    assert!(entered.len() >= POINTS, "{entered:?}");
    let (jump, _) = symbols.iter().find(|(_, name)| **name == PANICS).unwrap();
    in_parallel(POINTS, |point| {
        let symbol = &entered[point * entered.len() / POINTS];
        let name = &symbols[symbol];
        let value = Canary::new(40);
        let said = panicking(&value, symbol, jump, Hook::Ours);
        assert!(
            said.contains("internal error"),
            "{name} did not panic: {said}"
        );
        assert_eq!(value.hits(said.as_bytes()), [], "{name}: {said}");
    });
    let value = Canary::new(40);
    let said = panicking(&value, &entered[0], jump, Hook::Standard);
    assert!(!value.hits(said.as_bytes()).is_empty(), "{said}");
    Section::Thorough.record(
        "M12",
        "a panic in place of a function that runs while the value is there, with the value in its payload, shows nothing of it",
        format!("0 in {POINTS} messages; {} functions run then", entered.len()),
        "the standard library's own hook shows it",
    );
}

#[derive(Clone, Copy)]
enum Hook {
    Ours,
    Standard,
}

/// The functions of the program: their names for the linker, and in the sources.
fn symbols() -> BTreeMap<String, String> {
    let names = |flag: &str| {
        let listed = Command::new("nm")
            .args(["-p", flag])
            .arg(control("panicking"))
            .output()
            .expect("nm of binutils");
        let text = String::from_utf8(listed.stdout).unwrap();
        text.lines()
            .filter_map(|line| line.split_once(" t ").or_else(|| line.split_once(" T ")))
            .map(|(_, name)| name.to_owned())
            .collect::<Vec<_>>()
    };
    names("--no-demangle")
        .into_iter()
        .zip(names("--demangle"))
        .collect()
}

/// Those that a run enters after it has read the value, in this order.
fn entered(symbols: &BTreeMap<String, String>) -> Vec<String> {
    let is_plain = |name: &str| !name.contains(['<', '{', ' ']);
    let candidates: Vec<&String> = symbols
        .iter()
        .filter(|(_, name)| {
            let inner = name.strip_prefix("kubectl_secretsafe::");
            inner.is_some_and(|inner| {
                is_plain(inner) && HOLDING.iter().any(|place| inner.starts_with(place))
            })
        })
        .map(|(symbol, _)| symbol)
        .collect();
    let mut script = String::new();
    for symbol in &candidates {
        let _ = writeln!(script, "tbreak '{symbol}'");
    }
    let _ = writeln!(script, "{}", "continue\n".repeat(candidates.len()));
    let said = debugged(&Canary::new(40), &script, Hook::Ours);
    // `Temporary breakpoint 12, …`: the first one is that of `main`.
    let hits = said.lines().filter_map(|line| {
        let number = line
            .split_once("Temporary breakpoint ")?
            .1
            .split_once(',')?
            .0;
        number.parse::<usize>().ok()?.checked_sub(2)
    });
    let order: Vec<&String> = hits.filter_map(|at| candidates.get(at).copied()).collect();
    let read = order
        .iter()
        .position(|symbol| symbols[*symbol].ends_with(READS))
        .unwrap_or_else(|| panic!("nothing was read: {said}"));
    order[read + 1..]
        .iter()
        .map(|symbol| (*symbol).clone())
        .collect()
}

/// What a run says that panics in place of `symbol`: at its very first
/// instruction, when its caller has just called it.
fn panicking(value: &Canary, symbol: &str, jump: &str, hook: Hook) -> String {
    let script =
        format!("tbreak *(long) &'{symbol}'\ncontinue\nset var $pc = (long) &'{jump}'\ncontinue\n");
    debugged(value, &script, hook)
}

/// `create` under a debugger that has stopped it in `main`; what both said.
fn debugged(value: &Canary, script: &str, hook: Hook) -> String {
    let server = FaultServer::start();
    let at = |name: &str| -> PathBuf { server.folder().join(name) };
    fs::write(at("payload"), value.text()).unwrap();
    let script = format!(
        "set pagination off\nset confirm off\nset auto-load off\nset breakpoint pending off\n\
         set language c\ntbreak main\nrun\n{script}"
    );
    fs::write(at("script"), script).unwrap();
    let hook = match hook {
        Hook::Ours => "ours",
        Hook::Standard => "standard",
    };
    let outcome = Invocation::of_program(Path::new("gdb"), server.kubeconfig())
        .words("-nx -q -batch -x")
        .word(at("script").display().to_string())
        .word("--args")
        .word(control("panicking").display().to_string())
        .words("create held --stdin value")
        .env("PANIC_WITH", at("payload").to_str().unwrap())
        .env("PANIC_HOOK", hook)
        .env("RUST_BACKTRACE", "full")
        .input(value.text())
        .run();
    format!("{}{}", outcome.stdout, outcome.stderr)
}
