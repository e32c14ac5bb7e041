# The configuration's defaults, the production profile and the migrations are compiled into the binary: the image needs nothing else.
FROM rust:1-slim-trixie AS build
WORKDIR /frontrow
COPY . .
RUN cargo build --profile dist --locked --bin frontrow

FROM debian:trixie-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/frontrow --create-home --shell /usr/sbin/nologin frontrow
COPY --from=build /frontrow/target/dist/frontrow /usr/local/bin/frontrow
# By number, so that Kubernetes can verify that it isn't root.
USER 10001
# Without FRONTROW__DATABASE__URL, the SQLite file is created here, under data/.
WORKDIR /var/lib/frontrow
VOLUME /var/lib/frontrow
ENV FRONTROW__HTTP__BIND=0.0.0.0:8080
EXPOSE 8080
# Checks liveness at the configured address; `healthcheck --ready` checks readiness.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["frontrow", "--profile", "production", "healthcheck"]
ENTRYPOINT ["frontrow", "--profile", "production"]
CMD ["serve"]
