//! A file of Deployments that take a Secret as a variable and as a file, and
//! what a run over it may take.

use std::fmt::Write as _;

use crate::timing::Figures;

/// How many Deployments the file has.
pub const DEPLOYMENTS: usize = 1_000;

/// What one run of ours may take.
#[derive(Clone, Copy, Debug)]
pub struct Goals {
    /// Wall time, in seconds.
    pub seconds: f64,
    /// Memory, in MiB.
    pub memory: f64,
    /// How many times as fast as the other.
    pub ratio: f64,
}

impl Goals {
    /// Says what each goal is, and whether it was met.
    pub fn against(self, name: &str, [theirs, ours]: [Figures; 2]) -> String {
        let met = |met: bool| if met { "met" } else { "NOT MET" };
        format!(
            "  goals: under {} ms {}, under {} MiB {}, {} times as fast as {name} {}",
            self.seconds * 1e3,
            met(ours.seconds < self.seconds),
            self.memory,
            met(ours.memory < self.memory),
            self.ratio,
            met(theirs.seconds / ours.seconds >= self.ratio),
        )
    }
}

/// About a kilobyte for each Deployment, and a Secret for every tenth.
pub fn manifest() -> String {
    let mut text = String::new();
    for number in 0..DEPLOYMENTS {
        let secret = number / 10;
        if number % 10 == 0 {
            write!(
                text,
                "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db-{secret}\ntype: Opaque\nstringData:\n  \
                 password: generated-for-the-bench\n---\n"
            )
            .expect("a text grows");
        }
        write!(
            text,
            "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{number}
  labels:
    app.kubernetes.io/name: app-{number}
    app.kubernetes.io/part-of: bench
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: app-{number}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: app-{number}
    spec:
      securityContext:
        runAsNonRoot: true
        fsGroup: 1000
      containers:
        - name: app
          image: registry.example/app:{number}
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: info
            - name: DB_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: db-{secret}
                  key: password
          resources:
            requests:
              cpu: 100m
              memory: 64Mi
          volumeMounts:
            - name: config
              mountPath: /etc/app
              readOnly: true
      volumes:
        - name: config
          secret:
            secretName: db-{secret}
            defaultMode: 0440
---
"
        )
        .expect("a text grows");
    }
    text
}
