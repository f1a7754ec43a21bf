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
        "What is asked for by a flag of its own comes in addition: `fsGroup`, the wrapped command of `--shim`, and in a cluster the annotation that takes the change back. While pods without a readiness probe are replaced, `minReadySeconds` is set.",
    ),
    rule("No value of a Secret is read: its metadata is enough."),
    rule("A variable that is not migrated has the same value as before."),
    rule("No `$(X)` is left without its X."),
    rule("A use of X by a shell or a script keeps X."),
    decided(
        "Of several entries of one name, the one that counts is migrated, and no other comes to light.",
        "Where the keys of another `envFrom` object are not known, a note says that it may have the name.",
    ),
    rule("What was optional stays optional."),
    rule("What was required stays required: its key is listed."),
    rule("`envFrom` is left alone when not all keys are known."),
    rule("Prefixes and order of `envFrom` count as kubelet counts them."),
    rule("A key becomes the file of its name, unless another name is asked for."),
    rule("Only keys that the container used are mounted."),
    decided(
        "`X` and `X_FILE` are never there together.",
        "An image that is known to read `X_FILE` gets it in place of `X` in the first step already. A variable of `envFrom` cannot be exchanged alone, so it stays.",
    ),
    decided(
        "`X_FILE` is set for known images and variables only.",
        "The image's own entrypoint has to run, in a version that is known to read files; else the user confirms it.",
    ),
    rule("`X_FILE` names a file that is mounted."),
    rule("The plan says that an image drops line ends which a variable keeps."),
    rule("Pull secrets, tokens, ConfigMaps, fields and resources are not touched."),
    // Volumes and mounts.
    rule("The name of a volume is a legal label that nothing else has."),
    rule("A volume that gives the same files is used again."),
    rule("No two mounts of a container have the same path."),
    rule("No mount lies above or below another one, or at a path of the system."),
    rule("No `subPath` is made."),
    rule("Every new mount is read-only."),
    decided(
        "The mode is 0400 where that can be read, and the process can read it or the plan says that this is not proven.",
        "A known uid that cannot read it is refused with three offers; for an unknown one the variable stays until it is proven. Nothing is added to a security context unasked.",
    ),
    rule("Modes are octal in YAML and decimal in JSON."),
    rule("Windows pods get no mode, and are refused without a path that fits."),
    rule("CSI volumes and what makes their Secrets stay."),
    rule(
        "Init containers and sidecars are migrated, each with its own mounts; ephemeral containers are not.",
    ),
    rule(
        "The plan warns when the pod itself may have to make the Secret: it would wait for itself.",
    ),
    rule("A missing required Secret or key is refused: it would stop the whole pod."),
    // Kinds and owners.
    rule("Live Pods and Jobs are refused, with the file as the way."),
    rule("The template of a CronJob is found; its running Jobs are left alone and told."),
    rule("What a controller owns is changed at its top, or not at all."),
    decided(
        "What GitOps, Helm or an operator writes is refused, unless forced.",
        "An object that `kubectl apply` wrote is changed with a warning: most are, and their file can be migrated too.",
    ),
    rule("For a paused Deployment the plan says that nothing rolls out."),
    rule("For OnDelete and partitions the plan says which pods stay as they are."),
    rule("Replicas are never written."),
    decided(
        "For Recreate and maxSurge 0 the plan says that there is a moment without pods, before it asks.",
        "One confirmation for each workload covers it.",
    ),
    rule("The template is planned from, never a pod: what admission adds there stays out of it."),
    rule("The uid that a running container has outranks the template, and is not written into it."),
    // The patch.
    rule("Everything that is taken away is tested first; a conflict is planned anew."),
    rule("The server tries the change first, and what admission would add is told."),
    rule("A second run finds nothing to do."),
    decided(
        "All of it is one patch, so there is one rollout.",
        "What lifts `minReadySeconds` is a second patch, which rolls out nothing.",
    ),
    rule("The field manager is our own, and no last-applied annotation is made."),
    rule("The way back is written with the change, and leads exactly back."),
    rule(
        "The two steps are independent: the first changes no variable, and the second can be taken back alone.",
    ),
    decided(
        "When new pods cannot start, it stops and says why.",
        "It takes the change back by itself; `--no-undo` keeps it.",
    ),
    rule("Undo never claims to restore what a Secret holds."),
    // Files.
    rule("Every byte outside of an edit stays."),
    rule("Scalars keep their spelling."),
    rule("Several documents, Lists and unknown kinds are carried over."),
    rule("What an anchor shares is never changed for others."),
    rule("Templates that are not rendered are refused."),
    rule("A reference to a generated name is looked up by the name of its generator."),
    rule("Duplicate keys and broken YAML are refused."),
    rule("A file is replaced at once, with its permissions and behind its link."),
    rule("File and live object have the same plan."),
    rule("Files are migrated without asking a cluster."),
    // What is told.
    rule("No value is in any output."),
    rule("Annotations that may hold a copy are dropped when they are read."),
    rule("What may not be looked at is unknown, not missing."),
    rule("The exit status says what became of it."),
    rule("Every refusal has a place, a reason and what to do."),
];
