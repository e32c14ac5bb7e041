use adapters_http::ForwardedHeader;
use secrecy::{ExposeSecret as _, SecretString};

use config::{File, FileFormat};

use super::layers::{built_in, environment};
use super::*;

pub(super) fn layers_with(overrides: &str) -> Config {
    built_in().add_source(File::from_str(overrides, FileFormat::Toml)).build().unwrap()
}

pub(super) fn with(overrides: &str) -> Result<Settings, ConfigError> {
    from(layers_with(overrides), &Drivers::built_in())
}

#[test]
fn the_built_in_defaults_are_as_designed() {
    let settings = with("").unwrap();
    assert_eq!(settings.http.bind.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.store.url().as_str(), "sqlite://data/frontrow.db");
    let rules = settings.rules;
    assert_eq!((rules.hold.whole_seconds(), rules.max_seats_per_user), (300, 4));
    assert_eq!((rules.max_charge.minor(), rules.max_balance.minor()), (1_000_000, 10_000_000));
    assert_eq!(rules.charging, domain::Charging::Open);
    let queue = rules.queue;
    assert_eq!((queue.capacity, queue.batch, queue.active.whole_seconds(), queue.claim.whole_seconds()), (100, 50, 600, 120));
    assert!(settings.auth.issuer_secret.is_none() && settings.auth.registration);
}

#[test]
fn reservations_and_users_are_kept_at_least_as_long_as_responses_and_access_tokens_that_name_them() {
    let kept = |toml| {
        let retention = with(toml).unwrap().retention;
        (retention.reservations.as_secs(), retention.unused_users.as_secs())
    };
    assert_eq!(kept(""), (168 * 3_600, 720 * 3_600));
    assert_eq!(kept("[retention]\nreservation_hours = 30\nunused_user_hours = 40"), (30 * 3_600, 40 * 3_600));
    assert_eq!(kept("[retention]\nkey_hours = 900\nreservation_hours = 1\nunused_user_hours = 1"), (900 * 3_600, 900 * 3_600));
    assert_eq!(kept("[auth]\ntoken_seconds = 4000000"), (168 * 3_600, 4_000_000 + 3_600));
}

#[test]
fn an_invalid_value_is_refused_with_its_key() {
    for (overrides, key) in [
        ("[http]\nbind = 'here'", "http.bind"),
        ("[http]\nmax_body_bytes = 1", "http.max_body_bytes"),
        ("[http]\nkeep_alive_seconds = 0", "http.keep_alive_seconds"),
        ("[http]\ncors_origins = 'https://shop.example/path'", "http.cors_origins"),
        ("[http]\ncors_origins = '*'", "http.cors_origins"),
        ("[limits]\nmax_in_flight = 0", "limits.max_in_flight"),
        ("[limits]\nuser_per_minute = 60\nuser_burst = 0", "limits.user_burst"),
        ("[limits]\ntrusted_proxies = '10.0.0.0/8, proxy'", "limits.trusted_proxies"),
        ("[limits]\nforwarded_header = 'x-real-ip'", "limits.forwarded_header"),
        ("[database]\nurl = 'mysql://x'", "database.url"),
        ("[database]\nurl = 'sqlite://'", "database.url"),
        ("[database]\nurl = 'postgres://me:secret@host:port/shop'", "database.url"),
        ("[database]\nurl = 'postgres://me:se/cret@host/shop'", "database.url"),
        ("[database]\naudit_url = 'postgres://standby/frontrow'", "database.audit_url"),
        ("[database]\nurl = 'postgres://db/frontrow'\naudit_url = 'sqlite://shop.db'", "database.audit_url"),
        ("[database]\nurl = 'postgres://db/frontrow'\naudit_url = 'postgres:standby'", "database.audit_url"),
        ("[database]\ncommand_connections = 5", "database.command_connections"),
        ("[database]\nfollow_milliseconds = 5000", "database.follow_milliseconds"),
        ("[reservation]\nhold_seconds = 0", "reservation.hold_seconds"),
        ("[reservation]\nmax_seats_per_user = 0", "reservation.max_seats_per_user"),
        ("[queue]\nbatch = 0", "queue.batch"),
        ("[queue]\ncapacity = -1", "queue.capacity"),
        ("[queue]\ncapacity = 'many'", "queue.capacity"),
        ("[queue]\ntick_milliseconds = 1", "queue.tick_milliseconds"),
        ("[wallet]\ncurrency = 'won'", "wallet.currency"),
        ("[wallet]\nmax_charge = 0", "wallet.max_charge"),
        ("[wallet]\nmax_charge = 101\nmax_balance = 100", "wallet.max_charge"),
        ("[wallet]\ncharging = 'everybody'", "wallet.charging"),
        ("[auth]\nissuer_secret = 'short'", "auth.issuer_secret"),
        ("[auth]\nrefresh_seconds = 0", "auth.refresh_seconds"),
        ("[auth]\nissuers = 'https://login.example.com/'", "issuers"),
        ("[retention]\nreservation_hours = 0", "retention.reservation_hours"),
        ("[retention]\nunused_user_hours = 0", "retention.unused_user_hours"),
        ("[commit]\nmax_batch = 0", "commit.max_batch"),
        ("[log]\nformat = 'xml'", "log.format"),
        ("[telemetry]\nledger_check_seconds = 86401", "telemetry.ledger_check_seconds"),
        ("[telemetry]\notlp_sample_ratio = 1.5", "telemetry.otlp_sample_ratio"),
        ("[telemetry]\notlp_endpoint = 'collector:4317'", "telemetry.otlp_endpoint"),
        ("[telemetry]\notlp_endpoint = 'http://me:secret@collector:4318'", "telemetry.otlp_endpoint"),
        ("[queue]\nspeed = 3", "queue.speed is an unknown configuration key"),
        ("[queu]\ncapacity = 3", "queu is an unknown configuration section"),
    ] {
        let error = with(overrides).unwrap_err().to_string();
        assert!(error.contains(key), "{overrides:?}: {error:?}");
    }
}

/// Returns the settings of the built-in defaults and these environment variables.
fn with_environment(variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    from(built_in().add_source(environment().source(Some(variables))).build()?, &Drivers::built_in())
}

#[test]
fn the_source_of_an_unknown_section_is_that_of_its_keys() {
    let error = with_environment(&[("FRONTROW__FOO__BAR", "1")]).unwrap_err().to_string();
    assert_eq!(error, "foo is an unknown configuration section (source: environment)");
}

#[test]
fn environment_variables_are_parsed_by_the_type_of_their_key() {
    let digits = "0000000000000000000000000000000000000042";
    let settings = with_environment(&[
        ("FRONTROW__AUTH__ISSUER_SECRET", digits),
        ("FRONTROW__AUTH__REGISTRATION", "false"),
        ("FRONTROW__QUEUE__CAPACITY", "500"),
        ("FRONTROW__WALLET__MAX_CHARGE", "700"),
        ("FRONTROW__DATABASE__URL", "memory:"),
    ])
    .unwrap();
    assert_eq!(settings.auth.issuer_secret.as_ref().map(SecretString::expose_secret), Some(digits));
    assert!(!settings.auth.registration && settings.store.url().as_str() == "memory:");
    assert_eq!((settings.rules.queue.capacity, settings.rules.max_charge.minor()), (500, 700));

    for (name, value, key) in [
        ("FRONTROW__QUEUE__CAPACITY", "many", "queue.capacity"),
        ("FRONTROW__QUEUE__CAPACITY", "-1", "queue.capacity"),
        ("FRONTROW__AUTH__REGISTRATION", "perhaps", "auth.registration"),
        ("FRONTROW__AUTH__ISSUER_SECRET", "12345678", "auth.issuer_secret"),
    ] {
        let error = with_environment(&[(name, value)]).unwrap_err().to_string();
        assert!(error.contains(key), "{name}={value}: {error:?}");
    }
}

#[test]
fn lists_are_comma_separated_and_a_rate_of_0_is_no_limit() {
    let settings = with(
        "[http]\ncors_origins = 'https://shop.example, http://localhost:3000'\n[limits]\nuser_per_minute = 60\ntrusted_proxies = '10.0.0.0/8,fd00::/8'",
    );
    let http = settings.unwrap().http;
    assert_eq!(http.cors_origins, ["https://shop.example", "http://localhost:3000"]);
    assert_eq!(http.limits.trusted_proxies.networks.len(), 2);
    assert_eq!(http.limits.per_user.map(|rate| (rate.per_minute.get(), rate.burst.get())), Some((60, 50)));
    assert_eq!(http.limits.per_address, None);
}

#[test]
fn the_forwarded_header_is_configurable() {
    let header = |limits: &str| with(limits).unwrap().http.limits.trusted_proxies.header;
    assert_eq!(header(""), ForwardedHeader::XForwardedFor);
    assert_eq!(header("[limits]\nforwarded_header = 'Forwarded'"), ForwardedHeader::Forwarded);
}

#[test]
fn the_issuer_secret_is_not_in_debug_output() {
    let secret = "0123456789abcdef0123456789abcdef";
    let settings = with(&format!("[auth]\nissuer_secret = '{secret}'")).unwrap();
    assert!(!format!("{settings:?}").contains(secret));
}

const ISSUER: &str =
    "[[auth.issuers]]\nname = 'https://login.example.com/'\naudience = 'shop'\nalgorithm = 'ES256'\npem_file = 'key.pem'\n";

#[test]
fn an_external_issuer_has_a_name_an_audience_an_algorithm_and_a_key_source() {
    let settings = with(&format!("{ISSUER}{}", ISSUER.replace("login", "two").replace("pem_file", "jwks_file"))).unwrap();
    let [one, two] = settings.auth.external.as_slice() else { panic!("two, not {:?}", settings.auth.external) };
    assert_eq!(
        (one.trust.name.as_str(), one.trust.leeway_seconds, one.trust.roles_claim.as_str()),
        ("https://login.example.com/", 30, "roles")
    );
    assert_eq!((&one.source, one.key.as_str()), (&KeySource::Pem("key.pem".into()), "auth.issuers[0].pem_file"));
    assert_eq!((&two.source, two.key.as_str()), (&KeySource::Jwks("key.pem".into()), "auth.issuers[1].jwks_file"));
    assert_eq!(with("").unwrap().auth.external.len(), 0);
}

#[test]
fn an_invalid_external_issuer_is_refused_with_its_key() {
    for (right, invalid, key) in [
        ("name = 'https://login.example.com/'", "name = ' '", "auth.issuers[0].name"),
        ("name = 'https://login.example.com/'", "name = 'frontrow'", "auth.issuers[0].name"),
        ("name = 'https://login.example.com/'", "", "name"),
        ("audience = 'shop'", "audience = ''", "auth.issuers[0].audience"),
        ("audience = 'shop'", "", "audience"),
        ("'ES256'", "'HS256'", "auth.issuers[0].algorithm"),
        ("'ES256'", "'none'", "auth.issuers[0].algorithm"),
        ("'ES256'", "'es256'", "auth.issuers[0].algorithm"),
        ("algorithm = 'ES256'", "", "algorithm"),
        ("pem_file = 'key.pem'", "", "auth.issuers[0] must have exactly one of"),
        ("pem_file = 'key.pem'", "pem_file = 'key.pem'\njwks_url = 'https://x/'", "auth.issuers[0] must have exactly one of"),
        ("pem_file = 'key.pem'", "pem_file = ''", "auth.issuers[0].pem_file"),
        ("pem_file = 'key.pem'", "jwks_url = 'http://login.example.com/'", "auth.issuers[0].jwks_url"),
        ("pem_file = 'key.pem'", "jwks_url = 'http://127.0.0.1.example.com/'", "auth.issuers[0].jwks_url"),
        ("pem_file = 'key.pem'", "jwks_url = 'http://localhost:80@example.com/'", "auth.issuers[0].jwks_url"),
        ("pem_file = 'key.pem'", "jwks_url = 'https://me:secret@example.com/'", "auth.issuers[0].jwks_url"),
        ("pem_file = 'key.pem'", "jwks_url = 'https:///jwks'", "auth.issuers[0].jwks_url"),
        ("pem_file = 'key.pem'", "jwks_url = 'file:///etc/jwks'", "auth.issuers[0].jwks_url"),
        ("pem_file = 'key.pem'", "pem_file = 'key.pem'\nleeway_seconds = 121", "auth.issuers[0].leeway_seconds"),
        ("pem_file = 'key.pem'", "pem_file = 'key.pem'\nroles_claim = ''", "auth.issuers[0].roles_claim"),
        ("pem_file = 'key.pem'", "pem_file = 'key.pem'\nsecret = 'x'", "secret"),
    ] {
        let error = with(&ISSUER.replace(right, invalid)).unwrap_err().to_string();
        assert!(error.contains(key), "{invalid:?}: {error:?}");
    }
    let error = with(&format!("{ISSUER}{ISSUER}")).unwrap_err().to_string();
    assert!(error.contains("auth.issuers[1].name"), "{error}");
    for url in ["https://login.example.com/jwks", "https://login.example.com:8443", "http://127.0.0.1:9000/jwks", "http://localhost/jwks"] {
        assert!(with(&ISSUER.replace("pem_file = 'key.pem'", &format!("jwks_url = '{url}'"))).is_ok(), "{url}");
    }
}

#[cfg(feature = "otlp")]
#[test]
fn spans_are_exported_if_a_collector_is_configured() {
    assert!(with("").unwrap().telemetry.otlp.is_none());
    let otlp = with_environment(&[
        ("FRONTROW__TELEMETRY__OTLP_ENDPOINT", "http://collector:4318"),
        ("FRONTROW__TELEMETRY__OTLP_SAMPLE_RATIO", "0.25"),
    ]);
    let otlp = otlp.unwrap().telemetry.otlp.unwrap();
    assert_eq!((otlp.endpoint.as_str(), otlp.sample_ratio.to_string().as_str()), ("http://collector:4318", "0.25"));
}

#[cfg(not(feature = "otlp"))]
#[test]
fn a_collector_is_refused_without_the_feature_otlp() {
    let error = with("[telemetry]\notlp_endpoint = 'http://collector:4318'").unwrap_err().to_string();
    assert!(error.contains("telemetry.otlp_endpoint") && error.contains("feature otlp"), "{error}");
}

#[test]
fn production_accepts_open_charges_only_if_confirmed() {
    let folder = tempfile::TempDir::new().unwrap();
    let with = |profile: &str, overrides: &str| {
        std::fs::write(folder.path().join(format!("{profile}.toml")), overrides).unwrap();
        load(folder.path(), Some(profile), &Drivers::built_in()).map(|settings| settings.rules.charging).map_err(|error| error.to_string())
    };
    assert_eq!(with("production", ""), Ok(domain::Charging::Operator));
    let refused = with("production", "[wallet]\ncharging = 'open'").unwrap_err();
    assert!(refused.starts_with("wallet.charging") && refused.contains("wallet.allow_open_charges"), "{refused}");
    assert_eq!(with("production", "[wallet]\ncharging = 'open'\nallow_open_charges = true"), Ok(domain::Charging::Open));
    assert_eq!(with("staging", "[wallet]\ncharging = 'open'"), Ok(domain::Charging::Open));
    assert_eq!(with("staging", "[wallet]\ncharging = 'operator'"), Ok(domain::Charging::Operator));
}
