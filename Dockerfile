# The configuration's defaults, the production profile and the migrations are compiled into the binary: the image needs nothing else.
FROM rust:1-slim AS build
WORKDIR /frontrow
COPY . .
RUN cargo build --release --locked --bin frontrow

FROM debian:stable-slim
COPY --from=build /frontrow/target/release/frontrow /usr/local/bin/frontrow
RUN useradd --system --no-create-home frontrow
USER frontrow
ENV FRONTROW__HTTP__BIND=0.0.0.0:8080
EXPOSE 8080
ENTRYPOINT ["frontrow", "--profile", "production"]
CMD ["serve"]
