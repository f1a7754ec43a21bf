//! M1, M2, M3, M7: no copy is left when the program ends.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use testcluster::fault::FaultServer;

use super::held::Held;
use crate::canary::Canary;
use crate::figures::record;
use crate::harness::{Invocation, program, root_trial, unprotected};
use crate::security::leaks::scene::Scene;

/// Sizes of the value, in bytes.
const SIZES: [usize; 4] = [8, 64, 4096, 900 * 1024];

pub fn trials() -> Vec<Trial> {
    vec![
        root_trial("security::m1_m3_no_copy_in_memory_at_exit", no_copy_at_exit),
        root_trial(
            "security::m2_m7_no_copy_in_memory_after_reading",
            no_copy_after_reading,
        ),
    ]
}

/// How the value gets in.
#[derive(Clone, Copy, Debug)]
enum Input {
    Stdin,
    Prompt,
    File,
    EnvFile,
}

const INPUTS: [Input; 4] = [Input::Stdin, Input::Prompt, Input::File, Input::EnvFile];

/// The process is stopped as it enters `exit_group`, with everything dropped,
/// and all its writable memory is searched for the value and the token.
///
/// Shows M1, M3. Seen to fail without the wiping allocator.
fn no_copy_at_exit() {
    let mut scans = 0;
    for input in INPUTS {
        for size in SIZES {
            let (value, token) = copies_at_exit(program(), input, size);
            assert_eq!(value, [], "{input:?}, {size} bytes: the value is in memory");
            assert_eq!(token, [], "{input:?}, {size} bytes: the token is in memory");
            scans += 1;
        }
    }
    let (value, token) = copies_at_exit(&unprotected(), Input::Stdin, 64);
    assert!(
        !value.is_empty(),
        "the scan must find the value without protection"
    );
    let count = |hits: &[(&str, usize)]| hits.iter().map(|(_, count)| count).sum::<usize>();
    let control = format!(
        "without the wiping allocator: {} pieces of the value, {} of the token",
        count(&value),
        count(&token)
    );
    record(
        "M1",
        "after `create`, no copy of the value or the token is left in memory",
        "0 copies of the value, 0 of the token",
        control.clone(),
    );
    record(
        "M3",
        "the same for values of 8 B, 64 B, 4 KiB and 900 KiB from stdin, prompt, file and env file",
        format!("0 copies in {scans} memory images"),
        control,
    );
}

/// strace, waiting for a minute as the program ends.
pub(in crate::security) const STOPPED_AT_EXIT: &str =
    "-f -qq -o /dev/null -e trace=exit_group -e inject=exit_group:delay_enter=60000000";

type Hits = Vec<(&'static str, usize)>;

fn copies_at_exit(program: &Path, input: Input, size: usize) -> (Hits, Hits) {
    let server = FaultServer::start();
    let canary = Canary::new(size);
    let token = Canary::of(server.token().to_owned());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("source");
    let words = match input {
        Input::Stdin => "--stdin value".to_owned(),
        Input::Prompt => "--prompt value".to_owned(),
        Input::File => {
            fs::write(&path, canary.text()).unwrap();
            format!("--file=value={}", path.display())
        }
        Input::EnvFile => {
            fs::write(&path, format!("value={}\n", canary.text())).unwrap();
            format!("--env-file={}", path.display())
        }
    };
    let traced = Invocation::of_program(Path::new("strace"), server.kubeconfig())
        .words(STOPPED_AT_EXIT)
        .word(program.display().to_string())
        .words("create held -q")
        .words(&words);
    let held = match input {
        Input::Prompt => Held::at_terminal(&traced.command(), canary.text()),
        Input::Stdin => Held::piped(traced.command(), canary.text().as_bytes()),
        // strace holds the pipe open, so nothing may wait in it unread.
        Input::File | Input::EnvFile => Held::piped(traced.command(), b""),
    };
    held.wait_for_exit_group(&format!("{input:?} with {size} bytes"));
    let stored = server
        .secret("default", "held")
        .expect("the Secret is stored");
    assert!(stored.values["value"] == canary.text().as_bytes());
    let memory = held.memory();
    (canary.hits(&memory), token.hits(&memory))
}

/// What reads values, or answers in which some stand. `FILE` is a manifest.
const READING: [&str; 19] = [
    "doctor",
    "doctor --inspect-values",
    "doctor -f FILE --inspect-values",
    "consumers secret/stored",
    "migrate --dry-run",
    "migrate --complete --reads-files all -y",
    "migrate -f FILE",
    "create stored --stdin password",
    "rotate secret/stored password --stdin password -y",
    "rotate secret/stored password --generate password -y",
    "create leak --stdin password --seal --cert CERT -n default",
    "seal -f PLAIN --cert CERT -n default",
    "seal secret/stored --cert CERT",
    "seal secret/stored --adopt --yes --timeout 1s --cert CERT",
    "seal set SEALED --stdin password --cert CERT",
    "external secret/stored --store vault --path {key} --push-commands aws",
    "external secret/stored --store vault --path {key} --adopt -y --own --sync-timeout 1s",
    "external secret/stored --store vault --path {key} --adopt -y --compare-values --sync-timeout 1s",
    "sync other --wait --sync-timeout 1s",
];

/// Shows M2. Seen to fail without the wiping allocator.
///
/// Shows M7.
fn no_copy_after_reading() {
    for words in READING {
        let left = left_after(program(), words);
        assert_eq!(left.value, [], "{words}: the value is in memory");
        assert_eq!(left.token, [], "{words}: the token is in memory");
        assert_eq!(left.on_stack, [], "{words}: on the stack");
        assert!(left.marked, "{words}: its stack was not searched");
    }
    let count = |hits: &[(&str, usize)]| hits.iter().map(|(_, count)| count).sum::<usize>();
    let unwiped = left_after(&unprotected(), "doctor --inspect-values");
    let (value, token) = (count(&unwiped.value), count(&unwiped.token));
    assert!(
        value > 0 && token > 0,
        "the scan must find both without protection: {value}, {token}"
    );
    record(
        "M2",
        "no copy of a value or the token is left after doctor, consumers, migrate, rotate, seal, external, sync and a refused create, for clusters and for files",
        format!("0 copies in {} memory images", READING.len()),
        format!("without the wiping allocator: {value} pieces of the value, {token} of the token"),
    );
    record(
        "M7",
        "no copy is on the stack",
        format!("0 copies in {} stacks", READING.len()),
        "a word of the command line is found on each stack",
    );
}

struct Left {
    value: Hits,
    token: Hits,
    on_stack: Hits,
    /// Whether the search of the stack finds what is there.
    marked: bool,
}

fn left_after(program: &Path, words: &str) -> Left {
    let scene = Scene::new();
    let mark = Canary::new(24);
    let traced = scene
        .held_by_strace(program, words)
        .word("--as-group")
        .word(mark.text());
    let held = Held::piped(traced.command(), scene.value.text().as_bytes());
    held.wait_for_exit_group(words);
    let (memory, stack) = (held.memory(), held.stack());
    Left {
        value: scene.value.hits(&memory),
        token: scene.token.hits(&memory),
        on_stack: [scene.value.hits(&stack), scene.token.hits(&stack)].concat(),
        marked: !mark.hits(&stack).is_empty(),
    }
}
