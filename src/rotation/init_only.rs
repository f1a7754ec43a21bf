//! Consumers that take a credential once, when they initialise their data: for them a
//! new value in the Secret is an outage, because the server goes on with the old one
//! and all others get the new one.

use std::sync::LazyLock;

use crate::consumption::How;
use crate::inventory::Inventory;
use crate::workload::{Container, ObjectId};

use super::plan::{Affected, Plan, Use};

/// An image and its variables.
struct Known {
    names: Vec<&'static str>,
    variables: Vec<&'static str>,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let lines = include_str!("init_only.txt").lines();
    let rows = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    rows.filter_map(read).collect()
});

fn read(line: &'static str) -> Option<Known> {
    let mut columns = line.split('|');
    let list = |column: &'static str| column.split(',').map(str::trim).collect();
    Some(Known {
        names: list(columns.next()?),
        variables: list(columns.next()?),
    })
}

/// A container that takes a changed key at its first start only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitOnly {
    pub workload: ObjectId,
    pub container: String,
    pub variable: String,
    pub image: String,
}

/// Those of a plan.
pub fn of_plan(plan: &Plan, inventory: &Inventory) -> Vec<InitOnly> {
    let mut found = Vec::new();
    for affected in &plan.workloads {
        for used in &affected.uses {
            let one = of_use(affected, used, inventory);
            found.extend(one.filter(|one| !found.contains(one)));
        }
    }
    found
}

fn of_use(affected: &Affected, used: &Use, inventory: &Inventory) -> Option<InitOnly> {
    let workload = inventory.workload(&affected.id)?;
    let name = &used.consumer.container.as_ref()?.name;
    let container = workload
        .pod
        .containers
        .iter()
        .find(|one| one.name == *name)?;
    let image = container.image.as_ref()?;
    let known = known(&image.value)?;
    let variable = match &used.consumer.how {
        How::Variable { name } => known
            .variables
            .contains(&name.as_str())
            .then(|| name.clone()),
        How::AllVariables { prefix } => {
            let key = used.secret.key.as_deref()?;
            let name = format!("{prefix}{key}");
            known.variables.contains(&name.as_str()).then_some(name)
        }
        How::Files(_) => known
            .variables
            .iter()
            .find_map(|variable| names_file(container, variable)),
        _ => None,
    }?;
    Some(InitOnly {
        workload: affected.id.clone(),
        container: name.clone(),
        variable,
        image: image.value.clone(),
    })
}

/// A variable `…_FILE` that a container has.
fn names_file(container: &Container, variable: &str) -> Option<String> {
    let name = format!("{variable}_FILE");
    container
        .env
        .iter()
        .any(|one| one.name.value == name)
        .then_some(name)
}

/// What is known of an image, by the last part of its name.
fn known(image: &str) -> Option<&'static Known> {
    let name = image.rsplit('/').next()?;
    let name = name.split(['@', ':']).next()?;
    KNOWN.iter().find(|known| known.names.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_images_variables_and_a_source() {
        let rows = include_str!("init_only.txt").lines();
        let rows: Vec<_> = rows
            .filter(|row| !row.is_empty() && !row.starts_with('#'))
            .collect();
        assert_eq!(rows.len(), KNOWN.len());
        for row in rows {
            let columns: Vec<_> = row.split('|').map(str::trim).collect();
            assert_eq!(columns.len(), 3, "{row}");
            assert!(columns.iter().all(|column| !column.is_empty()), "{row}");
            let is_variable = |name: &str| {
                name.bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
            };
            assert!(
                columns[1].split(',').map(str::trim).all(is_variable),
                "{row}"
            );
        }
    }

    #[test]
    fn an_image_is_known_by_the_last_part_of_its_name() {
        for image in [
            "postgres:16",
            "docker.io/library/postgres",
            "registry:5000/x/postgres@sha256:00",
            "bitnami/postgresql:15",
        ] {
            assert!(known(image).is_some(), "{image}");
        }
        for image in ["", "postgres-exporter:1", "registry/postgres/client"] {
            assert!(known(image).is_none(), "{image}");
        }
    }
}
