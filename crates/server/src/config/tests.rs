use secrecy::ExposeSecret as _;

use super::*;

fn with(overrides: &str) -> Result<Settings, ConfigError> {
    let layers = Config::builder()
        .add_source(File::from_str(BUILT_IN, FileFormat::Toml))
        .add_source(File::from_str(overrides, FileFormat::Toml))
        .build()?;
    from(layers)
}

#[test]
fn the_built_in_defaults_are_those_of_the_design() {
    let settings = with("").unwrap();
    assert_eq!(settings.http.bind.to_string(), "127.0.0.1:8080");
    assert!(matches!(settings.database, DatabaseUrl::Sqlite(path) if path == "data/frontrow.db"));
    let rules = settings.rules;
    assert_eq!((rules.hold.whole_seconds(), rules.max_seats_per_user), (300, 4));
    assert_eq!((rules.max_charge.minor(), rules.max_balance.minor()), (1_000_000, 10_000_000));
    let queue = rules.queue;
    assert_eq!((queue.capacity, queue.batch, queue.active.whole_seconds(), queue.claim.whole_seconds()), (100, 50, 600, 120));
    assert!(settings.auth.issuer_secret.is_none() && settings.auth.registration);
}

#[test]
fn a_wrong_value_is_refused_with_its_key() {
    for (overrides, key) in [
        ("[http]\nbind = 'here'", "http.bind"),
        ("[http]\nmax_body_bytes = 1", "http.max_body_bytes"),
        ("[database]\nurl = 'mysql://x'", "database.url"),
        ("[database]\nurl = 'sqlite://'", "database.url"),
        ("[database]\ncommand_connections = 3", "database.command_connections"),
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
        ("[auth]\nissuer_secret = 'short'", "auth.issuer_secret"),
        ("[commit]\nmax_batch = 0", "commit.max_batch"),
        ("[log]\nformat = 'xml'", "log.format"),
        ("[queue]\nspeed = 3", "speed"),
        ("[queu]\ncapacity = 3", "queu"),
    ] {
        let error = with(overrides).unwrap_err().to_string();
        assert!(error.contains(key), "{overrides:?} says {error:?}");
    }
}

/// The built-in defaults and these environment variables.
fn under(variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let layers = Config::builder()
        .add_source(File::from_str(BUILT_IN, FileFormat::Toml))
        .add_source(environment().source(Some(variables)))
        .build()?;
    from(layers)
}

#[test]
fn the_environment_is_read_as_what_the_key_is() {
    let digits = "0000000000000000000000000000000000000042";
    let settings = under(&[
        ("FRONTROW__AUTH__ISSUER_SECRET", digits),
        ("FRONTROW__AUTH__REGISTRATION", "false"),
        ("FRONTROW__QUEUE__CAPACITY", "500"),
        ("FRONTROW__WALLET__MAX_CHARGE", "700"),
        ("FRONTROW__DATABASE__URL", "memory:"),
    ])
    .unwrap();
    assert_eq!(settings.auth.issuer_secret.as_ref().map(|secret| secret.expose_secret()), Some(digits));
    assert!(!settings.auth.registration && matches!(settings.database, DatabaseUrl::Memory));
    assert_eq!((settings.rules.queue.capacity, settings.rules.max_charge.minor()), (500, 700));

    for (name, value, key) in [
        ("FRONTROW__QUEUE__CAPACITY", "many", "queue.capacity"),
        ("FRONTROW__QUEUE__CAPACITY", "-1", "queue.capacity"),
        ("FRONTROW__AUTH__REGISTRATION", "perhaps", "auth.registration"),
        ("FRONTROW__AUTH__ISSUER_SECRET", "12345678", "auth.issuer_secret"),
    ] {
        let error = under(&[(name, value)]).unwrap_err().to_string();
        assert!(error.contains(key), "{name}={value} says {error:?}");
    }
}

#[test]
fn the_issuer_secret_shows_itself_to_no_log() {
    let secret = "0123456789abcdef0123456789abcdef";
    let settings = with(&format!("[auth]\nissuer_secret = '{secret}'")).unwrap();
    assert!(!format!("{settings:?}").contains(secret));
}
