//! SealedSecret files as people and tools write them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kubectl_secretsafe::levels::sealed::Scope;
use kubectl_secretsafe::levels::stamp::{Fingerprint, STAMP, Stamp, digest};
use serde_json::{Map, Value, json};

/// Numbers that look random and are the same in each run (SplitMix64).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5ea1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `most`.
    pub fn one_of(&mut self, most: usize) -> usize {
        (self.next() % most as u64) as usize
    }

    fn often(&mut self) -> bool {
        self.one_of(2) == 0
    }
}

/// A file, the SealedSecret that is meant, and its keys.
pub struct Spelled {
    pub text: String,
    pub name: String,
    pub keys: Vec<String>,
}

/// A text with the layout of a ciphertext.
pub fn ciphertext(dice: &mut Dice) -> String {
    let size = 2 + 256 + 16 + dice.one_of(60);
    let mut bytes = vec![1, 0];
    while bytes.len() < size {
        bytes.extend_from_slice(&dice.next().to_le_bytes());
    }
    bytes.truncate(size);
    STANDARD.encode(bytes)
}

pub fn file(dice: &mut Dice) -> Spelled {
    let keys: Vec<String> = ["password", "tls.crt", "user_name", "A-B", "1234", "true"]
        [..1 + dice.one_of(6)]
        .iter()
        .map(|key| (*key).to_owned())
        .collect();
    let texts: Vec<(String, String)> = keys
        .iter()
        .map(|key| (key.clone(), ciphertext(dice)))
        .collect();
    let name = "db".to_owned();
    let stamp = dice.often().then(|| stamp(&texts));
    let text = match dice.one_of(6) {
        0 => json_file(&texts, stamp.as_deref(), dice),
        1 => list_file(&texts, stamp.as_deref()),
        _ => yaml_file(&texts, stamp.as_deref(), dice),
    };
    Spelled { text, name, keys }
}

fn stamp(texts: &[(String, String)]) -> String {
    let pairs = texts
        .iter()
        .map(|(key, text)| (key.as_str(), text.as_str()));
    Stamp {
        scope: Scope::Strict,
        namespace: "shop".to_owned(),
        name: "db".to_owned(),
        key: Fingerprint::of_public_key(b"an old one"),
        others: std::collections::BTreeMap::new(),
        ciphertexts: digest(pairs),
    }
    .to_string()
}

fn object(texts: &[(String, String)], stamp: Option<&str>) -> Value {
    let encrypted: Map<String, Value> = texts
        .iter()
        .map(|(key, text)| (key.clone(), text.as_str().into()))
        .collect();
    let mut object = json!({
        "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
        "metadata": {"name": "db", "namespace": "shop", "annotations": {"z": "{ x: 'y' }"}},
        "spec": {"encryptedData": encrypted, "template": {"data": {"url": "{{ .password }}"}}},
    });
    if let Some(stamp) = stamp {
        object["metadata"]["annotations"][STAMP] = stamp.into();
    }
    object
}

fn json_file(texts: &[(String, String)], stamp: Option<&str>, dice: &mut Dice) -> String {
    let object = object(texts, stamp);
    match dice.one_of(3) {
        0 => object.to_string(),
        1 => format!("{object:#}\n"),
        _ => format!("{object:#}").replace("  ", "\t") + "\n\n",
    }
}

fn list_file(texts: &[(String, String)], stamp: Option<&str>) -> String {
    let other = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "db"}});
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [other, object(texts, stamp)]});
    format!("{list:#}\n")
}

/// A scalar in one of the styles that YAML has.
fn scalar(text: &str, indent: usize, dice: &mut Dice) -> String {
    let pad = " ".repeat(indent);
    let half = text.len() / 2;
    match dice.one_of(7) {
        0 => format!("'{text}'"),
        1 => format!("\"{text}\""),
        2 => format!(">-\n{pad}{text}"),
        3 => format!("|-\n{pad}{text}"),
        4 => format!("\"{}\\\n{pad}{}\"", &text[..half], &text[half..]),
        _ => text.to_owned(),
    }
}

fn yaml_file(texts: &[(String, String)], stamp: Option<&str>, dice: &mut Dice) -> String {
    let step = [2, 4][dice.one_of(2)];
    let pad = |level: usize| " ".repeat(step * level);
    let comment = |dice: &mut Dice| match dice.one_of(3) {
        0 => "  # {key: 'value'} of the team",
        _ => "",
    };
    let mut body = String::new();
    if dice.often() {
        body += "---\n";
    }
    if dice.often() {
        body += "# Sealed for the shop. Ask before you change it: \"quoted\" & *starred*\n";
    }
    body += "apiVersion: bitnami.com/v1alpha1\n";
    let _ = writeln!(body, "kind: SealedSecret{}", comment(dice));
    let mut encrypted = String::new();
    for (key, text) in texts {
        let key = match key.as_str() {
            "1234" | "true" => format!("\"{key}\""),
            _ if dice.often() => format!("'{key}'"),
            _ => key.clone(),
        };
        let value = scalar(text, step * 3, dice);
        let _ = writeln!(encrypted, "{}{key}: {value}", pad(2));
        if dice.one_of(5) == 0 {
            encrypted += "\n";
        }
    }
    let mut metadata = format!("metadata:\n{}name: db\n", pad(1));
    if let Some(stamp) = stamp {
        let value = scalar(stamp, step * 3, dice);
        let _ = write!(
            metadata,
            "{0}annotations:\n{1}a: b\n{1}{STAMP}: {value}\n",
            pad(1),
            pad(2)
        );
    } else if dice.often() {
        let _ = writeln!(
            metadata,
            "{}annotations: {{a: b, c: 'd'}}{}",
            pad(1),
            comment(dice)
        );
    }
    let _ = writeln!(metadata, "{}namespace: shop{}", pad(1), comment(dice));
    let template = match dice.one_of(3) {
        0 => format!(
            "{0}template:\n{1}data:\n{2}url: \"{{{{ .password }}}}\"\n",
            pad(1),
            pad(2),
            pad(3)
        ),
        1 => format!(
            "{}template: {{metadata: {{name: db, namespace: shop}}, type: Opaque}}\n",
            pad(1)
        ),
        _ => String::new(),
    };
    let encrypted = format!("{}encryptedData:{}\n{encrypted}", pad(1), comment(dice));
    let spec = match dice.often() {
        true => format!("spec:\n{template}{encrypted}"),
        false => format!("spec:\n{encrypted}{template}"),
    };
    body += &match dice.often() {
        true => format!("{metadata}{spec}"),
        false => format!("{spec}{metadata}"),
    };
    let other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: db}\ndata: {password: plain}\n";
    let text = match dice.one_of(4) {
        0 => format!("{other}---\n{}", body.trim_start_matches("---\n")),
        1 => format!("{body}---\n{other}"),
        _ => body,
    };
    match dice.one_of(5) {
        0 => text.replace('\n', "\r\n"),
        1 => text.trim_end().to_owned(),
        _ => text,
    }
}
