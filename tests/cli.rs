//! The command line without a cluster: one case a file, every byte of output
//! and the exit code. `TRYCMD=overwrite cargo test --test cli` rewrites the
//! expectations; read the difference before committing it.

#[test]
fn cases() {
    trycmd::TestCases::new()
        .env("KUBECONFIG", "/nonexistent/kubeconfig")
        .env("HOME", "/nonexistent")
        .env("NO_COLOR", "1")
        .case("tests/cli/*/*.toml");
}
