//! The inputs, family by family.

use super::Case;
use super::Expected::{self, BothRefuse, Differ, OnlyKubectl, OnlyWe, Same};

const fn case(kubectl: &'static str, ours: &'static str, expected: Expected) -> Case {
    Case {
        kubectl,
        ours,
        expected,
    }
}

/// kubernetes-semantics §1, as words to type in a folder made by [`super::inputs::folder`].
pub(super) fn cases() -> Vec<Case> {
    [
        from_file(),
        from_literal(),
        from_env_file(),
        names_types_sizes(),
        tls(),
        docker_registry(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn from_file() -> Vec<Case> {
    vec![
        case("generic s --from-file=f", "s --from-file=f", Same),
        case(
            "generic s --from-file=sub/g.txt",
            "s --from-file=sub/g.txt",
            Same,
        ),
        case("generic s --from-file=k=f", "s --from-file=k=f", Same),
        case(
            "generic s --from-file=k=f,l=sub/g.txt",
            "s --from-file=k=f,l=sub/g.txt",
            Same,
        ),
        case(
            "generic s --from-file=a=b=c",
            "s --from-file=a=b=c",
            BothRefuse,
        ),
        case(
            "generic s --from-file=a=b=c",
            "s --file=a=b=c",
            OnlyWe("a path with ="),
        ),
        case("generic s --from-file==f", "s --from-file==f", BothRefuse),
        case("generic s --from-file=k=", "s --from-file=k=", BothRefuse),
        case(
            "generic s --from-file=nope",
            "s --from-file=nope",
            BothRefuse,
        ),
        case("generic s --from-file=dir", "s --from-file=dir", Same),
        case("generic s --from-file=links", "s --from-file=links", Same),
        case(
            "generic s --from-file=links",
            "s --dir=links",
            Differ("--dir follows a mounted Secret"),
        ),
        case(
            "generic s --from-file=bad-names",
            "s --from-file=bad-names",
            BothRefuse,
        ),
        case(
            "generic s --from-file=k=dir",
            "s --from-file=k=dir",
            BothRefuse,
        ),
        case("generic s --from-file=k=link", "s --from-file=k=link", Same),
        case("generic s --from-file=-", "s --from-file=-", BothRefuse),
        case(
            "generic s --from-file=k=all-bytes",
            "s --from-file=k=all-bytes",
            Same,
        ),
        case(
            "generic s --from-file=k=empty",
            "s --from-file=k=empty",
            Same,
        ),
        case(
            "generic s --from-file=k=/dev/stdin",
            "s --from-file=k=/dev/stdin",
            Same,
        ),
        case(
            "generic s --from-file=/dev/stdin",
            "s --from-file=/dev/stdin",
            Same,
        ),
        case(
            "generic s --from-file=a=f --from-file=a=all-bytes",
            "s --from-file=a=f --from-file=a=all-bytes",
            BothRefuse,
        ),
        case(
            "generic s --from-file=bad..k=f",
            "s --from-file=bad..k=f",
            Same,
        ),
        case(
            "generic s --from-file=..k=f",
            "s --from-file=..k=f",
            BothRefuse,
        ),
        case(
            "generic s --from-file=k/x=f",
            "s --from-file=k/x=f",
            BothRefuse,
        ),
    ]
}

fn from_literal() -> Vec<Case> {
    vec![
        case(
            "generic s --from-literal=a=b",
            "s --from-literal=a=b",
            OnlyKubectl("--from-literal with a value"),
        ),
        case(
            "generic s --from-literal==b",
            "s --from-literal==b",
            BothRefuse,
        ),
    ]
}

fn from_env_file() -> Vec<Case> {
    vec![
        case(
            "generic s --from-env-file=plain.env",
            "s --from-env-file=plain.env",
            Same,
        ),
        case(
            "generic s --from-env-file=plain.env",
            "s --env-file=plain.env",
            Same,
        ),
        case(
            "generic s --from-env-file=crlf.env",
            "s --from-env-file=crlf.env",
            Same,
        ),
        case(
            "generic s --from-env-file=bom.env",
            "s --from-env-file=bom.env",
            Same,
        ),
        case(
            "generic s --from-env-file=quotes.env",
            "s --from-env-file=quotes.env",
            Same,
        ),
        case(
            "generic s --from-env-file=blank.env",
            "s --from-env-file=blank.env",
            Same,
        ),
        case(
            "generic s --from-env-file=inherit.env",
            "s --from-env-file=inherit.env",
            Same,
        ),
        case(
            "generic s --from-env-file=space-key.env",
            "s --from-env-file=space-key.env",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=export.env",
            "s --from-env-file=export.env",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=digit.env",
            "s --from-env-file=digit.env",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=twice.env",
            "s --from-env-file=twice.env",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=invalid.env",
            "s --from-env-file=invalid.env",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=dir",
            "s --from-env-file=dir",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=nope.env",
            "s --from-env-file=nope.env",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=long.env",
            "s --from-env-file=long.env",
            Differ("a line over 64 KiB"),
        ),
        case(
            "generic s --from-env-file=plain.env --from-file=f",
            "s --from-env-file=plain.env --from-file=f",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=plain.env --from-file=f",
            "s --env-file=plain.env --file=f",
            OnlyWe("sources can be mixed"),
        ),
    ]
}

fn names_types_sizes() -> Vec<Case> {
    vec![
        case(
            "generic Bad_Name --from-file=f",
            "Bad_Name --from-file=f",
            OnlyKubectl("names are checked"),
        ),
        case(
            "generic s --type=example.com/x --from-file=f",
            "s --type=example.com/x --from-file=f",
            Same,
        ),
        case(
            "generic s --type=kubernetes.io/tls --from-file=f",
            "s --type=kubernetes.io/tls --from-file=f",
            OnlyKubectl("required keys are checked"),
        ),
        case(
            "generic s --from-file=k=too-big",
            "s --from-file=k=too-big",
            OnlyKubectl("sizes are checked"),
        ),
        case(
            "generic s --append-hash --from-file=f",
            "s --append-hash=kubectl --from-file=f",
            Same,
        ),
        case("generic s", "s", OnlyKubectl("a Secret needs a source")),
    ]
}

fn tls() -> Vec<Case> {
    vec![
        case(
            "tls s --cert=good.crt --key=good.key",
            "tls s --cert=good.crt --key=good.key",
            Same,
        ),
        case(
            "tls s --cert=good.crt --key=other.key",
            "tls s --cert=good.crt --key=other.key",
            BothRefuse,
        ),
        case(
            "tls s --cert=good.key --key=good.crt",
            "tls s --cert=good.key --key=good.crt",
            BothRefuse,
        ),
        case(
            "tls s --cert=good.der --key=good.key",
            "tls s --cert=good.der --key=good.key",
            BothRefuse,
        ),
        case(
            "tls s --cert=good.crt --key=encrypted.key",
            "tls s --cert=good.crt --key=encrypted.key",
            BothRefuse,
        ),
        case("tls s --cert=good.crt", "tls s --cert=good.crt", BothRefuse),
        case(
            "tls s --cert=rsa-1024.crt --key=rsa-1024.key",
            "tls s --cert=rsa-1024.crt --key=rsa-1024.key",
            Same,
        ),
        case(
            "tls s --cert=rsa-1024.crt --key=good.key",
            "tls s --cert=rsa-1024.crt --key=good.key",
            BothRefuse,
        ),
        case(
            "tls s --cert=rsa-512.crt --key=rsa-512.key",
            "tls s --cert=rsa-512.crt --key=rsa-512.key",
            OnlyKubectl("a certificate without use"),
        ),
        case(
            "tls s --cert=nope.crt --key=good.key",
            "tls s --cert=nope.crt --key=good.key",
            BothRefuse,
        ),
        case(
            "tls s --cert=expired.crt --key=expired.key",
            "tls s --cert=expired.crt --key=expired.key",
            OnlyKubectl("an expired certificate"),
        ),
        case(
            "tls s --cert=expired.crt --key=expired.key",
            "tls s --cert=expired.crt --key=expired.key --allow-expired",
            Same,
        ),
    ]
}

fn docker_registry() -> Vec<Case> {
    vec![
        case(
            "docker-registry s --docker-username=u --docker-password=p",
            "docker-registry s --docker-username=u --docker-password=p",
            OnlyKubectl("--docker-password"),
        ),
        case(
            "docker-registry s --docker-username=u --docker-password=p",
            "docker-registry s --docker-username=u --docker-password-stdin",
            Same,
        ),
        case(
            "docker-registry s --docker-server=r.example --docker-username=u --docker-password=p --docker-email=a@b",
            "docker-registry s --docker-server=r.example --docker-username=u --docker-password-stdin --docker-email=a@b",
            Same,
        ),
        case(
            "docker-registry s --docker-username=u",
            "docker-registry s --docker-email=a@b",
            BothRefuse,
        ),
        case(
            "docker-registry s --from-file=config.json",
            "docker-registry s --from-file=config.json",
            Same,
        ),
        case(
            "docker-registry s --from-file=.dockerconfigjson=config.json",
            "docker-registry s --from-file=.dockerconfigjson=config.json",
            Same,
        ),
        case(
            "docker-registry s --from-file=f",
            "docker-registry s --from-file=f",
            OnlyKubectl("docker configurations are checked"),
        ),
        case(
            "docker-registry s --from-file=.dockerconfigjson=no-credentials.json",
            "docker-registry s --from-file=.dockerconfigjson=no-credentials.json",
            OnlyKubectl("docker configurations are checked"),
        ),
        case(
            "docker-registry s --docker-server= --docker-username=u --docker-password=p",
            "docker-registry s --docker-server= --docker-username=u --docker-password-stdin",
            BothRefuse,
        ),
    ]
}
