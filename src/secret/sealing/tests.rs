use aws_lc_rs::rsa::{OaepPrivateDecryptingKey, PrivateDecryptingKey};
use proptest::prelude::*;
use rcgen::{CertificateParams, KeyPair, PKCS_ED25519, PKCS_RSA_SHA256};

use super::*;
use crate::secret::tls::tests::{TINY_CERTIFICATE, WEAK_CERTIFICATE, WEAK_KEY};

fn now() -> jiff::Timestamp {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

fn params() -> CertificateParams {
    let mut params = CertificateParams::new(["sealed".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2036, 1, 1);
    params
}

fn read(pem: &str) -> Result<SealingCertificate, CertificateProblem> {
    SealingCertificate::read(pem.as_bytes(), now())
}

/// As `singleDecrypt` in `pkg/crypto/crypto.go` does it.
fn unsealed(text: &str, key: &KeyPair, label: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(text).ok()?;
    let rsa_bytes = usize::from(u16::from_be_bytes([bytes[0], bytes[1]]));
    let (session, value) = bytes[2..].split_at(rsa_bytes);
    let key = PrivateDecryptingKey::from_pkcs8(&key.serialize_der()).unwrap();
    let key = OaepPrivateDecryptingKey::new(key).unwrap();
    let mut plain = vec![0; key.min_output_size()];
    let session = key
        .decrypt(
            &OAEP_SHA256_MGF1SHA256,
            session,
            &mut plain,
            (!label.is_empty()).then_some(label.as_bytes()),
        )
        .ok()?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, session).ok()?);
    let mut value = value.to_vec();
    let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
    let opened = key.open_in_place(nonce, Aad::empty(), &mut value).ok()?;
    Some(opened.to_vec())
}

#[test]
fn a_value_comes_back_where_its_label_is_right_and_nowhere_else() {
    let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let other = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let certificate = read(&params().self_signed(&key).unwrap().pem()).unwrap();
    for size in [0, 1, 15, 16, 17, 4096, 1024 * 1024] {
        let bytes: Vec<u8> = (0..size).map(|at: usize| (at % 251) as u8).collect();
        let value = SecretValue::from_bytes(bytes.clone());
        for label in ["shop/db", "shop", ""] {
            let text = certificate.key.seal(label, &value).unwrap();
            assert_eq!(STANDARD.decode(&text).unwrap().len(), 2 + 256 + size + 16);
            assert_eq!(unsealed(&text, &key, label).as_ref(), Some(&bytes));
            assert_eq!(unsealed(&text, &key, "shop/other"), None);
            assert_eq!(unsealed(&text, &other, label), None);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn nothing_repeats_itself(bytes: Vec<u8>) {
        let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        let certificate = read(&params().self_signed(&key).unwrap().pem()).unwrap();
        let value = SecretValue::from_bytes(bytes.clone());
        let one = certificate.key.seal("n/s", &value).unwrap();
        let two = certificate.key.seal("n/s", &value).unwrap();
        // Each has a session key of its own: equal values are not seen to be equal.
        prop_assert_ne!(&one, &two);
        prop_assert_eq!(unsealed(&one, &key, "n/s"), Some(bytes.clone()));
        prop_assert_eq!(unsealed(&two, &key, "n/s"), Some(bytes));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}", bytes: Vec<u8>) {
        let _ = read(&text);
        let _ = SealingCertificate::read(&bytes, now());
        let wrapped = format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            STANDARD.encode(&bytes)
        );
        prop_assert!(read(&wrapped).is_err());
    }
}

#[test]
fn certificates_that_are_not_sealed_with_have_a_reason() {
    let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let with = |params: CertificateParams, key: &KeyPair| params.self_signed(key).unwrap().pem();
    let good = with(params(), &key);
    assert!(read(&good).is_ok());

    let mut expired = params();
    expired.not_after = rcgen::date_time_ymd(2026, 5, 31);
    let until = "2026-05-31T00:00:00Z".parse().unwrap();
    let problem = read(&with(expired, &key)).err();
    assert_eq!(problem, Some(CertificateProblem::Expired { until }));
    assert_eq!(problem.unwrap().to_string(), "expired on 2026-05-31");

    let mut early = params();
    early.not_before = rcgen::date_time_ymd(2026, 7, 1);
    let from = "2026-07-01T00:00:00Z".parse().unwrap();
    assert_eq!(
        read(&with(early, &key)).err(),
        Some(CertificateProblem::NotYetValid { from })
    );

    let curve = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    assert_eq!(
        read(&with(params(), &curve)).err(),
        Some(CertificateProblem::NotRsa)
    );
    assert_eq!(
        read(WEAK_CERTIFICATE).err(),
        Some(CertificateProblem::Size { bits: 1024 })
    );
    assert_eq!(
        read(TINY_CERTIFICATE).err(),
        Some(CertificateProblem::Size { bits: 512 })
    );
    for key in [
        WEAK_KEY.to_owned(),
        format!("{good}{}", key.serialize_pem()),
    ] {
        assert_eq!(read(&key).err(), Some(CertificateProblem::PrivateKey));
    }
    assert_eq!(read("").err(), Some(CertificateProblem::NoPem));
    assert_eq!(read("<html>").err(), Some(CertificateProblem::NoPem));
    let der = params().self_signed(&key).unwrap();
    assert_eq!(
        SealingCertificate::read(der.der(), now()).err(),
        Some(CertificateProblem::Der)
    );
    assert_eq!(
        read(&good.replacen("MII", "AAA", 1)).err(),
        Some(CertificateProblem::Broken)
    );
}

#[test]
fn texts_that_hold_a_value_are_known() {
    let value = |text: &str| SecretValue::from_bytes(text.as_bytes().to_vec());
    for (text, held, expected) in [
        ("the password is hunter2", "hunter2", true),
        ("the password is hunter2", "hunter2\n", true),
        ("aHVudGVyMg", "hunter2", true),
        ("hunter", "hunter2", false),
        ("a b c", "abc", false),
        ("abc", "abc", false),
        ("", "hunter2", false),
    ] {
        let repeats = PublicText::of(text).repeats(&value(held));
        assert_eq!(repeats, expected, "{text} {held}");
    }
}

/// JSON in an annotation, JSON in that, and each writer's own choice of escapes.
#[test]
fn escapes_hide_no_value() {
    let value = |text: &str| SecretValue::from_bytes(text.as_bytes().to_vec());
    let pem = "-----BEGIN PRIVATE KEY-----\nMIIabcdef\n-----END PRIVATE KEY-----\n";
    let odd = "a\"b\\c<d>&\t/\u{1f511}\u{e4}";
    for held in [pem, odd] {
        let mut text = format!("the value: {held}");
        for depth in 0..4 {
            assert!(PublicText::of(&text).repeats(&value(held)), "{depth}");
            text = serde_json::json!({ "key": text }).to_string();
        }
    }
    let go = r#"{"k":"a\"b\\c\u003cd\u003e\u0026\t\/\ud83d\udd11\u00e4"}"#;
    assert!(PublicText::of(go).repeats(&value(odd)));
    for broken in [
        r"\u",
        r"\uD83D",
        r"\uD83Dx",
        r"\uD83D\u0041",
        r"\uDC00",
        r"\",
        r"\x",
    ] {
        assert!(!PublicText::of(broken).repeats(&value("hunter2")));
    }
}

#[test]
fn a_long_line_of_a_value_is_one_too_many() {
    let value = |text: &str| SecretValue::from_bytes(text.as_bytes().to_vec());
    let pem = "-----BEGIN CERTIFICATE-----\r\nMIIBszCCAVmgAwIBAgIUQ\r\nshort\r\n-----END CERTIFICATE-----\r\n";
    for (text, expected) in [
        ("see MIIBszCCAVmgAwIBAgIUQ", true),
        ("short", false),
        ("-----BEGIN CERTIFICATE-----\nother\n", false),
    ] {
        assert_eq!(
            PublicText::of(text).repeats(&value(pem)),
            expected,
            "{text}"
        );
    }
    // A value of one line is looked for as a whole.
    assert!(
        !PublicText::of("MIIBszCCAVmgAwIBAgIUQ").repeats(&value("MIIBszCCAVmgAwIBAgIUQ and more"))
    );
}

#[test]
fn of_several_certificates_the_first_is_taken_as_kubeseal_does() {
    let keys = [(); 2].map(|()| KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap());
    let pems = [0, 1].map(|which: usize| params().self_signed(&keys[which]).unwrap().pem());
    let both = read(&format!("# newest first\n{}\n{}", pems[0], pems[1])).unwrap();
    assert_eq!(both.others, 1);
    let value = SecretValue::from_bytes(b"value".to_vec());
    let text = both.key.seal("n/s", &value).unwrap();
    assert!(unsealed(&text, &keys[0], "n/s").is_some());
    assert!(unsealed(&text, &keys[1], "n/s").is_none());
    // The key is known by what is public of it, however the certificate is made.
    let again = read(&params().self_signed(&keys[0]).unwrap().pem()).unwrap();
    assert_eq!(again.key.public_key(), both.key.public_key());
}
