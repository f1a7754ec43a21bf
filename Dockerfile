# The program and nothing else: no shell, no package manager. For a CronJob, and for
# pipelines that need no shell in their images.
#
#   cargo xtask dist --platform linux-amd64
#   docker build --build-arg VERSION=v0.1.0 --file Dockerfile target/dist
#
# In a cluster the certificates of the API server come with the ServiceAccount. Mount
# those of public authorities at /etc/ssl/certs where image registries are asked.
FROM scratch
ARG VERSION
# Set by the builder: amd64 or arm64.
ARG TARGETARCH
ADD kubectl-secretsafe-${VERSION}-linux-${TARGETARCH}.tar.gz /opt/secretsafe/
ENV PATH=/opt/secretsafe
USER 65532:65532
ENTRYPOINT ["kubectl-secretsafe"]
