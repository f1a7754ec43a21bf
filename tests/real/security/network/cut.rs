//! N2: an answer that ends at any byte.

use libtest_mimic::Trial;
use testcluster::fault::{Fault, Rule};

use super::OnlyCopy;
use crate::figures::Section;
use crate::harness::{in_parallel, thorough_trial, trial};
use crate::security::leaks::scene::Scene;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("security::n2_cut_answers", || {
            cut_answers(Section::Tests, 41);
        }),
        thorough_trial("thorough::n2_answers_cut_at_every_byte", || {
            cut_answers(Section::Thorough, 1);
        }),
    ]
}

/// What only reads, and prints what it read.
const READING: [&str; 3] = [
    "doctor -o json",
    "consumers secret/stored -o json",
    "migrate --dry-run -o json",
];

/// A request, by its number, and the bytes of its answer that arrive.
struct Cut {
    request: usize,
    at: usize,
    closing: fn(usize) -> Fault,
}

impl Cut {
    fn rule(&self) -> Rule {
        Rule::on_any()
            .nth(self.request)
            .fault((self.closing)(self.at))
    }
}

/// Every `step`-th byte of each answer, with and without the end that TLS has.
fn cuts(lengths: &[usize], step: usize) -> Vec<Cut> {
    let mut cuts = Vec::new();
    for (number, length) in lengths.iter().enumerate() {
        for at in (0..*length).step_by(step) {
            let closing: fn(usize) -> Fault = match (at / step) % 2 {
                0 => Fault::CutResponseAt,
                _ => Fault::TruncateResponseAt,
            };
            cuts.push(Cut {
                request: number + 1,
                at,
                closing,
            });
        }
    }
    cuts
}

/// Shows N2.
fn cut_answers(section: Section, step: usize) {
    let whole = OnlyCopy::new();
    whole.run().status(0);
    let lengths: Vec<usize> = whole
        .server
        .requests()
        .iter()
        .map(|request| request.answered)
        .collect();
    let of_create = cuts(&lengths, step);
    in_parallel(of_create.len(), |number| {
        let cut = &of_create[number];
        let only = OnlyCopy::new();
        only.server.script(cut.rule());
        let outcome = only.run();
        only.stays_safe(
            &outcome,
            &format!("answer {} cut at {}", cut.request, cut.at),
        );
    });
    let mut of_reading = 0;
    for words in READING {
        let whole = Scene::new();
        let expected = whole.invocation(words).run();
        let status = expected.status;
        assert!(matches!(status, Some(0 | 1 | 3)), "{}", expected.stderr);
        let lengths: Vec<usize> = whole
            .server
            .requests()
            .iter()
            .map(|request| request.answered)
            .collect();
        // Many answers that are much the same.
        let cuts = cuts(&lengths, step * 11);
        of_reading += cuts.len();
        in_parallel(cuts.len(), |number| {
            let cut = &cuts[number];
            let scene = Scene::new();
            scene.server.script(cut.rule());
            let outcome = scene.invocation(words).run();
            let place = format!(
                "{words}, answer {} cut at {}: {}",
                cut.request, cut.at, outcome.stderr
            );
            assert!(!outcome.stderr.contains("internal error"), "{place}");
            // Read again, or said to be incomplete; never a part for the whole.
            let is_whole =
                outcome.stdout.len() == expected.stdout.len() && outcome.status == status;
            assert!(is_whole || outcome.status == Some(3), "{place}");
        });
    }
    section.record(
        "N2",
        &format!("a truncated response (cut at every {step} bytes for `create --shred`, at fewer points for doctor, consumers and migrate) is read again or reported; nothing is lost"),
        format!("0 of {} lost, 0 of {of_reading} taken for the whole", of_create.len()),
        "the whole answers have the same lengths each time",
    );
}
