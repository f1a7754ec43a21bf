//! M6: no block is freed with something in it.

use libtest_mimic::Trial;

use crate::figures::record;
use crate::harness::{control, trial};
use crate::security::leaks::scene::{Scene, WAYS};

pub fn trials() -> Vec<Trial> {
    vec![trial("security::m6_freed_blocks_are_zero", freed_blocks)]
}

/// Shows M6. Seen to fail without the wiping, which it tries each time.
fn freed_blocks() {
    let mut all = 0;
    for way in WAYS {
        let (freed, dirty) = counted(way.words, "on");
        assert_eq!(dirty, 0, "{}: of {freed}", way.words);
        all += freed;
    }
    let (freed, dirty) = counted(WAYS[0].words, "off");
    assert!(
        dirty > freed / 10,
        "{dirty} of {freed}: the count must see them"
    );
    record(
        "M6",
        "no block is freed with a byte in it: create, doctor, consumers, migrate, explain",
        format!("0 of {all} blocks in {} runs", WAYS.len()),
        format!("without the wiping allocator {dirty} of {freed}"),
    );
}

/// How many blocks a run freed, and how many of them held something.
fn counted(words: &str, wiping: &str) -> (u64, u64) {
    let outcome = Scene::new()
        .invocation_of(&control("freed"), words)
        .env("WIPING", wiping)
        .run();
    let line = outcome.stderr.lines().last().unwrap_or_default();
    let figures: Vec<u64> = line
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    let [freed, dirty] = figures[..] else {
        panic!("two figures: {}", outcome.stderr);
    };
    assert!(freed > 100, "{words}: {freed}");
    (freed, dirty)
}
