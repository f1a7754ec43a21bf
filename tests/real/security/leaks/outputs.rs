//! L1, L2: everything a run prints, whatever the server does.

use libtest_mimic::Trial;
use testcluster::fault::{Fault, Reply, Rule};

use super::scene::{Scene, WAYS, Way};
use super::search;
use crate::figures::record;
use crate::harness::{in_parallel, trial};

/// How much `-v` is asked for: the levels between in one format.
fn levels_of(way: &Way, format: &str) -> &'static [u8] {
    match way.formats[0] == format {
        true => &[0, 1, 2, 10],
        false => &[0, 10],
    }
}

pub fn trials() -> Vec<Trial> {
    vec![trial("security::l1_l2_no_value_in_any_output", outputs)]
}

/// What the server does to a request. Its words quote the value once it was sent;
/// before that, and to who never knew it, it is a word like any other.
fn faults(scene: &Scene, words: &str, request: usize) -> Vec<(&'static str, Fault)> {
    let sends = words.starts_with("create") && !words.contains("--seal");
    let value = match sends && request > 1 {
        true => scene.value.text(),
        false => "none",
    };
    let quoting = format!(
        "invalid value: {value}, Authorization: Bearer {}",
        scene.token.text()
    );
    let warning = Fault::WarningHeaders(vec![format!("299 - \"{quoting}\"")]);
    let mut faults = Fault::of_each_kind(&quoting);
    faults.extend([
        ("a warning", warning),
        ("a cut answer", Fault::CutResponseAt(300)),
        (
            "a body that is no JSON",
            Reply::raw(200, "application/json", quoting.clone()).into(),
        ),
        (
            "a proxy's page",
            Reply::raw(502, "text/html", format!("<p>{quoting}</p>")).into(),
        ),
    ]);
    faults
}

/// One run: the words, and which fault it meets at which request.
struct Run {
    words: String,
    fault: Option<(usize, usize)>,
}

/// Every command in every format and at the lowest and the highest level without
/// a fault; every command with every fault at each of its first requests.
fn runs() -> Vec<Run> {
    let mut runs = Vec::new();
    for way in WAYS {
        for format in way.formats {
            for level in levels_of(way, format) {
                runs.push(Run {
                    words: format!("{} {format} -v {level}", way.words),
                    fault: None,
                });
            }
        }
        let asks_nobody = ["FILE", "PLAIN", "explain", "--schedule"];
        let asks_a_server = !asks_nobody.iter().any(|word| way.words.contains(word));
        for fault in (0..faults(&Scene::new(), "", 1).len()).filter(|_| asks_a_server) {
            // Only `create` asks for three things in this order whatever comes.
            let requests = if way.words.starts_with("create") {
                3
            } else {
                2
            };
            for request in 1..=requests {
                let format = way.formats[fault % way.formats.len()];
                runs.push(Run {
                    words: format!("{} {format} -v 10 --request-timeout 1s", way.words),
                    fault: Some((fault, request)),
                });
            }
        }
    }
    runs
}

/// Shows L1, L2. Seen to fail with server messages shown unmasked.
fn outputs() {
    let runs = runs();
    let met = in_parallel(runs.len(), |number| {
        let Run { words, fault } = &runs[number];
        let scene = Scene::new();
        if let Some((fault, request)) = fault {
            let fault = faults(&scene, words, *request).swap_remove(*fault).1;
            scene
                .server
                .script(Rule::on_any().nth(*request).fault(fault));
        }
        let outcome = scene.invocation(words).run();
        let named =
            fault.map(|(fault, request)| (faults(&scene, words, request)[fault].0, request));
        assert!(outcome.status.is_some(), "{words}: killed");
        assert!(
            !outcome.stderr.contains("internal error"),
            "{words} {named:?}: {}",
            outcome.stderr
        );
        assert_eq!(
            search(&[&scene.value, &scene.token], &outcome),
            0,
            "{words} {named:?}:\n{}\n{}",
            outcome.stdout,
            outcome.stderr
        );
        !scene.server.requests().is_empty()
    });
    let met = met.into_iter().filter(|met| *met).count();
    assert!(met > runs.len() / 3, "{met} runs asked the server");
    let found = controls();
    let control =
        format!("--show-values: found in {found} forms; a message about another value is shown");
    let faults = faults(&Scene::new(), "", 1).len();
    record(
        "L1",
        &format!(
            "no value and no token in stdout or stderr: every command in every format, -v up to 10, and with {faults} faults, those with a message quoting the value that was sent and the token"
        ),
        format!("0 hits in {} runs", runs.len()),
        control.clone(),
    );
    record(
        "L2",
        "the same with RUST_LOG=trace and RUST_BACKTRACE=full in the environment",
        format!("0 hits in {} runs", runs.len()),
        control,
    );
}

/// The search finds what is shown, and messages are shown.
fn controls() -> usize {
    let scene = Scene::new();
    let shown = scene
        .invocation("create leak --stdin password -o yaml --show-values")
        .run()
        .status(0);
    let found = search(&[&scene.value], &shown);
    assert!(found > 0, "the search must find a value that is shown");
    let scene = Scene::new();
    let fault = Reply::status(422, "Invalid", "another-value-of-somebody");
    scene.server.script(Rule::on_any().nth(2).fault(fault));
    let said = scene.invocation("create leak --stdin password").run();
    assert!(
        said.stderr.contains("another-value-of-somebody"),
        "{}",
        said.stderr
    );
    found
}
