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

const NO_EDIT: &str = "There is no command that opens an editor.";

/// All of them.
pub const ROWS: &[Row] = &[
    row(
        "M1",
        "No copy of the value or the token is in memory when `create` ends.",
    ),
    row(
        "M2",
        "Nor when doctor, consumers, migrate or a refused `create` end.",
    ),
    row(
        "M3",
        "Nor for values of 8 bytes to 900 KiB, from standard input, a prompt, a file or an env file.",
    ),
    row(
        "M4",
        "While the request is on its way there are as few copies as the figure says.",
    ),
    not(
        "M5",
        "While an editor is open there is one copy at most.",
        NO_EDIT,
    ),
    row("M6", "No block of memory is freed with a byte in it."),
    row("M7", "No copy is on the stack when a command ends."),
    row(
        "M8",
        "Another process of the same user can neither attach nor read memory or environment.",
    ),
    row("M9", "No signal leaves a core file."),
    row(
        "M10",
        "The process is hardened before it opens what the user gives.",
    ),
    short(
        "M11",
        "Everything works where no memory may be locked.",
        "None is locked, so there is nothing that `doctor` could say.",
    ),
    short(
        "M12",
        "A panic while the value is there tells nothing of it.",
        "Memory after a panic is not searched: a function that is jumped over does not drop what it was given.",
    ),
    by(
        "M13",
        "Wiping freed memory costs little time.",
        "`cargo bench --bench allocator --profile dev`, by [benches/allocator.rs](../benches/allocator.rs): of the CPU time without it 1.02 for `create` of 28 bytes, 1.04 of 900 KiB, 1.07 for `doctor -f` over 1,000 Deployments (medians of 25 pairs); of the instructions 1.35, 1.46 and 1.05",
        "*not tried: no test depends on a clock*",
    ),
    not("E1–E13", "What editors leave behind.", NO_EDIT),
    row(
        "S1",
        "After `create --shred` of a fresh file on ext4 its image holds no copy.",
    ),
    row(
        "S2",
        "What is said about overwriting is true of each file system.",
    ),
    row(
        "S3",
        "Links, devices, pipes, files in use and the like are refused before anything is sent.",
    ),
    row("S4", "A file that takes the source's name is not harmed."),
    row(
        "S5",
        "Killed at any system call, the source is intact or the cluster's copy is proven.",
    ),
    row(
        "S6",
        "A call that fails is never called success, and nothing is cut short after a failed sync.",
    ),
    row("S7", "Nothing is shredded unless the read-back is equal."),
    row("S8", "A file that was changed since it was read stays."),
    row(
        "S9",
        "Data is on the disk before the file is cut short, unlinked, and its folder synced.",
    ),
    row("S10", "All that is allocated is overwritten."),
    row(
        "S11",
        "A file that git knows is warned about, and git runs nothing of the repository's.",
    ),
    row("S12", "Copies that editors left beside the file are named."),
    row("S13", "No word promises more than overwriting does."),
    row("S14", "Of several sources all are removed or none."),
    short(
        "I1",
        "Broken manifests neither stop `doctor` nor hold it up.",
        "Memory is not measured here.",
    ),
    short(
        "I2",
        "No text from outside makes its reader panic.",
        "At random and without coverage; `MUTATIONS=` says how many.",
    ),
    row(
        "I3",
        "Texts that stand for too much are refused, in little memory.",
    ),
    row(
        "I4",
        "Keys that stand twice are errors that name the key and not the value.",
    ),
    row("I5", "What is said of a broken manifest holds no value."),
    row("I6", "Every byte arrives unchanged."),
    row("I7", "What is too large or never ends is refused in time."),
    short(
        "I8",
        "Nothing that a terminal would obey is written to one.",
        "By the function that all text passes, not by what a terminal shows.",
    ),
    row(
        "I9",
        "Keys that would leave a folder are refused before anything is sent.",
    ),
    row(
        "I10",
        "The user's policy for credential plugins decides which are run.",
    ),
    row(
        "I11",
        "A kubeconfig that is no good is refused or warned about.",
    ),
    row(
        "I12",
        "Answers without end are given up, and no other host gets the token.",
    ),
    row(
        "I13",
        "No `Retry-After` makes it wait longer than its deadline.",
    ),
    row(
        "I14",
        "No surroundings make it panic, or use a standard stream for something else.",
    ),
    row(
        "N1",
        "A write that fails in any way loses nothing and claims nothing that is not so.",
    ),
    row(
        "N2",
        "An answer that ends early is never taken for the whole.",
    ),
    row(
        "N3",
        "A migration that was killed is finished by the next run, and taken back to the last byte.",
    ),
    row(
        "N4",
        "So is one whose next run is killed too, and the one after that.",
    ),
    row(
        "N5",
        "The journal of a migration holds no value, and half of one does nothing.",
    ),
    row("N6", "What others write meanwhile is not lost."),
    row(
        "N7",
        "A write whose answer is lost is made once, and settled by reading back.",
    ),
    row("N8", "An object that was created again is not written."),
    short(
        "N9",
        "Where a permission is missing nothing is written.",
        "For `migrate`; `create` writes one object.",
    ),
    row(
        "N10",
        "Webhooks that deny, fail or change things are reported.",
    ),
    row("N11", "A token that expires is renewed once."),
    short(
        "N12",
        "A certificate that does not fit ends it before the token is sent.",
        "Older versions of TLS are left out by the library.",
    ),
    short(
        "N13",
        "A list that expires is read again.",
        "Rollouts are looked at by lists; there is no watch.",
    ),
    short(
        "N14",
        "What does not get ready is taken back in time.",
        "Quotas and stateful pods on the real node: see migration-invariants.md.",
    ),
    not(
        "N15",
        "Two runs at once do not harm each other.",
        "There is no lock; `migrate::together_in_20_tries` and `migrate::two_people_lose_nothing` show it on the real server.",
    ),
    row(
        "L1",
        "No value and no token is in any output of any command.",
    ),
    row(
        "L2",
        "Nor where the environment asks for logs and backtraces.",
    ),
    row("L3", "Answers that cannot be read are not quoted."),
    row("L4", "Where the server quotes a value it is masked."),
    row(
        "L5",
        "What a kubeconfig or a failing plugin holds is not told.",
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
    row("L9", "What stands for a value does not tell its length."),
    row(
        "L10",
        "The type of values cannot be printed, written out or copied, and one module looks at bytes.",
    ),
    row("L11", "A prompt leaves the terminal as it was."),
    not(
        "L12",
        "Changed code is noticed by the tests of shredding, proof, masks and journals.",
        "[.ci/mutants](../.ci/mutants) has yet to be run on masks and journals. Of shredding 140 of 143 changes are noticed by the unit tests beside the code (97.9 %), of the proof 12 of 12; 11 more do the same as the code. Not noticed: a rename that a file system does not have, a folder that may not be written to (the tests run as root), a file that grows while it is read.",
    ),
    by(
        "C1",
        "Licences, sources and duplicates are those of deny.toml. *Whether an advisory is open is asked only where a copy of their database is at hand.*",
        "`cargo deny check` in [.ci/run](../.ci/run)",
        "with `Zlib` or a reason for a duplicate taken out of deny.toml",
    ),
    not(
        "C2",
        "Two clean builds in different folders are equal.",
        "[.ci/reproducible](../.ci/reproducible) builds twice and compares; it takes too long for every change.",
    ),
    by(
        "C3",
        "The binary lists what it is made of: each package of which anything was compiled, no other. *As one kind, those that only ran while building: build scripts, macros and what these need.*",
        "[.ci/parts](../.ci/parts), which [.ci/reproducible](../.ci/reproducible) calls for each of its builds and for the archive",
        "with a package left out of what was compiled, which it tries each time",
    ),
    row("C4", "The archive of a release is what krew takes."),
    row(
        "C5",
        "Who runs code while building is known, and `unsafe` is counted.",
    ),
    short(
        "C6",
        "Workflows name commits and may only read.",
        "There are none yet: the test reads whatever .github/workflows has, and samples of its own.",
    ),
    row("C7", "Nobody but the API server is spoken to."),
];
