//! The transformers that kustomize has built in, in its order
//! (`api/internal/target/kusttarget_configplugin.go`).

use std::sync::Arc;

use super::config::Config;
use super::fields::Fields;
use super::fieldspec::{self, Creates, FieldSpec};
use super::files::Files;
use super::resource::{Gvk, Resource};
use super::set::Set;
use super::tree::{Inner, Tree, shown};
use super::{Failure, images, patches, replacements};
use crate::manifest::{Scalar, ScalarStyle, ScalarType};

/// Runs all of a kustomization.
///
/// # Errors
/// Where kustomize refuses one, or we are not sure.
pub(super) fn run(
    number: usize,
    fields: &Fields,
    config: &Config,
    set: &mut Set,
    files: &mut Files<'_>,
) -> Result<(), Failure> {
    patches::strategic(number, fields, set, files)?;
    patches::patches(number, fields, set, files)?;
    namespace(fields, config, set)?;
    affix(
        Affix::Prefix,
        fields.text("namePrefix"),
        &config.name_prefix,
        set,
    )?;
    affix(
        Affix::Suffix,
        fields.text("nameSuffix"),
        &config.name_suffix,
        set,
    )?;
    labels(fields, config, set)?;
    annotations(fields, config, set)?;
    patches::json6902(number, fields, set, files)?;
    replicas(fields, config, set)?;
    images::run(fields, config, set)?;
    replacements::run(number, fields, set, files)
}

/// The value where it is to be a text: in quotes, as the setter's tag says.
fn text_of(value: &Tree) -> Tree {
    let text = value.scalar_text().unwrap_or_default();
    Tree {
        inner: Inner::Scalar(Arc::new(Scalar {
            text: text.into(),
            style: ScalarStyle::DoubleQuoted,
            type_: ScalarType::Text,
        })),
        ..value.clone()
    }
}

fn scalar_only(tree: &Tree) -> Result<(), Failure> {
    match tree.is_scalar() {
        true => Ok(()),
        false => Err(Failure::refused(
            "a field that kustomize sets is not a single value",
        )),
    }
}

/// `namespace` (`api/filters/namespace/namespace.go`).
fn namespace(fields: &Fields, config: &Config, set: &mut Set) -> Result<(), Failure> {
    let Some(wanted) = fields.tree.get("namespace") else {
        return Ok(());
    };
    if wanted.scalar_text().is_none_or(str::is_empty) {
        return Ok(());
    }
    let value = text_of(wanted);
    let own = FieldSpec::new("", "", "metadata/namespace", true);
    let change = |tree: &Tree| {
        scalar_only(tree)?;
        Ok((!tree.same(&value)).then(|| value.clone()))
    };
    for resource in &mut set.list {
        resource.remember();
        let gvk = resource.gvk();
        let api_version = resource.api_version().to_owned();
        if !resource.is_cluster_scoped() {
            own.apply(&mut resource.tree, Creates::Scalar, &change)?;
        }
        let is_binding = matches!(gvk.kind.as_str(), "RoleBinding" | "ClusterRoleBinding");
        if is_binding {
            subjects(&mut resource.tree, &value)?;
        }
        for spec in &config.namespace {
            let is_name = spec.path == "metadata/name" && api_version != "v1";
            let is_subject = is_binding
                && matches!(spec.gvk.kind.as_str(), "RoleBinding" | "ClusterRoleBinding")
                && spec.path == "subjects/namespace";
            if spec.path == "metadata/namespace" || is_name || is_subject {
                continue;
            }
            if gvk.is_selected(&spec.gvk) {
                spec.apply(&mut resource.tree, Creates::Scalar, &change)?;
            }
        }
    }
    set.renamed();
    set.check_twins()
}

/// Subjects named `default` get the namespace.
fn subjects(tree: &mut Tree, namespace: &Tree) -> Result<(), Failure> {
    let Some(subjects) = tree.get("subjects").filter(|own| !own.is_null()) else {
        return Ok(());
    };
    if !subjects.is_sequence() {
        return Err(Failure::refused("the subjects of a binding are not a list"));
    }
    let is_default = |subject: &Tree| subject.value_of("name") == "default";
    if !subjects.items().iter().any(is_default) {
        return Ok(());
    }
    let subjects = tree.get_mut("subjects").and_then(Tree::items_mut);
    for subject in subjects.into_iter().flatten() {
        if is_default(subject) {
            let span = namespace.span;
            subject.set_written("namespace", span, namespace.clone());
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Affix {
    Prefix,
    Suffix,
}

/// Kinds whose names stay.
fn keeps_its_name(gvk: &Gvk) -> bool {
    gvk.kind == "CustomResourceDefinition"
        || gvk.kind == "Namespace"
        || (gvk.kind == "APIService" && gvk.group == "apiregistration.k8s.io")
}

fn affix(which: Affix, text: &str, specs: &[FieldSpec], set: &mut Set) -> Result<(), Failure> {
    if text.is_empty() {
        return Ok(());
    }
    let change = |tree: &Tree| {
        scalar_only(tree)?;
        let own = tree.scalar_text().unwrap_or_default();
        Ok(Some(tree.with_text(&match which {
            Affix::Prefix => format!("{text}{own}"),
            Affix::Suffix => format!("{own}{text}"),
        })))
    };
    for resource in &mut set.list {
        let original = resource.original().gvk;
        if keeps_its_name(&original) {
            continue;
        }
        for spec in specs.iter().filter(|spec| original.is_selected(&spec.gvk)) {
            if spec.path == "metadata/name" {
                let list = match which {
                    Affix::Prefix => &mut resource.prefixes,
                    Affix::Suffix => &mut resource.suffixes,
                };
                Arc::make_mut(list).push(text.to_owned());
                resource.remember();
            }
            if resource.gvk().is_selected(&spec.gvk) {
                spec.apply(&mut resource.tree, Creates::Scalar, &change)?;
            }
        }
    }
    set.renamed();
    Ok(())
}

fn labels(fields: &Fields, config: &Config, set: &mut Set) -> Result<(), Failure> {
    for label in fields.list("labels") {
        let is_set = |key: &str| label.value_of(key) == "true";
        let mut specs = super::config::field_specs(label.get("fields"))?;
        let mut add = |more: &[FieldSpec]| {
            more.iter()
                .try_for_each(|spec| fieldspec::add(&mut specs, spec))
        };
        add(&config.labels)?;
        if is_set("includeSelectors") {
            add(&config.common_labels)?;
        } else {
            if is_set("includeTemplates") {
                add(&config.template_labels)?;
            }
            add(&[FieldSpec::new("", "", "metadata/labels", true)])?;
        }
        set_all(label.get("pairs"), &specs, set)?;
    }
    set_all(fields.tree.get("commonLabels"), &config.common_labels, set)
}

fn annotations(fields: &Fields, config: &Config, set: &mut Set) -> Result<(), Failure> {
    let annotations = fields.tree.get("commonAnnotations");
    set_all(annotations, &config.common_annotations, set)
}

/// Sets entries of labels or annotations at places.
fn set_all(pairs: Option<&Tree>, specs: &[FieldSpec], set: &mut Set) -> Result<(), Failure> {
    let mut pairs: Vec<_> = pairs.map_or(&[][..], Tree::fields).iter().collect();
    if pairs.is_empty() {
        return Ok(());
    }
    pairs.sort_by(|a, b| a.key.text.cmp(&b.key.text));
    let change = |tree: &Tree| {
        if !tree.is_mapping() {
            return Err(Failure::refused("labels or annotations are not a mapping"));
        }
        let mut changed = tree.clone();
        for pair in &pairs {
            changed.set_written(&pair.key.text, pair.key.span, text_of(&pair.value));
        }
        Ok(Some(changed))
    };
    for resource in &mut set.list {
        let gvk = resource.gvk();
        for spec in specs.iter().filter(|spec| gvk.is_selected(&spec.gvk)) {
            spec.apply(&mut resource.tree, Creates::Mapping, &change)?;
        }
    }
    Ok(())
}

fn replicas(fields: &Fields, config: &Config, set: &mut Set) -> Result<(), Failure> {
    for replica in fields.list("replicas") {
        let name = replica.value_of("name");
        let count = replica.get("count").cloned();
        let value = count.unwrap_or_else(|| Tree::plain("0"));
        let change = |tree: &Tree| {
            scalar_only(tree)?;
            Ok(Some(value.clone()))
        };
        let mut found = false;
        for spec in &config.replicas {
            for index in set.named(name) {
                let resource: &mut Resource = &mut set.list[index];
                let is_meant = resource
                    .ids()
                    .any(|id| id.name == name && id.gvk.is_selected(&spec.gvk));
                if !is_meant {
                    continue;
                }
                found = true;
                if resource.gvk().is_selected(&spec.gvk) {
                    spec.apply(&mut resource.tree, Creates::Scalar, &change)?;
                }
            }
        }
        if !found {
            return Err(Failure::refused(format!(
                "its replicas name {}, which is not a workload of it",
                shown(name)
            )));
        }
    }
    Ok(())
}
