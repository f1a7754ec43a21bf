//! The reader of what tests say of the invariants of `migrate`, which makes
//! `docs/migration-invariants.md`: it believes only tests that are run.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod reader;

use std::collections::BTreeMap;

use reader::shown;

fn texts(files: &[(&str, &str)]) -> BTreeMap<String, String> {
    files
        .iter()
        .map(|(file, text)| ((*file).to_owned(), (*text).to_owned()))
        .collect()
}

/// Kind, file and function of every test, by the invariant.
fn read(files: &[(&str, &str)]) -> Vec<String> {
    let shown = shown(&texts(files), 9);
    let of_one = |(number, tests): (usize, std::collections::BTreeSet<reader::Shown>)| {
        tests.into_iter().map(move |test| {
            let function = test.function.unwrap_or_default();
            format!("{number} {} {} {function}", test.kind.told(), test.file)
        })
    };
    shown.into_iter().flat_map(of_one).collect()
}

#[test]
fn tests_are_known_by_where_they_stand() {
    let test = "/// What it shows.\n///\n/// Invariants 1, 2.\n#[test]\nfn it_holds() {}\n";
    for (file, kind) in [
        ("src/migration/mode.rs", "unit"),
        ("tests/edits/main.rs", "property"),
        ("tests/migration_properties/patch.rs", "property"),
        ("tests/migrate_interrupted/faults.rs", "fault server"),
    ] {
        let expected = [1, 2].map(|number| format!("{number} {kind} {file} it_holds"));
        assert_eq!(read(&[(file, test)]), expected);
    }
    let case = "# invariant: 3\nkind: Deployment\n";
    let cases = [
        ("tests/migration/one.yaml", case),
        ("tests/migration/one.after.yaml", case),
        ("tests/cli/migrate/one.toml", case),
        ("tests/checks/SS001/one.yaml", case),
    ];
    assert_eq!(
        read(&cases),
        [
            "3 golden tests/migration/one.yaml ",
            "3 command line tests/cli/migrate/one.toml ",
        ]
    );
}

const LIST: &str = "node_trial(\"a\", own), trial(\n    \"b\",\n    bad::quota,\n), \
                    thorough_trial(\"c\", bad::deep::all)";

#[test]
fn trials_are_found_in_the_modules_below() {
    let files = [
        ("tests/real/migrate.rs", "/// Invariant 1.\nfn own() {}"),
        (
            "tests/real/migrate/bad/mod.rs",
            "/// Invariant 2.\npub(super) fn quota() {}",
        ),
        (
            "tests/real/migrate/bad/deep.rs",
            "/// Invariant 3.\npub(super) fn all() {}",
        ),
    ];
    let list = format!("{LIST}\n{}", files[0].1);
    let mut listed = files;
    listed[0].1 = &list;
    assert_eq!(
        read(&listed),
        [
            "1 node tests/real/migrate.rs own",
            "2 server tests/real/migrate/bad/mod.rs quota",
            "3 server tests/real/migrate/bad/deep.rs all",
        ]
    );
}

/// What the reader says when it does not believe a text.
fn refused(files: &[(&str, &str)]) -> String {
    let files = texts(files);
    let panic = std::panic::catch_unwind(|| shown(&files, 9)).unwrap_err();
    *panic.downcast::<String>().unwrap()
}

#[test]
fn what_is_not_run_shows_nothing() {
    let other = ("tests/real/migrate.rs", LIST);
    for (file, text, why) in [
        (
            "src/a.rs",
            "/// Invariant 1.\nfn helper() {}",
            "helper is never run",
        ),
        (
            // The trial of this name is in another module.
            "tests/real/migrate/verify.rs",
            "/// Invariant 1.\npub(super) fn quota() {}",
            "quota is never run",
        ),
        ("src/a.rs", "/// Invariant 1.\nstruct A;", "no test below"),
        (
            "src/a.rs",
            "/// Invariant 1\n#[test]\nfn a() {}",
            "Invariant 1",
        ),
        (
            "src/a.rs",
            "/// Invariant 10.\n#[test]\nfn a() {}",
            "function with invariant 10",
        ),
        ("tests/cli/a.toml", "# invariant: one", "one"),
    ] {
        let said = refused(&[other, (file, text)]);
        assert!(said.contains(why), "{said}");
    }
}
