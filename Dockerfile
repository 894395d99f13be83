# syntax=docker/dockerfile:1

# The built front end is in the repository: this needs no Node.
# Both stages are bookworm: a binary linked against a newer C library would not start.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --release --locked --features s3,parquet,fluvio --bin nexusflow \
    && cp target/release/nexusflow /nexusflow

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin nexusflow \
    && install -d -o nexusflow -g nexusflow /srv/nexusflow /srv/nexusflow/.nexusflow
COPY --from=build /nexusflow /usr/local/bin/nexusflow
COPY --chown=nexusflow:nexusflow config /srv/nexusflow/config
COPY LICENSE /usr/share/doc/nexusflow/LICENSE

USER nexusflow
WORKDIR /srv/nexusflow
VOLUME /srv/nexusflow/.nexusflow
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["nexusflow", "doctor", "--quiet"]
ENTRYPOINT ["nexusflow"]
CMD ["--help"]
