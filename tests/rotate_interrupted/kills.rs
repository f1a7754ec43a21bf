//! A run that is killed at every write.

use std::sync::atomic::{AtomicUsize, Ordering};

use http::Method;
use testcluster::fault::{Rule, When};

use crate::scene::{NEW, OLD, Scene, at_once};

pub const ROTATE: &[&str] = &[
    "password",
    "--stdin",
    "password",
    "-y",
    "--settle",
    "1s",
    "--timeout",
    "20s",
];
const RESUME: &[&str] = &["--resume", "-y", "--settle", "1s", "--timeout", "20s"];
const ABORT: &[&str] = &["--abort", "-y", "--timeout", "20s"];

/// Five workloads, one restart each; all of them are patched three times at most.
const WORKLOADS: usize = 5;
/// The patches of a run: a trial of each of 7 writes, and the writes: the run's Secret,
/// the value, 4 phases, and two for each workload.
const PATCHES: usize = 7 + 6 + 2 * WORKLOADS;

struct Point {
    method: Method,
    nth: usize,
    when: When,
    way: &'static [&'static str],
}

fn points() -> Vec<Point> {
    let mut points = Vec::new();
    for way in [RESUME, ABORT] {
        for when in [When::BeforeCommit, When::AfterCommit] {
            let patches = (1..=PATCHES).map(|nth| (Method::PATCH, nth));
            for (method, nth) in patches.chain([(Method::DELETE, 1)]) {
                points.push(Point {
                    method,
                    nth,
                    when,
                    way,
                });
            }
        }
    }
    points
}

/// Invariants 66, 67.
///
/// Shows N3.
#[test]
fn killed_at_any_write_a_rotation_is_gone_on_with_or_taken_back() {
    let (untouched, resumed, aborted, over) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );
    at_once(&points(), |point| {
        let scene = Scene::of(WORKLOADS);
        let rule = Rule::on(point.method.clone()).nth(point.nth);
        let killed = scene.killed(ROTATE, rule, point.when);
        assert!(killed, "{} {}", point.method, point.nth);
        scene.nothing_is_lost();
        let ran = scene.run(point.way);
        let count = match (ran.status, scene.value().as_str()) {
            // It had not begun, or was over to the last write.
            (Some(2), OLD) => {
                scene.is_untouched();
                &untouched
            }
            (Some(2), NEW) => {
                scene.is_rotated();
                &over
            }
            _ if point.way == RESUME => {
                ran.ends(0);
                scene.is_rotated();
                &resumed
            }
            _ => {
                ran.ends(0);
                scene.is_untouched();
                &aborted
            }
        };
        count.fetch_add(1, Ordering::SeqCst);
    });
    let counts = [&untouched, &resumed, &aborted, &over].map(|count| count.load(Ordering::SeqCst));
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
}

/// A kill of the way forward, then one at every write of the way back or on; the third
/// try ends it.
///
/// Shows N4.
#[test]
fn killed_again_on_the_way_back_it_still_ends() {
    let mut points = Vec::new();
    for way in [RESUME, ABORT] {
        for when in [When::BeforeCommit, When::AfterCommit] {
            points.extend((1..=8).map(|nth| (way, when, nth)));
        }
    }
    at_once(&points, |(way, when, nth)| {
        let scene = Scene::of(2);
        // Its first workload is restarted.
        let rule = Rule::on(Method::PATCH).path("deployments").nth(3);
        assert!(scene.killed(ROTATE, rule, When::AfterCommit));
        scene.killed(way, Rule::on(Method::PATCH).nth(*nth), *when);
        scene.nothing_is_lost();
        let ran = scene.run(way);
        match ran.status {
            Some(2) => assert!(!scene.has_run(), "{}", ran.said),
            _ => {
                ran.ends(0);
            }
        }
        match *way == RESUME {
            true => scene.is_rotated(),
            false => scene.is_untouched(),
        }
    });
}
