//! The types of the Kubernetes API around references to Secrets, field by
//! field: k8s.io/api v0.37 `core/v1/types.go`, with what
//! kubernetes/kubernetes `pkg/apis/core/validation/validation.go` asks of them.
//! `tests/real` compares them with what an API server publishes.

/// A type: a mapping with these fields and no others.
#[derive(Debug)]
pub struct Type {
    /// Its name in the API: `SecretKeySelector`.
    pub name: &'static str,
    pub fields: &'static [Field],
    /// Texts that must be there and not be empty.
    pub required: &'static [&'static str],
    /// Fields of which some number is wanted.
    pub choice: Option<Choice>,
    /// Names that people write here, and the field that they mean.
    pub mistaken: &'static [(&'static str, &'static str)],
    /// Whether all of it is about a reference. Of the others only fields that
    /// look like one that leads to a reference are looked at.
    pub scope: Scope,
}

/// How much of a type is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Reference,
    /// Fields that lead to references, by these names.
    Leading(&'static [&'static str]),
}

#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub shape: Shape,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    Text,
    Truth,
    /// An object of a type of this table.
    Object(&'static Type),
    /// A list of objects of a type of this table.
    List(&'static Type),
    /// Anything else: not looked into.
    Other,
}

/// How many of some fields the API takes.
#[derive(Debug)]
pub struct Choice {
    /// The fields that exclude each other: all fields with [`Shape::Object`] and
    /// [`Shape::Other`] but these.
    pub except: &'static [&'static str],
    /// What becomes of a mapping that has none of them.
    pub without: Without,
}

/// What becomes of a mapping with none of the fields of its [`Choice`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// The API server refuses it.
    Refused,
    /// The API server takes it, and it gives nothing; a volume becomes an
    /// `emptyDir` (kubernetes/kubernetes `pkg/apis/core/v1/defaults.go`).
    Nothing,
}

const fn text(name: &'static str) -> Field {
    Field {
        name,
        shape: Shape::Text,
    }
}

const fn truth(name: &'static str) -> Field {
    Field {
        name,
        shape: Shape::Truth,
    }
}

const fn object(name: &'static str, of: &'static Type) -> Field {
    Field {
        name,
        shape: Shape::Object(of),
    }
}

const fn list(name: &'static str, of: &'static Type) -> Field {
    Field {
        name,
        shape: Shape::List(of),
    }
}

const fn other(name: &'static str) -> Field {
    Field {
        name,
        shape: Shape::Other,
    }
}

const NAME: &[(&str, &str)] = &[("secretName", "name"), ("secret", "name")];

/// `valueFrom.secretKeyRef`.
pub static SECRET_KEY_SELECTOR: Type = Type {
    name: "SecretKeySelector",
    fields: &[text("name"), text("key"), truth("optional")],
    required: &["name", "key"],
    choice: None,
    mistaken: &[
        ("secretName", "name"),
        ("secret", "name"),
        ("secretKey", "key"),
    ],
    scope: Scope::Reference,
};

/// `env[].valueFrom`.
pub static ENV_VAR_SOURCE: Type = Type {
    name: "EnvVarSource",
    fields: &[
        other("fieldRef"),
        other("resourceFieldRef"),
        other("configMapKeyRef"),
        object("secretKeyRef", &SECRET_KEY_SELECTOR),
        other("fileKeyRef"),
    ],
    required: &[],
    choice: Some(Choice {
        except: &[],
        without: Without::Refused,
    }),
    mistaken: &[("secretRef", "secretKeyRef"), ("secret", "secretKeyRef")],
    scope: Scope::Reference,
};

/// `env[]`.
pub static ENV_VAR: Type = Type {
    name: "EnvVar",
    fields: &[
        text("name"),
        // What it holds is no reference.
        other("value"),
        object("valueFrom", &ENV_VAR_SOURCE),
    ],
    required: &["name"],
    choice: None,
    mistaken: &[],
    scope: Scope::Reference,
};

/// `envFrom[].secretRef`.
pub static SECRET_ENV_SOURCE: Type = Type {
    name: "SecretEnvSource",
    fields: &[text("name"), truth("optional")],
    required: &["name"],
    choice: None,
    mistaken: NAME,
    scope: Scope::Reference,
};

/// `envFrom[]`.
pub static ENV_FROM_SOURCE: Type = Type {
    name: "EnvFromSource",
    fields: &[
        text("prefix"),
        other("configMapRef"),
        object("secretRef", &SECRET_ENV_SOURCE),
    ],
    required: &[],
    choice: Some(Choice {
        except: &[],
        without: Without::Refused,
    }),
    mistaken: &[
        ("secretKeyRef", "secretRef"),
        ("secret", "secretRef"),
        ("secretName", "secretRef"),
    ],
    scope: Scope::Reference,
};

/// `items[]` of a volume.
pub static KEY_TO_PATH: Type = Type {
    name: "KeyToPath",
    fields: &[text("key"), text("path"), other("mode"), other("user")],
    required: &["key", "path"],
    choice: None,
    mistaken: &[
        ("name", "key"),
        ("defaultMode", "mode"),
        ("mountPath", "path"),
        ("subPath", "path"),
    ],
    scope: Scope::Reference,
};

/// `volumes[].secret`.
pub static SECRET_VOLUME_SOURCE: Type = Type {
    name: "SecretVolumeSource",
    fields: &[
        text("secretName"),
        list("items", &KEY_TO_PATH),
        other("defaultMode"),
        truth("optional"),
        other("defaultUser"),
    ],
    required: &["secretName"],
    choice: None,
    mistaken: &[("name", "secretName"), ("mode", "defaultMode")],
    scope: Scope::Reference,
};

/// `projected.sources[].secret`.
pub static SECRET_PROJECTION: Type = Type {
    name: "SecretProjection",
    fields: &[text("name"), list("items", &KEY_TO_PATH), truth("optional")],
    required: &["name"],
    choice: None,
    mistaken: NAME,
    scope: Scope::Reference,
};

/// `projected.sources[]`.
pub static VOLUME_PROJECTION: Type = Type {
    name: "VolumeProjection",
    fields: &[
        object("secret", &SECRET_PROJECTION),
        other("downwardAPI"),
        other("configMap"),
        other("serviceAccountToken"),
        other("clusterTrustBundle"),
        other("podCertificate"),
    ],
    required: &[],
    choice: Some(Choice {
        except: &[],
        without: Without::Nothing,
    }),
    mistaken: &[],
    scope: Scope::Reference,
};

/// `volumes[].projected`.
pub static PROJECTED_VOLUME_SOURCE: Type = Type {
    name: "ProjectedVolumeSource",
    fields: &[
        list("sources", &VOLUME_PROJECTION),
        other("defaultMode"),
        other("defaultUser"),
    ],
    required: &[],
    choice: None,
    mistaken: &[("mode", "defaultMode"), ("source", "sources")],
    scope: Scope::Reference,
};

/// `volumes[]`.
pub static VOLUME: Type = Type {
    name: "Volume",
    fields: &[
        text("name"),
        other("hostPath"),
        other("emptyDir"),
        other("gcePersistentDisk"),
        other("awsElasticBlockStore"),
        other("gitRepo"),
        object("secret", &SECRET_VOLUME_SOURCE),
        other("nfs"),
        other("iscsi"),
        other("glusterfs"),
        other("persistentVolumeClaim"),
        other("rbd"),
        other("flexVolume"),
        other("cinder"),
        other("cephfs"),
        other("flocker"),
        other("downwardAPI"),
        other("fc"),
        other("azureFile"),
        other("configMap"),
        other("vsphereVolume"),
        other("quobyte"),
        other("azureDisk"),
        other("photonPersistentDisk"),
        object("projected", &PROJECTED_VOLUME_SOURCE),
        other("portworxVolume"),
        other("scaleIO"),
        other("storageos"),
        other("csi"),
        other("ephemeral"),
        other("image"),
    ],
    // SS043 looks at the name.
    required: &[],
    choice: Some(Choice {
        except: &["name"],
        without: Without::Nothing,
    }),
    mistaken: &[],
    scope: Scope::Reference,
};

/// `volumeMounts[]`.
pub static VOLUME_MOUNT: Type = Type {
    name: "VolumeMount",
    fields: &[
        text("name"),
        truth("readOnly"),
        other("recursiveReadOnly"),
        text("mountPath"),
        text("subPath"),
        other("mountPropagation"),
        text("subPathExpr"),
        other("bindMountOptions"),
    ],
    // SS039 looks at the name.
    required: &["mountPath"],
    choice: None,
    mistaken: &[("path", "mountPath"), ("volume", "name")],
    scope: Scope::Reference,
};

/// `imagePullSecrets[]`.
pub static LOCAL_OBJECT_REFERENCE: Type = Type {
    name: "LocalObjectReference",
    fields: &[text("name")],
    required: &["name"],
    choice: None,
    mistaken: NAME,
    scope: Scope::Reference,
};

/// `containers[]` and `initContainers[]`.
pub static CONTAINER: Type = Type {
    name: "Container",
    fields: &[
        other("name"),
        other("image"),
        other("command"),
        other("args"),
        other("workingDir"),
        other("ports"),
        list("envFrom", &ENV_FROM_SOURCE),
        list("env", &ENV_VAR),
        other("resources"),
        other("resizePolicy"),
        other("restartPolicy"),
        other("restartPolicyRules"),
        list("volumeMounts", &VOLUME_MOUNT),
        other("volumeDevices"),
        other("livenessProbe"),
        other("readinessProbe"),
        other("startupProbe"),
        other("lifecycle"),
        other("terminationMessagePath"),
        other("terminationMessagePolicy"),
        other("imagePullPolicy"),
        other("securityContext"),
        other("stdin"),
        other("stdinOnce"),
        other("tty"),
    ],
    required: &[],
    choice: None,
    mistaken: &[],
    scope: Scope::Leading(&["env", "envFrom", "volumeMounts"]),
};

/// A pod's `spec`.
pub static POD_SPEC: Type = Type {
    name: "PodSpec",
    fields: &[
        list("volumes", &VOLUME),
        list("initContainers", &CONTAINER),
        list("containers", &CONTAINER),
        other("ephemeralContainers"),
        other("restartPolicy"),
        other("terminationGracePeriodSeconds"),
        other("activeDeadlineSeconds"),
        other("dnsPolicy"),
        other("nodeSelector"),
        other("serviceAccountName"),
        other("serviceAccount"),
        other("automountServiceAccountToken"),
        other("nodeName"),
        other("hostNetwork"),
        other("hostPID"),
        other("hostIPC"),
        other("shareProcessNamespace"),
        other("securityContext"),
        list("imagePullSecrets", &LOCAL_OBJECT_REFERENCE),
        other("hostname"),
        other("subdomain"),
        other("affinity"),
        other("schedulerName"),
        other("tolerations"),
        other("hostAliases"),
        other("priorityClassName"),
        other("priority"),
        other("dnsConfig"),
        other("readinessGates"),
        other("runtimeClassName"),
        other("enableServiceLinks"),
        other("preemptionPolicy"),
        other("overhead"),
        other("topologySpreadConstraints"),
        other("setHostnameAsFQDN"),
        other("os"),
        other("hostUsers"),
        other("schedulingGates"),
        other("resourceClaims"),
        other("resources"),
        other("hostnameOverride"),
        other("schedulingGroup"),
        other("evictionResponders"),
    ],
    required: &[],
    choice: None,
    mistaken: &[
        ("imagePullSecret", "imagePullSecrets"),
        ("pullSecrets", "imagePullSecrets"),
    ],
    scope: Scope::Leading(&[
        "volumes",
        "imagePullSecrets",
        "containers",
        "initContainers",
    ]),
};

/// Every type of the table.
pub static TYPES: &[&Type] = &[
    &POD_SPEC,
    &CONTAINER,
    &ENV_VAR,
    &ENV_VAR_SOURCE,
    &SECRET_KEY_SELECTOR,
    &ENV_FROM_SOURCE,
    &SECRET_ENV_SOURCE,
    &VOLUME,
    &SECRET_VOLUME_SOURCE,
    &KEY_TO_PATH,
    &PROJECTED_VOLUME_SOURCE,
    &VOLUME_PROJECTION,
    &SECRET_PROJECTION,
    &VOLUME_MOUNT,
    &LOCAL_OBJECT_REFERENCE,
];

impl Type {
    /// A field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The fields that exclude each other.
    pub fn alternatives(&self) -> impl Iterator<Item = &'static Field> {
        let choice = self.choice.as_ref();
        self.fields.iter().filter(move |field| {
            choice.is_some_and(|choice| !choice.except.contains(&field.name))
                && matches!(field.shape, Shape::Object(_) | Shape::Other)
        })
    }
}
