//! Chromium without a window.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Browser {
    program: PathBuf,
    pub folder: PathBuf,
}

impl Browser {
    /// `None` where there is none; CI has one.
    pub fn find() -> Option<Self> {
        let program = ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find(|name| {
                Command::new(name)
                    .arg("--version")
                    .output()
                    .is_ok_and(|output| output.status.success())
            });
        let Some(program) = program else {
            assert_ne!(
                std::env::var("CI").as_deref(),
                Ok("true"),
                "CI needs Chromium"
            );
            eprintln!("skipped: there is no Chromium");
            return None;
        };
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
        fs::create_dir_all(&folder).unwrap();
        Some(Self {
            program: program.into(),
            folder,
        })
    }

    /// Opens a page: what it printed, and what its console said.
    pub fn open(&self, page: &Path, words: &[&str]) -> (String, Vec<String>) {
        let profile = tempfile::tempdir().unwrap();
        let output = Command::new(&self.program)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--hide-scrollbars",
                "--enable-logging=stderr",
                "--log-level=0",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(words)
            .arg(format!("file://{}", page.display()))
            .output()
            .unwrap();
        let console = String::from_utf8_lossy(&output.stderr)
            .lines()
            .filter(|line| line.contains(":CONSOLE"))
            .map(str::to_owned)
            .collect();
        assert!(output.status.success(), "{:?}", output.status);
        (
            String::from_utf8_lossy(&output.stdout).into_owned(),
            console,
        )
    }

    pub fn page(&self, name: &str, text: &[u8]) -> PathBuf {
        let page = self.folder.join(name);
        fs::write(&page, text).unwrap();
        page
    }

    pub fn picture(&self, page: &Path, name: &str, words: &[&str]) -> Vec<u8> {
        let picture = self.folder.join(name);
        let _ = fs::remove_file(&picture);
        let word = format!("--screenshot={}", picture.display());
        let mut all = vec![word.as_str()];
        all.extend(words);
        let (_, console) = self.open(page, &all);
        assert_eq!(console, [""; 0], "{name}");
        fs::read(&picture).unwrap()
    }

    /// A page in light and dark, on a screen and on a phone.
    pub fn four_pictures(&self, page: &Path, prefix: &str) {
        let light = "--blink-settings=preferredColorScheme=1";
        let dark = "--blink-settings=preferredColorScheme=0";
        let wide = "--window-size=1200,2400";
        let phone = "--window-size=390,2400";
        let pictures = [
            self.picture(page, &format!("{prefix}light.png"), &[light, wide]),
            self.picture(page, &format!("{prefix}dark.png"), &[dark, wide]),
            self.picture(page, &format!("{prefix}phone-light.png"), &[light, phone]),
            self.picture(page, &format!("{prefix}phone-dark.png"), &[dark, phone]),
        ];
        for (at, picture) in pictures.iter().enumerate() {
            assert!(picture.len() > 20_000, "an empty page is smaller");
            assert!(!pictures[..at].contains(picture), "the schemes differ");
        }
        eprintln!("pictures: {}", self.folder.display());
    }
}

/// The text of a document as the browser writes it down.
pub fn unescaped(dom: &str) -> String {
    dom.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}
