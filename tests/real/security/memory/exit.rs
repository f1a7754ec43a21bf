//! M1, M3: no copy is left when the program ends.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use testcluster::fault::FaultServer;

use super::held::Held;
use crate::canary::Canary;
use crate::figures::record;
use crate::harness::{Invocation, program, root_trial, unprotected};

/// Sizes of the value, in bytes.
const SIZES: [usize; 4] = [8, 64, 4096, 900 * 1024];

pub fn trials() -> Vec<Trial> {
    vec![root_trial(
        "security::m1_m3_no_copy_in_memory_at_exit",
        no_copy_at_exit,
    )]
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

/// M1 and M3: the process is stopped as it enters `exit_group`, with
/// everything dropped, and all its writable memory is searched for the value
/// and the token.
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
        "after `create` no copy of the value or the token is left in memory",
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
        .words("-f -qq -o /dev/null -e trace=exit_group -e inject=exit_group:delay_enter=60000000")
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
