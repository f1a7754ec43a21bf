//! The rows, in their order.

/// How a row is shown.
pub enum State {
    /// By tests that name it; what they do not show of it.
    Shown(Option<&'static str>),
    /// By something that is no test: what, and what it was seen to fail for.
    By(&'static str, &'static str),
    /// Not at all, and why.
    Not(&'static str),
}

/// One thing that holds.
pub struct Row {
    pub id: &'static str,
    pub rule: &'static str,
    pub state: State,
}

const fn row(id: &'static str, rule: &'static str) -> Row {
    Row {
        id,
        rule,
        state: State::Shown(None),
    }
}

const fn short(id: &'static str, rule: &'static str, short: &'static str) -> Row {
    Row {
        id,
        rule,
        state: State::Shown(Some(short)),
    }
}

const fn by(id: &'static str, rule: &'static str, how: &'static str, seen: &'static str) -> Row {
    Row {
        id,
        rule,
        state: State::By(how, seen),
    }
}

const fn not(id: &'static str, rule: &'static str, why: &'static str) -> Row {
    Row {
        id,
        rule,
        state: State::Not(why),
    }
}

/// All of them.
pub const ROWS: &[Row] = &[
    row(
        "M1",
        "No copy of the value or the token is in memory when `create` exits.",
    ),
    row(
        "M2",
        "The same when doctor, consumers, migrate, rotate, seal, external, sync or a refused `create` exit.",
    ),
    row(
        "M3",
        "The same for values of 8 bytes to 900 KiB, from standard input, a prompt, a file or an env file.",
    ),
    row(
        "M4",
        "While the request is in flight, there are only as many copies as the figure says.",
    ),
    not(
        "M5",
        "While an editor is open, there is at most one copy.",
        "The Secret that was read, the values as they were and the text are in memory until the answer is compared: three copies by design.",
    ),
    row("M6", "No block of memory is freed with a byte in it."),
    row("M7", "No copy is on the stack when a command exits."),
    row(
        "M8",
        "Another process of the same user cannot attach, and cannot read memory or environment.",
    ),
    row("M9", "No signal leaves a core file."),
    row(
        "M10",
        "The process is hardened before it opens any input of the user.",
    ),
    short(
        "M11",
        "Everything works if no memory may be locked.",
        "No memory is locked, so `doctor` has nothing to report.",
    ),
    short(
        "M12",
        "A panic while the value is in memory shows nothing of it.",
        "Memory is not searched after a panic: a function that the debugger replaces does not drop its arguments.",
    ),
    by(
        "M13",
        "Wiping freed memory costs little time.",
        "`cargo bench --bench allocator --profile dev`, by [benches/allocator.rs](../benches/allocator.rs): of the CPU time without it 1.02 for `create` of 28 bytes, 1.04 of 900 KiB, 1.07 for `doctor -f` over 1,000 Deployments (medians of 25 pairs); of the instructions 1.35, 1.46 and 1.05",
        "*not tried: no test depends on a clock*",
    ),
    row(
        "E1",
        "Six editors that end in five ways (saved, quit, failed, hung up, killed) leave no copy.",
    ),
    row(
        "E2",
        "The same with a configuration that turns backups, undo files and histories on.",
    ),
    row(
        "E3",
        "After a signal nothing is left, and what the editor writes late is gone.",
    ),
    short(
        "E4",
        "What a kill leaves is in memory, and the next run removes it.",
        "Kills come at every third system call or so; EDITS=1000 kills at each.",
    ),
    row("E5", "Ctrl-C in the editor is the editor's alone."),
    row(
        "E6",
        "Only the user may enter the folder and read the text, whatever the umask is.",
    ),
    row(
        "E7",
        "Another user who tries 10,000 times to enter, rename, fill or foresee the folder gets nowhere.",
    ),
    row(
        "E8",
        "Without a place in memory nothing is written, unless a disk is allowed.",
    ),
    row(
        "E9",
        "Whatever an editor leaves in the place of the text ends safely.",
    ),
    row(
        "E10",
        "The variable with the editor is split into words, and no shell is run.",
    ),
    row(
        "E11",
        "If the write fails, the text is offered again, and nothing is left after a no.",
    ),
    row(
        "E12",
        "Values that nobody touches stay the same, byte for byte.",
    ),
    row(
        "E13",
        "No change that somebody else makes at the same time is lost.",
    ),
    row(
        "S1",
        "After `create --shred` of a fresh file on ext4, the image of the file system contains no copy.",
    ),
    row(
        "S2",
        "The message about overwriting is true on each file system.",
    ),
    row(
        "S3",
        "Links, devices, pipes, files in use and similar files are refused before anything is sent.",
    ),
    row(
        "S4",
        "A file that replaces the source under its name is not harmed.",
    ),
    row(
        "S5",
        "After a kill at any system call, the source is intact or the copy in the cluster is proven.",
    ),
    row(
        "S6",
        "A failed call is never reported as success, and nothing is truncated after a failed sync.",
    ),
    row("S7", "Nothing is shredded unless the read-back is equal."),
    row("S8", "A file that was changed after it was read is kept."),
    row(
        "S9",
        "Data is synced before the file is truncated and unlinked and its directory synced.",
    ),
    row("S10", "The whole allocated range is overwritten."),
    row(
        "S11",
        "A file that git tracks causes a warning, and git runs no program of the repository.",
    ),
    row("S12", "Copies that editors left beside the file are named."),
    row("S13", "No word promises more than overwriting does."),
    row("S14", "Of several sources, all are removed or none."),
    short(
        "I1",
        "Broken manifests neither stop `doctor` nor delay it.",
        "Memory is not measured here.",
    ),
    short(
        "I2",
        "No external text makes its reader panic.",
        "Mutations are random, not guided by coverage; `MUTATIONS=` sets their number.",
    ),
    row(
        "I3",
        "Texts that expand too much are refused, with little memory.",
    ),
    row(
        "I4",
        "Duplicate keys are errors that name the key and not the value.",
    ),
    row("I5", "A message about a broken manifest contains no value."),
    row("I6", "Every byte arrives unchanged."),
    row(
        "I7",
        "Input that is too large or endless is refused in time.",
    ),
    short(
        "I8",
        "No control sequence is written to a terminal.",
        "Tested on the function that all text passes through, not on the display of a terminal.",
    ),
    row(
        "I9",
        "Keys that would leave a directory are refused before anything is sent.",
    ),
    row(
        "I10",
        "The user's policy for credential plugins decides which plugins run.",
    ),
    row(
        "I11",
        "An invalid or unsafe kubeconfig is refused or causes a warning.",
    ),
    row(
        "I12",
        "Endless responses are aborted, and no other host gets the token.",
    ),
    row(
        "I13",
        "No `Retry-After` makes the program wait longer than its deadline.",
    ),
    row(
        "I14",
        "No environment makes the program panic, or use a standard stream for something else.",
    ),
    row(
        "N1",
        "A write that fails in any way loses nothing and reports nothing false.",
    ),
    row("N2", "A truncated response is never treated as complete."),
    row(
        "N3",
        "The next run finishes a killed migration, and undo restores every byte.",
    ),
    row(
        "N4",
        "The same if the next run, and the run after that, are killed too.",
    ),
    row(
        "N5",
        "The journal of a migration contains no value, and half a journal does nothing.",
    ),
    row("N6", "Concurrent writes of others are not lost."),
    row(
        "N7",
        "A write whose response is lost is made once, and resolved by reading back.",
    ),
    row(
        "N8",
        "An object that was deleted and created again is not written.",
    ),
    short(
        "N9",
        "If a permission is missing, nothing is written.",
        "For `migrate`; `create` writes one object.",
    ),
    row(
        "N10",
        "Webhooks that deny, fail or change things are reported.",
    ),
    row("N11", "A token that expires is renewed once."),
    short(
        "N12",
        "With a wrong server certificate, the run ends before the token is sent.",
        "The library excludes older versions of TLS.",
    ),
    short(
        "N13",
        "A list that expires is read again.",
        "Rollouts are observed with lists; no watch is used.",
    ),
    short(
        "N14",
        "A change whose pods do not become ready is rolled back in time.",
        "For quotas and stateful pods on the real node, see migration-invariants.md.",
    ),
    row("N15", "Two simultaneous runs do not harm each other."),
    row(
        "L1",
        "No value and no token is in any output of any command.",
    ),
    row(
        "L2",
        "The same if the environment requests logs and backtraces.",
    ),
    row("L3", "Unreadable responses are not quoted."),
    row("L4", "If the server quotes a value, the value is masked."),
    row(
        "L5",
        "The content of a kubeconfig or of a failing plugin is not shown.",
    ),
    row(
        "L6",
        "No value is in the arguments or the environment of any process.",
    ),
    row(
        "L7",
        "A value typed as an argument is refused and not repeated.",
    ),
    row(
        "L8",
        "No copy and no digest of a value is stored beside it.",
    ),
    row("L9", "The mask of a value does not reveal its length."),
    row(
        "L10",
        "The type of values cannot be printed, serialized or copied, and only one module looks at bytes.",
    ),
    row("L11", "A prompt restores the terminal."),
    not(
        "L12",
        "The tests of shredding, proof, masks and journals detect changed code.",
        "[.ci/mutants](../.ci/mutants) changes the code and runs the unit tests beside it. Of shredding they notice 140 of 143 changes (97.9 %), of the proof 12 of 12; 11 more behave as the code does. Not noticed: a rename that a file system does not support, a directory that may not be written to (the tests run as root), a file that grows while it is read. Masks and journals are not measured yet.",
    ),
    by(
        "C1",
        "Licences, sources and duplicates match deny.toml. *Advisories are checked only if a copy of their database is available.*",
        "`cargo deny check` in [.ci/run](../.ci/run)",
        "with `Zlib` or a reason for a duplicate taken out of deny.toml",
    ),
    not(
        "C2",
        "Two clean builds in different directories are equal.",
        "[.ci/reproducible](../.ci/reproducible) builds twice and compares; this takes too long for every change.",
    ),
    by(
        "C3",
        "The binary lists what it is made of: each package of which anything was compiled, and no other. *Packages that only ran during the build (build scripts, macros, and what these need) are one kind.*",
        "[.ci/parts](../.ci/parts), which [.ci/reproducible](../.ci/reproducible) calls for each of its builds",
        "with a package left out of what was compiled, which it tries each time",
    ),
    row("C4", "The release archive has the form that krew requires."),
    row(
        "C5",
        "The crates that run code during the build are known, and `unsafe` is counted.",
    ),
    row(
        "C6",
        "Workflows pin actions to commits, and their tokens are read-only, except in a job that says what it writes.",
    ),
    row("C7", "Only the API server is contacted."),
];
