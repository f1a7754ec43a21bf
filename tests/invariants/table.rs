//! The invariants of `migrate`, in the order of their numbers.

/// One thing that always holds.
pub struct Invariant {
    /// What, in a sentence.
    pub rule: &'static str,
    /// How it was decided in the end, where that is not the first idea.
    pub decided: Option<&'static str>,
}

const fn rule(rule: &'static str) -> Invariant {
    Invariant {
        rule,
        decided: None,
    }
}

const fn decided(rule: &'static str, decided: &'static str) -> Invariant {
    Invariant {
        rule,
        decided: Some(decided),
    }
}

/// All of them; the first has number 1.
pub const INVARIANTS: &[Invariant] = &[
    // The rewritten template.
    decided(
        "Only `env`, `envFrom`, `volumes` and `volumeMounts` change.",
        "Flags can add changes: `fsGroup`, and the wrapped command of `--shim`. In a cluster, the annotation that stores the undo is added. While pods are replaced, `minReadySeconds` is raised.",
    ),
    rule("No value of a Secret is read; its metadata is enough."),
    rule("A variable that is not migrated keeps its value."),
    rule("No `$(X)` loses its variable X."),
    rule("If a shell or a script uses X, X is kept."),
    decided(
        "Of several entries with the same name, the effective one is migrated, and no other entry takes effect.",
        "If the keys of another `envFrom` object are unknown, a note says that it may have a key of that name.",
    ),
    rule("What was optional is still optional."),
    rule("What was required is still required: its key is listed."),
    rule("`envFrom` is unchanged if not all keys are known."),
    rule("Prefixes and the order of `envFrom` are applied as kubelet applies them."),
    rule("A key becomes a file with the same name, unless another name is requested."),
    rule("Only keys that the container used are mounted."),
    decided(
        "`X` and `X_FILE` are never both set.",
        "An image that is known to read `X_FILE` gets it instead of `X` in the first step. A single variable of `envFrom` cannot be replaced, so it is kept.",
    ),
    decided(
        "`X_FILE` is set only for known images and variables.",
        "The entrypoint of the image must run, in a version that is known to read files; otherwise the user confirms it.",
    ),
    rule("`X_FILE` names a file that is mounted."),
    rule("The plan says if an image drops line endings that a variable keeps."),
    rule("Pull secrets, tokens, ConfigMaps, and field and resource references are not changed."),
    // Volumes and mounts.
    rule("The name of a volume is a valid label and unique."),
    rule("A volume that provides the same files is reused."),
    rule("No two mounts of a container have the same path."),
    rule("No mount overlaps another mount or a system path."),
    rule("No `subPath` is created."),
    rule("Every new mount is read-only."),
    decided(
        "The mode is 0400 if the process can read such a file. The process can read the file, or the plan says that this is not proven.",
        "If a known uid cannot read the file, the variable is refused, with three alternatives. If the uid is unknown, the variable is kept until it is proven. Nothing is added to a security context without a flag.",
    ),
    rule("Modes are octal in YAML and decimal in JSON."),
    rule("Windows pods get no mode, and are refused unless a suitable path is given."),
    rule("CSI volumes and the objects that create their Secrets are unchanged."),
    rule(
        "Init containers and sidecars are migrated, each with its own mounts. Ephemeral containers are not.",
    ),
    rule(
        "The plan warns if the pod itself may create the Secret, because the pod would then wait for itself.",
    ),
    rule("A missing required Secret or key is refused, because it would block the whole pod."),
    // Kinds and owners.
    rule("Live Pods and Jobs are refused; the message says to change the manifest file."),
    rule("The template of a CronJob is found. Its running Jobs are unchanged and reported."),
    rule("An object that a controller owns is changed at its top owner, or not at all."),
    decided(
        "Objects that GitOps, Helm or an operator writes are refused, unless forced.",
        "An object that `kubectl apply` wrote is changed, with a warning: most objects are, and their file can be migrated too.",
    ),
    rule("For a paused Deployment, the plan says that nothing rolls out."),
    rule("For OnDelete and partitions, the plan says which pods are not replaced."),
    rule("Replicas are never written."),
    decided(
        "For Recreate and maxSurge 0, the plan says before confirmation that there is a moment without pods.",
        "One confirmation for each workload covers this.",
    ),
    rule(
        "The plan is based on the template, never on a pod: what admission adds to pods is not included.",
    ),
    rule("The uid of a running container overrides the template, and is not written to it."),
    // The patch.
    rule("Everything that is removed is tested first. After a conflict, the plan is made again."),
    rule("A server-side dry run comes first, and what admission would add is reported."),
    rule("A second run finds nothing to do."),
    decided(
        "The change is one patch, so there is one rollout.",
        "A second patch restores `minReadySeconds` and causes no rollout.",
    ),
    rule("The field manager is our own, and no last-applied annotation is created."),
    rule("The undo is written together with the change, and restores the exact previous state."),
    rule(
        "The two steps are independent: the first changes no variable, and the second can be undone alone.",
    ),
    decided(
        "If new pods cannot start, `migrate` stops and says why.",
        "It rolls the change back automatically; `--no-undo` keeps the change.",
    ),
    rule("Undo never claims to restore the content of a Secret."),
    // Files.
    rule("Every byte outside an edit is unchanged."),
    rule("Scalars keep their spelling."),
    rule("Several documents, Lists and unknown kinds are preserved."),
    rule("Content that an anchor shares is never changed for its other users."),
    rule("Unrendered templates are refused."),
    rule("A reference to a generated name is looked up by the name of its generator."),
    rule("Duplicate keys and broken YAML are refused."),
    rule("A file is replaced atomically, with its permissions; a link still points to it."),
    rule("A file and the live object get the same plan."),
    rule("Files are migrated without contacting a cluster."),
    // What is told.
    rule("No value is in any output."),
    rule("Annotations that may contain a copy are dropped when they are read."),
    rule("What may not be read is unknown, not missing."),
    rule("The exit status shows the result."),
    rule("Every refusal has a place, a reason and a next step."),
    // `rotate` and `restart`.
    rule("The values of an immutable Secret are never changed in place."),
    rule(
        "Both values are stored before anything is changed, and until every container has the new one.",
    ),
    rule("A value is written only to the version that was read; other keys stay."),
    rule("A Secret that a controller writes is not changed; the place to change it is named."),
    rule(
        "A restart sets one annotation of the template, once; paused and OnDelete workloads are not patched.",
    ),
    rule("Pods that are removed are evicted; a disruption budget is waited for."),
    rule(
        "Restarted is who takes a changed key when it starts, by a variable or a subPath, and nobody else.",
    ),
    rule("The type of a Secret is never changed."),
    // What others complain of in rotation tools.
    rule("Two restarts within one second both happen."),
    rule("A value that is the same writes nothing and restarts nothing."),
    rule("Users of another key of the Secret keep their containers."),
    rule("At the end all running containers are counted by when they started."),
    rule("Pods that start between the write and a failure are healed."),
    rule("As long as a pod with the old value is ending, nothing of that value is removed."),
    rule("What admission forbids is known before the first write."),
    rule("Rollouts of Argo Rollouts are restarted in their own way."),
    rule("Consumers need not be listed, and each is restarted once, whatever has changed."),
    rule(
        "Ready is not proof: a check that fails takes the value back, and what is not proven is told.",
    ),
    rule(
        "A credential is not changed on one side only where a consumer takes it once, when it initialises its data.",
    ),
    rule("Killed between the two sides of a credential, a run ends with one value on both."),
    rule(
        "A value inside another one follows it, written as its place wants it, or nothing changes.",
    ),
];
