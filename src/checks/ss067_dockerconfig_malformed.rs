//! SS067: registry credentials that the kubelet cannot use.

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::secret::docker::DockerProblem;

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS067",
    name: "dockerconfig-malformed",
    severity: Severity::Error,
    data: &[Data::Values],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "registry credentials are not in the form that the kubelet reads",
    why: "The API server only checks that the value is JSON. Without auths, with entries that \
          contain no credentials, or with an auth that is not base64 of user:password, the \
          kubelet pulls without credentials and the registry refuses; kubectl secretsafe create \
          refuses such a value. The usual cause is a file copied from a desktop, where docker \
          stores the credentials in a helper of that machine (credsStore). Entries with an \
          identity token or a registry token are fine.",
    remedy: "Create it from a user name and password: kubectl secretsafe create docker-registry.",
    example: "{\"auths\": {\"registry.example\": {}}, \"credsStore\": \"desktop\"}   # found\n",
    source: "kubernetes/kubernetes pkg/credentialprovider/config.go",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (facts, key, verdict) in content::values(inventory) {
        let troubles = match &verdict.docker {
            None => continue,
            Some(Err(problem)) => vec![whole(problem)],
            Some(Ok(registries)) => registries.troubles().iter().map(whole).collect(),
        };
        for words in troubles {
            let finding = content::finding(
                &RULE,
                inventory,
                facts,
                Some(key),
                format!("Key {key} of Secret {}: {words}.", facts.name),
                "registry credentials",
            );
            results.report(finding.advise(
                "Create it again from a user name and password: kubectl secretsafe create \
                 docker-registry asks for them.",
            ));
        }
    }
}

fn whole(problem: &DockerProblem) -> String {
    match problem {
        DockerProblem::KeptElsewhere => {
            "it contains no credentials, because docker stored them in a helper of the machine it \
             comes from"
                .to_owned()
        }
        other => other.to_string(),
    }
}
