//! Work on all cores. For long computations only: what waits for a network
//! is `tokio`'s.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

/// More threads than this gain nothing here, and each has memory of its own.
const MOST_THREADS: usize = 8;

/// How many threads are worth having for so many items.
pub fn threads(items: usize) -> usize {
    if items < 2 {
        return items;
    }
    // Linux answers from files below /proc and /sys: it is asked once.
    static CORES: OnceLock<usize> = OnceLock::new();
    let cores = *CORES.get_or_init(|| thread::available_parallelism().map_or(1, NonZero::get));
    cores.min(MOST_THREADS).min(items)
}

/// Does `work` with each item; the results are in the order of the items.
/// A panic of the work is one of the caller.
pub fn map<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = threads(items.len());
    if threads < 2 {
        return items.into_iter().map(work).collect();
    }
    let queue = Mutex::new(items.into_iter().enumerate());
    let next = || {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.next()
    };
    let run = || {
        let mut done = Vec::new();
        while let Some((index, item)) = next() {
            done.push((index, work(item)));
        }
        // The C library keeps the stack of a thread that has ended for the next one.
        wipe_stack();
        done
    };
    let mut done = thread::scope(|scope| {
        // A machine that gives no more threads still has this one.
        let others: Vec<_> = (1..threads)
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, run).ok())
            .collect();
        let mut done = run();
        for other in others {
            match other.join() {
                Ok(own) => done.extend(own),
                Err(panic) => resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// How much of the stack is overwritten: a quarter of what a thread has.
const WIPED: usize = 512 * 1024;

/// Overwrites what calls that have returned left on the stack of this thread:
/// registers that were saved may hold parts of values.
#[inline(never)]
pub fn wipe_stack() {
    let zeros = [0_u8; WIPED];
    std::hint::black_box(&zeros);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_items() {
        let items: Vec<usize> = (0..1_000).collect();
        let twice: Vec<usize> = items.iter().map(|item| item * 2).collect();
        assert_eq!(map(items, |item| item * 2), twice);
        assert!(map(Vec::new(), |item: usize| item).is_empty());
    }

    #[test]
    fn a_panic_is_not_lost() {
        let outcome = std::panic::catch_unwind(|| map(vec![1, 2, 3], |item| assert_ne!(item, 2)));
        assert!(outcome.is_err());
    }
}
