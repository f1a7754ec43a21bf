//! A run that is killed at every request, before and after it is carried out.

use testcluster::fault::{Resource, When};

use crate::scene::{MIGRATE, Scene, State, UNDO};

/// Kills runs of `words` at every request. Returns how many ended in each
/// state.
fn killed_at_every_request(words: &[&str], start: State) -> [usize; 2] {
    let scene = Scene::of(Resource::CronJobs);
    if start == State::Migrated {
        scene.run(MIGRATE).ends(0);
    }
    let mut begin = scene.stored();
    let mut ended = [0; 2];
    for when in [When::BeforeCommit, When::AfterCommit] {
        for n in 1.. {
            if !scene.killed_at(words, n, when) {
                assert!(n > 10, "a run has more requests than {n}");
                // The last one went to its end.
                scene.put(begin.clone());
                begin = scene.stored();
                break;
            }
            let found = scene.state();
            ended[usize::from(found == State::Migrated)] += 1;
            if scene.stored() == begin {
                // To the last byte what the next round begins with: that round
                // is the one that goes on.
                continue;
            }
            if start == State::Migrated {
                let said = scene.run(UNDO).ends(2);
                assert!(said.contains("no migration"), "{said}");
            }
            scene.goes_there_and_back();
            scene.put(begin.clone());
            begin = scene.stored();
        }
    }
    scene.put(begin);
    scene.goes_there_and_back();
    ended
}

/// Invariants 44, 46.
///
/// Shows N3.
#[test]
fn killed_at_any_request_of_a_migration_nothing_is_half_done() {
    let [untouched, migrated] = killed_at_every_request(MIGRATE, State::Original);
    assert!(untouched > 0 && migrated > 0, "{untouched} {migrated}");
}

/// Invariants 44, 46.
#[test]
fn killed_at_any_request_of_an_undo_nothing_is_half_done() {
    let [back, migrated] = killed_at_every_request(UNDO, State::Migrated);
    assert!(back > 0 && migrated > 0, "{back} {migrated}");
}
