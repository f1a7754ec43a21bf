//! SS104: keys that a producer promises and does not make, or makes wrongly.

use std::collections::BTreeSet;

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Keys, Part, Producer, ProducerKind};
use crate::secret::kind::{self, KindProblem};
use crate::words::listed;
use crate::workload::Object;
use crate::workload::placeholder::is_placeholder;

use super::{Settings, content, external, sealed, template_fields, written_keys};

pub static RULE: Rule = Rule {
    id: "SS104",
    name: "produced-keys-mismatch",
    severity: Severity::Error,
    data: &[Data::Producers, Data::SecretKeys, Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "the keys that a SealedSecret, ExternalSecret or SecretProviderClass makes do not fit",
    why: "A key that a consumer needs and its producer does not make is reported by SS003 and \
          SS004, at the consumer. This rule reports the other side: a template that reads a \
          value that is not there (External Secrets Operator then writes nothing, the \
          controller of Sealed Secrets writes <no value>); a type whose keys are not made, \
          which the API server refuses; in a cluster, keys that the producer makes and the Secret \
          does not have although the producer says that all is well; and keys that a consumer \
          takes from the Secret and its owner does not make, so that the next write removes them. \
          What a store decides (dataFrom) is not known, and is not reported.",
    remedy: "Add the key to the producer, or correct the name in the template or the reference.",
    example: "kind: ExternalSecret\nspec:\n  data: [{secretKey: password, …}]\n  target:\n    template:\n      \
              data:\n        url: \"postgres://app:{{ .pasword }}@db\"   # found: .pasword\n",
    source: "external-secrets/external-secrets externalsecret_controller_template.go, \
             pkg/template/v2 (missingkey=error); #3879; bitnami-labs/sealed-secrets \
             sealedsecret_expansion.go; kubernetes ValidateSecret",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for found in external::with_clusters(inventory) {
        results
            .findings
            .extend(template_fields::of_external(&found));
    }
    for (object, found) in sealed::all(inventory) {
        results
            .findings
            .extend(template_fields::of_sealed(object, &found));
    }
    let mut seen = BTreeSet::new();
    for producer in &inventory.producers {
        let is_of_a_level = matches!(
            producer.kind,
            ProducerKind::SealedSecret
                | ProducerKind::ExternalSecret
                | ProducerKind::SecretProviderClass
        );
        let Some(object) = inventory
            .object(&producer.id, producer.origin)
            .filter(|object| is_of_a_level && !object.metadata.deleting)
        else {
            continue;
        };
        // What a ClusterExternalSecret makes in each namespace is one and the same.
        if seen.insert((&producer.id, producer.origin, &producer.secret)) {
            results.findings.extend(unfit_type(object, producer));
        }
        if let Some(facts) = inventory.secret(&producer.namespace, &producer.secret)
            && inventory.is_live()
        {
            results
                .findings
                .extend(written_keys::not_made(inventory, object, producer, facts));
            results
                .findings
                .extend(written_keys::not_kept(inventory, object, producer, facts));
        }
    }
}

fn finding(object: &Object, secret: &str, message: String) -> Finding {
    Finding::new(&RULE, &object.id, message).about(&object.id.namespace, secret, None)
}

/// A type that the API server refuses without keys that are not made.
fn unfit_type(object: &Object, producer: &Producer) -> Option<Finding> {
    let type_ = producer.type_.as_deref()?;
    let Keys::Complete(keys) = &producer.keys else {
        return None;
    };
    if producer.part != Part::Makes || is_placeholder(type_) || type_ == kind::SERVICE_ACCOUNT_TOKEN
    {
        return None;
    }
    let has = |key: &str| keys.contains(key);
    let Err(KindProblem::Missing { key, .. }) =
        kind::check_keys(type_, has, &std::collections::BTreeMap::new())
    else {
        return None;
    };
    let message = format!(
        "{} makes Secret {} of type {type_} without {key}.",
        producer.id.short(),
        producer.secret
    );
    let known = listed(keys.iter().map(String::as_str));
    Some(
        finding(object, &producer.secret, message)
            .at(
                object.origin,
                &content::name_site(object),
                "without a key of its type",
            )
            .because(format!(
                "Its keys are: {}.",
                if known.is_empty() { "none" } else { &known }
            ))
            .because("The API server refuses such a Secret.")
            .advise("Add the key, or use the type Opaque."),
    )
}
