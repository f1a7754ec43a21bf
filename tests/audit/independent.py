"""Computes what `audit` reports from the raw lists of a cluster, by the documentation of
Kubernetes alone, and compares every row.

Usage: independent.py FOLDER AUDIT.json, with FOLDER/RESOURCE.json as `kubectl get RESOURCE
-A --show-managed-fields -o json` prints it.
"""

import datetime
import json
import os
import sys

FOLDER, AUDIT = sys.argv[1:3]


def items(resource):
    path = os.path.join(FOLDER, resource + ".json")
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return json.load(file)["items"]


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def name(thing):
    return thing["metadata"]["name"]


def namespace(thing):
    return thing["metadata"].get("namespace", "")


def controller(thing):
    for owner in thing["metadata"].get("ownerReferences") or []:
        if owner.get("controller"):
            return owner
    return None


# --- how old --------------------------------------------------------------------------


def written(secret, key):
    """When the key was last written, and by whom: None for what is not recorded."""
    entries = []
    for entry in secret["metadata"].get("managedFields") or []:
        if not entry.get("subresource") and "f:" + key in (
            entry.get("fieldsV1", {}).get("f:data") or {}
        ):
            entries.append((entry.get("time"), entry.get("manager", "")))
    if not entries:
        return None, None
    if any(time is None for time, _ in entries):
        return None, entries[0][1] if len(entries) == 1 else None
    last = max(moment(time) for time, _ in entries)
    writers = [manager for time, manager in entries if moment(time) == last]
    time = max(last, moment(secret["metadata"]["creationTimestamp"]))
    return time, writers[0] if len(writers) == 1 else None


# --- who uses -------------------------------------------------------------------------


def pod_uses(spec):
    """(secret, keys or None for all, container or None, whether taken at the start)."""
    containers = (spec.get("containers") or []) + (spec.get("initContainers") or [])
    for container in containers:
        own = container["name"]
        for variable in container.get("env") or []:
            ref = (variable.get("valueFrom") or {}).get("secretKeyRef")
            if ref:
                yield ref["name"], {ref["key"]}, own, True
        for source in container.get("envFrom") or []:
            if "secretRef" in source:
                yield source["secretRef"]["name"], None, own, True
    mounts = [
        (container["name"], mount["name"], "subPath" in mount)
        for container in containers
        for mount in container.get("volumeMounts") or []
    ]
    for volume in spec.get("volumes") or []:
        sources = []
        if "secret" in volume:
            sources = [(volume["secret"]["secretName"], volume["secret"].get("items"))]
        for part in (volume.get("projected") or {}).get("sources") or []:
            if "secret" in part:
                sources.append((part["secret"]["name"], part["secret"].get("items")))
        for secret, chosen in sources:
            keys = {item["key"] for item in chosen} if chosen else None
            yield secret, keys, None, False
            for container, mounted, sub_path in mounts:
                if mounted == volume["name"]:
                    yield secret, keys, container, sub_path
    for pull in spec.get("imagePullSecrets") or []:
        yield pull["name"], {".dockerconfigjson", ".dockercfg"}, None, False


WORKLOADS = {
    "deployments": "Deployment",
    "statefulsets": "StatefulSet",
    "daemonsets": "DaemonSet",
    "replicasets": "ReplicaSet",
    "jobs": "Job",
    "cronjobs": "CronJob",
    "replicationcontrollers": "ReplicationController",
}


def template(kind, thing):
    spec = thing["spec"]
    if kind == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec["template"]["spec"]


def workloads():
    """Every workload by kind, namespace and name."""
    return {
        (kind, namespace(thing), name(thing)): thing
        for resource, kind in WORKLOADS.items()
        for thing in items(resource)
    }


ALL = workloads()


def top(kind, thing):
    """The workload that something belongs to, as far as it is seen."""
    owner = controller(thing)
    if owner:
        place = (owner["kind"], namespace(thing), owner["name"])
        if place in ALL:
            return top(owner["kind"], ALL[place])
    return kind, namespace(thing), name(thing)


def is_over(kind, thing):
    conditions = thing.get("status", {}).get("conditions") or []
    done = {"Complete", "Failed"}
    return kind == "Job" and any(
        condition["type"] in done and condition["status"] == "True" for condition in conditions
    )


def uses():
    """(namespace, secret) -> [(subject, keys, pod, container, taken at the start)]."""
    found = {}

    def note(space, secret, *rest):
        found.setdefault((space, secret), []).append(rest)

    for (kind, space, own), thing in ALL.items():
        if top(kind, thing) == (kind, space, own) and not is_over(kind, thing):
            for secret, keys, container, start in pod_uses(template(kind, thing)):
                note(space, secret, (kind, space, own), keys, None, container, start)
    for pod in items("pods"):
        if pod.get("status", {}).get("phase") in ("Succeeded", "Failed"):
            continue
        subject = top("Pod", pod)
        if pod["metadata"].get("deletionTimestamp") and subject[0] != "Pod":
            continue
        for secret, keys, container, start in pod_uses(pod["spec"]):
            # Admission copies the pull secrets of the ServiceAccount.
            if keys == {".dockerconfigjson", ".dockercfg"} and subject[0] != "Pod":
                continue
            note(namespace(pod), secret, subject, keys, pod, container, start)
    for account in items("serviceaccounts"):
        subject = ("ServiceAccount", namespace(account), name(account))
        for pull in account.get("imagePullSecrets") or []:
            keys = {".dockerconfigjson", ".dockercfg"}
            note(namespace(account), pull["name"], subject, keys, None, None, False)
        for listed in account.get("secrets") or []:
            note(namespace(account), listed["name"], subject, None, None, None, False)
    for ingress in items("ingresses"):
        subject = ("Ingress", namespace(ingress), name(ingress))
        for tls in ingress["spec"].get("tls") or []:
            if "secretName" in tls:
                keys = {"tls.crt", "tls.key"}
                note(namespace(ingress), tls["secretName"], subject, keys, None, None, False)
    return found


USES = uses()
# Clocks of nodes differ from that of the server.
SKEW = datetime.timedelta(seconds=90)


def consumers(secret, key):
    """How many objects use it, and how many containers surely have an older value."""
    subjects, stale = set(), set()
    time, _ = written(secret, key)
    for subject, keys, pod, container, start in USES.get((namespace(secret), name(secret)), []):
        if keys is not None and key not in keys:
            continue
        subjects.add(subject)
        if not (pod and container and start and time):
            continue
        for status in pod["status"].get("containerStatuses") or []:
            running = status.get("state", {}).get("running")
            if status["name"] == container and running:
                if moment(running["startedAt"]) + SKEW < time:
                    stale.add((name(pod), container))
    return len(subjects), len(stale)


# --- who can read ---------------------------------------------------------------------

ROLES = {("Role", namespace(role), name(role)): role for role in items("roles")}
ROLES |= {("ClusterRole", "", name(role)): role for role in items("clusterroles")}


def readable(role):
    """None for all Secrets, or the set of names."""
    names = set()
    for rule in (role or {}).get("rules") or []:
        reads = set(rule.get("verbs") or []) & {"get", "list", "watch", "*"}
        core = set(rule.get("apiGroups") or []) & {"", "*"}
        secrets = set(rule.get("resources") or []) & {"secrets", "*"}
        if reads and core and secrets:
            if not rule.get("resourceNames"):
                return None
            names |= set(rule["resourceNames"])
    return names


def subject_of(subject, space):
    own = subject["name"]
    if subject["kind"] == "ServiceAccount":
        return "serviceaccount", subject.get("namespace", space), own
    if subject["kind"] == "User" and own.startswith("system:serviceaccount:"):
        _, _, space, own = own.split(":", 3)
        return "serviceaccount", space, own
    return subject["kind"], "", own


def grants():
    for binding in items("rolebindings") + items("clusterrolebindings"):
        space = namespace(binding)
        kind = binding["roleRef"]["kind"]
        role = ROLES.get((kind, space if kind == "Role" else "", binding["roleRef"]["name"]))
        subjects = {subject_of(one, space) for one in binding.get("subjects") or []}
        yield space, readable(role), subjects


GRANTS = list(grants())


def readers(secret):
    found = set()
    for space, names, subjects in GRANTS:
        if space in ("", namespace(secret)) and (names is None or name(secret) in names):
            found |= subjects
    return len(found)


# --- the rest -------------------------------------------------------------------------


def level(secret):
    if secret.get("type") == "kubernetes.io/service-account-token":
        return "service-account-token"
    kind = (controller(secret) or {}).get("kind")
    known = {"SealedSecret": "sealed", "ExternalSecret": "external", "Certificate": "cert-manager"}
    if kind:
        return known.get(kind, "controller")
    labels = secret["metadata"].get("labels") or {}
    annotations = secret["metadata"].get("annotations") or {}
    if labels.get("app.kubernetes.io/managed-by") == "Helm" and (
        "meta.helm.sh/release-name" in annotations
    ):
        return "helm"
    return "plain"


SECRETS = [one for one in items("secrets") if one.get("type") != "helm.sh/release.v1"]


MARKS = (
    "reflector.v1.k8s.emberstack.com/reflects",
    "replicator.v1.mittwald.de/replicate-from",
)
MIRRORS = {}
for mirror in SECRETS:
    for mark in MARKS:
        source = (mirror["metadata"].get("annotations") or {}).get(mark)
        if source and source != namespace(mirror) + "/" + name(mirror):
            MIRRORS.setdefault(source, []).append(mirror)


def copies(secret, key):
    mirrors = MIRRORS.get(namespace(secret) + "/" + name(secret), [])
    return sum(key in (mirror.get("data") or {}) for mirror in mirrors)


def main():
    with open(AUDIT) as file:
        report = json.load(file)
    (part,) = report["parts"]
    now, limit = moment(part["now"]), datetime.timedelta(seconds=report["maxAgeSeconds"])
    rows = {(row["namespace"], row["secret"], row.get("key")): row for row in part["rows"]}
    wrong, seen = [], set()
    for secret in SECRETS:
        for key in secret.get("data") or {}:
            place = (namespace(secret), name(secret), key)
            seen.add(place)
            row = rows.get(place)
            if row is None:
                wrong.append(f"{place}: no row")
                continue
            time, writer = written(secret, key)
            count, stale = consumers(secret, key)
            created = moment(secret["metadata"]["creationTimestamp"])
            overdue = now - time > limit if time else (None if now - created > limit else False)
            expected = {
                "lastWritten": time,
                "lastWriter": writer,
                "overdue": overdue,
                "due": time + limit if time else None,
                "consumers": count,
                "stale": stale,
                "readers": readers(secret),
                "level": level(secret),
                "copies": copies(secret, key),
            }
            found = {
                "lastWritten": moment(row["lastWritten"]) if "lastWritten" in row else None,
                "lastWriter": row.get("lastWriter"),
                "overdue": row.get("overdue"),
                "due": moment(row["due"]) if "due" in row else None,
                "consumers": row["consumers"]["count"],
                "stale": row["consumers"]["stale"],
                "readers": row["readers"]["count"],
                "level": row.get("level"),
                "copies": row["copies"],
            }
            for what, value in expected.items():
                if found[what] != value:
                    wrong.append(f"{place}: {what} is {found[what]!r}, not {value!r}")
    wrong += [f"{place}: no such key" for place in set(rows) - seen]
    # The most urgent row first.
    order = [
        (
            {True: 0, None: 1, False: 2}[row.get("overdue")],
            -row["readers"]["count"],
            row.get("lastWritten", "9"),
        )
        for row in part["rows"]
    ]
    if order != sorted(order):
        wrong.append("the rows are not sorted by urgency")
    for line in wrong[:40]:
        print(line)
    totals = [
        len(seen),
        sum(row.get("overdue") is True for row in rows.values()),
        sum(row["consumers"]["count"] for row in rows.values()),
        sum(row["consumers"]["stale"] for row in rows.values()),
        sum(row["readers"]["count"] for row in rows.values()),
    ]
    print("rows %d, overdue %d, consumers %d, stale %d, readers %d" % tuple(totals))
    sys.exit(bool(wrong))


main()
