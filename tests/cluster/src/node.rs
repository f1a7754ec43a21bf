//! A node: containerd and kubelet with all state in the cluster's folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::fs::StatVfsMountFlags;
use serde_json::json;

use crate::binaries::Binaries;
use crate::certificates::Authority;
use crate::control_plane::{Layout, free_ports, kubectl, succeeds};
use crate::kubeconfig::{self, Endpoint};
use crate::process::{self, Component};
use crate::{image, leftovers, prerequisites};

const READY_LIMIT: Duration = Duration::from_secs(240);

/// Whether a node can run on this machine; the reason when not. Programs that
/// can be installed do not count as missing.
pub fn availability() -> Result<(), String> {
    Machine {
        root: rustix::process::geteuid().is_root(),
        cgroups: Cgroups::mounted_in(Path::new("/sys/fs/cgroup")),
        missing_packages: prerequisites::missing(),
        can_install: prerequisites::can_install(),
    }
    .can_run_a_node()
}

/// What decides whether a node can run.
struct Machine {
    root: bool,
    cgroups: Cgroups,
    missing_packages: Vec<&'static str>,
    can_install: bool,
}

/// The control groups that the kubelet and runc make their own below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cgroups {
    NotMounted,
    ReadOnly,
    Writable,
}

impl Cgroups {
    /// Version 2 has one tree with a list of controllers; version 1 a tree for
    /// each of them, in a folder that is often read-only itself.
    fn mounted_in(folder: &Path) -> Self {
        let tree = if folder.join("cgroup.controllers").exists() {
            folder.to_owned()
        } else {
            folder.join("memory")
        };
        match rustix::fs::statvfs(&tree) {
            Err(_) => Self::NotMounted,
            Ok(stat) if stat.f_flag.contains(StatVfsMountFlags::RDONLY) => Self::ReadOnly,
            Ok(_) => Self::Writable,
        }
    }
}

impl Machine {
    fn can_run_a_node(&self) -> Result<(), String> {
        if !self.root {
            return Err("a node needs root".to_owned());
        }
        match self.cgroups {
            Cgroups::NotMounted => {
                return Err(
                    "a node needs cgroups, and none are mounted in /sys/fs/cgroup".to_owned(),
                );
            }
            Cgroups::ReadOnly => {
                return Err("a node needs cgroups that can be written".to_owned());
            }
            Cgroups::Writable => {}
        }
        if !self.missing_packages.is_empty() && !self.can_install {
            return Err(format!(
                "a node needs the packages {}",
                self.missing_packages.join(" ")
            ));
        }
        Ok(())
    }
}

/// Makes the machine ready for a node, installing what is missing.
pub(crate) fn prepare() -> Result<(), String> {
    availability()?;
    prerequisites::install()
}

/// Where containerd listens.
pub(crate) fn socket(layout: &Layout) -> PathBuf {
    layout.folder.join("containerd/c.sock")
}

fn ctr(socket: &Path) -> Command {
    let program = prerequisites::find_program("ctr").unwrap_or_else(|| "ctr".into());
    let mut command = Command::new(program);
    command.arg("--address").arg(socket).args(["-n", "k8s.io"]);
    command
}

/// Brings an image, as an archive of docker's, to where the kubelet finds it.
pub(crate) fn import(socket: &Path, archive: &Path) -> Result<(), String> {
    let output = process::run(
        ctr(socket).args(["images", "import"]).arg(archive),
        b"",
        READY_LIMIT,
    )
    .map_err(|error| format!("ctr does not run: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!(
            "cannot import an image: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}

/// The processes of a node.
pub(crate) struct Node {
    containerd: Component,
    kubelet: Option<Component>,
    socket: PathBuf,
}

impl Node {
    /// Starts containerd; the kubelet needs the API server first.
    pub fn start_containerd(layout: &Layout) -> Result<Node, String> {
        let text = |error: std::io::Error| format!("cannot start containerd: {error}");
        let folder = layout.folder.join("containerd");
        fs::create_dir_all(folder.join("cni")).map_err(text)?;
        let socket = socket(layout);
        fs::write(
            folder.join("cni/10-pods.conflist"),
            network(layout).to_string(),
        )
        .map_err(text)?;
        fs::write(
            folder.join("config.toml"),
            containerd_config(&folder, &socket),
        )
        .map_err(text)?;
        let program = prerequisites::find_program("containerd").ok_or("containerd is missing")?;
        let mut command = Command::new(program);
        command.arg("--config").arg(folder.join("config.toml"));
        let containerd = layout.start("containerd", &mut command).map_err(text)?;
        Ok(Node {
            containerd,
            kubelet: None,
            socket,
        })
    }

    pub fn components(&self) -> impl Iterator<Item = &Component> {
        std::iter::once(&self.containerd).chain(&self.kubelet)
    }

    /// Brings in the images, starts the kubelet and waits for the node.
    pub fn start_kubelet(
        &mut self,
        layout: &Layout,
        binaries: &Binaries,
        endpoint: &Endpoint,
        gates: &[String],
        ended: &dyn Fn() -> bool,
    ) -> Result<(), String> {
        let text = |error: &dyn std::fmt::Display| format!("cannot start the kubelet: {error}");
        self.import_images(layout)?;
        let authority = Authority::open(&layout.pki()).map_err(|error| text(&error))?;
        let pair = authority
            .client("node", "system:node:localhost", Some("system:nodes"))
            .map_err(|error| text(&error))?;
        let serving = authority.server("kubelet").map_err(|error| text(&error))?;
        let credentials = layout.folder.join("kubelet.kubeconfig");
        kubeconfig::write(&credentials, endpoint, "node", &pair, "default")
            .map_err(|error| text(&error))?;
        let [port] = free_ports().map_err(|error| text(&error))?;
        let folder = layout.folder.join("kubelet");
        let gates: BTreeMap<_, _> = gates.iter().map(|gate| (gate, true)).collect();
        let config = json!({
            "featureGates": gates,
            "apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration",
            "address": "127.0.0.1", "port": port, "healthzPort": 0, "readOnlyPort": 0,
            "authentication": {"anonymous": {"enabled": false}, "x509": {"clientCAFile": endpoint.ca_certificate}},
            "tlsCertFile": serving.certificate, "tlsPrivateKeyFile": serving.key,
            "containerRuntimeEndpoint": format!("unix://{}", self.socket.display()),
            "cgroupDriver": "cgroupfs", "cgroupsPerQOS": false, "enforceNodeAllocatable": [],
            "cgroupRoot": format!("/{}", layout.name()),
            "failCgroupV1": false, "failSwapOn": false, "registerNode": true,
            "clusterDNS": ["10.0.0.10"], "clusterDomain": "cluster.local", "syncFrequency": "10s",
            "podLogsDir": layout.logs().join("pods"), "volumePluginDir": folder.join("plugins-exec"),
            "evictionHard": {"memory.available": "1Mi", "nodefs.available": "1Mi", "imagefs.available": "1Mi"},
            "imageGCHighThresholdPercent": 100, "maxPods": 200,
        });
        let config_path = layout.folder.join("kubelet.json");
        fs::write(&config_path, config.to_string()).map_err(|error| text(&error))?;
        let mut command = Command::new(binaries.path("kubelet"));
        command
            .arg("--hostname-override=localhost")
            .arg(format!("--config={}", config_path.display()))
            .arg(format!("--kubeconfig={}", credentials.display()))
            .arg(format!("--root-dir={}", folder.display()))
            .arg(format!("--cert-dir={}", layout.pki().display()));
        let kubelet = self.kubelet.insert(
            layout
                .start("kubelet", &mut command)
                .map_err(|error| text(&error))?,
        );
        let jsonpath = r#"-ojsonpath={.status.conditions[?(@.type=="Ready")].status}"#;
        let mut early = false;
        let mut ready = false;
        process::wait_until(READY_LIMIT, || {
            early = kubelet.has_ended();
            let mut question = kubectl(layout, binaries, &["get", "node", "localhost", jsonpath]);
            ready = process::run(&mut question, b"", Duration::from_secs(10))
                .is_ok_and(|output| output.stdout == b"True");
            ready || early || ended()
        });
        match (ready, early) {
            (true, _) => Ok(()),
            (false, true) => Err(format!(
                "the kubelet ended early; see {}",
                layout.logs().display()
            )),
            (false, false) => Err(format!(
                "the node is not ready; see {}",
                layout.logs().display()
            )),
        }
    }

    fn import_images(&self, layout: &Layout) -> Result<(), String> {
        if !process::wait_until(READY_LIMIT, || succeeds(ctr(&self.socket).arg("version"))) {
            return Err("containerd does not answer".to_owned());
        }
        for (name, file) in [(image::ROOT, "root.tar"), (image::USER, "user.tar")] {
            let path = layout.folder.join(file);
            image::write(&path, name)
                .map_err(|error| format!("cannot write a test image: {error}"))?;
            import(&self.socket, &path)?;
        }
        Ok(())
    }

    /// Pods, kubelet, shims, containerd, mounts: in this order nothing is left.
    pub fn stop(mut self, layout: &Layout, binaries: &Binaries) {
        if let Some(mut kubelet) = self.kubelet.take() {
            let delete = ["delete", "pods", "-A", "--all", "--now", "--timeout=15s"];
            let _ = process::run(
                &mut kubectl(layout, binaries, &delete),
                b"",
                Duration::from_secs(20),
            );
            kubelet.stop(Duration::from_secs(5));
        }
        process::wait_until(Duration::from_secs(5), || {
            leftovers::end_processes(&layout.folder) == 0
        });
        self.containerd.stop(Duration::from_secs(5));
        leftovers::unmount(&layout.folder);
    }
}

fn containerd_config(folder: &Path, socket: &Path) -> String {
    format!(
        r#"version = 2
root = "{folder}/root"
state = "{folder}/state"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]
[grpc]
  address = "{socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "{folder}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{image}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{folder}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = "{folder}/runc"
"#,
        folder = folder.display(),
        socket = socket.display(),
        image = image::ROOT,
    )
}

/// A network of this cluster's own. The subnet comes from the keeper's number,
/// so that clusters side by side have different ones.
fn network(layout: &Layout) -> serde_json::Value {
    let number = std::process::id();
    let subnet = format!("10.{}.{}.0/24", 64 + (number >> 8) % 128, number & 0xff);
    json!({"cniVersion": "0.4.0", "name": layout.name(), "plugins": [{
        "type": "ptp", "ipMasq": false,
        "ipam": {"type": "host-local", "dataDir": layout.folder.join("addresses"), "ranges": [[{"subnet": subnet}]]},
    }]})
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABLE: Machine = Machine {
        root: true,
        cgroups: Cgroups::Writable,
        missing_packages: Vec::new(),
        can_install: false,
    };

    #[test]
    fn a_node_runs_where_nothing_is_missing_or_it_can_be_installed() {
        assert_eq!(ABLE.can_run_a_node(), Ok(()));
        let fresh = Machine {
            missing_packages: vec!["containerd", "runc"],
            can_install: true,
            ..ABLE
        };
        assert_eq!(fresh.can_run_a_node(), Ok(()));
    }

    #[test]
    fn each_thing_that_is_missing_is_the_reason() {
        for (machine, reason) in [
            (
                Machine {
                    root: false,
                    ..ABLE
                },
                "root",
            ),
            (
                Machine {
                    cgroups: Cgroups::NotMounted,
                    ..ABLE
                },
                "none are mounted",
            ),
            (
                Machine {
                    cgroups: Cgroups::ReadOnly,
                    ..ABLE
                },
                "can be written",
            ),
            (
                Machine {
                    missing_packages: vec!["containerd", "runc"],
                    ..ABLE
                },
                "packages containerd runc",
            ),
        ] {
            let said = machine.can_run_a_node().unwrap_err();
            assert!(said.contains(reason), "{said}");
        }
    }

    #[test]
    fn both_versions_of_cgroups_are_found() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Cgroups::mounted_in(folder.path()), Cgroups::NotMounted);
        fs::create_dir(folder.path().join("memory")).unwrap();
        assert_eq!(Cgroups::mounted_in(folder.path()), Cgroups::Writable);
        fs::remove_dir(folder.path().join("memory")).unwrap();
        fs::write(folder.path().join("cgroup.controllers"), "cpu memory").unwrap();
        assert_eq!(Cgroups::mounted_in(folder.path()), Cgroups::Writable);
    }
}
