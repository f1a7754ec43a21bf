//! The HTML pages in a real browser: nothing runs, nothing is loaded, nothing
//! is missing, in light and dark and on a phone.
//!
//! It needs Chromium (`apt-get install chromium`). Without it the test says so
//! and passes, unless `CI=true`. Pictures are written to `target/tmp/page`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![expect(clippy::print_stderr, reason = "it says where the pictures are")]

mod advice;
mod audit;
mod browser;
mod doctor;

const CANARY: &str = "c4n4ryQ7xW2k";

/// Names that a careless page would run, load or lose.
const NASTY: &[&str] = &[
    "<script>document.title='run'</script>",
    "\"><img src=http://127.0.0.1:9/x onerror=alert(1)>",
    "'; alert(1); //",
    "]]></style><style>*{display:none}",
    "&lt;b&gt; &amp; &#x3c;",
    "{{ template }} ${x}",
    "\u{202e}gnorw",
    "<!-- comment",
    "javascript:alert(1)",
    "🔑 schlüssel",
];

/// What a page must not have, whatever names are in it.
const ACTIVE: [&str; 6] = [
    "<script",
    "<img",
    "<link rel=\"stylesheet",
    "http-equiv=\"refresh",
    "@import",
    "url(",
];
