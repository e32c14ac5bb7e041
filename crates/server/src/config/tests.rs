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
        ("[http]\nkeep_alive_seconds = 0", "http.keep_alive_seconds"),
        ("[http]\ncors_origins = 'https://shop.example/path'", "http.cors_origins"),
        ("[http]\ncors_origins = '*'", "http.cors_origins"),
        ("[limits]\nmax_in_flight = 0", "limits.max_in_flight"),
        ("[limits]\nuser_per_minute = 60\nuser_burst = 0", "limits.user_burst"),
        ("[limits]\ntrusted_proxies = '10.0.0.0/8, proxy'", "limits.trusted_proxies"),
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

#[test]
fn lists_have_commas_and_a_rate_of_0_is_none() {
    let settings = with(
        "[http]\ncors_origins = 'https://shop.example, http://localhost:3000'\n[limits]\nuser_per_minute = 60\ntrusted_proxies = '10.0.0.0/8,fd00::/8'",
    );
    let http = settings.unwrap().http;
    assert_eq!(http.cors_origins, ["https://shop.example", "http://localhost:3000"]);
    assert_eq!(http.limits.trusted_proxies.len(), 2);
    assert_eq!(http.limits.per_user.map(|rate| (rate.a_minute.get(), rate.burst.get())), Some((60, 50)));
    assert_eq!(http.limits.per_address, None);
}

#[test]
fn the_issuer_secret_shows_itself_to_no_log() {
    let secret = "0123456789abcdef0123456789abcdef";
    let settings = with(&format!("[auth]\nissuer_secret = '{secret}'")).unwrap();
    assert!(!format!("{settings:?}").contains(secret));
}
