use clap::CommandFactory;

use super::*;

/// Returns every command with the words that call it.
fn commands() -> Vec<(String, clap::Command)> {
    fn below(path: &str, command: &clap::Command, found: &mut Vec<(String, clap::Command)>) {
        for command in command.get_subcommands().filter(|command| command.get_name() != "help") {
            let path = format!("{path} {}", command.get_name());
            below(&path, command, found);
            found.push((path, command.clone()));
        }
    }
    let mut found = Vec::new();
    below("frontrow", &Cli::command(), &mut found);
    found
}

/// Splits a line into words like a shell, removing quotes.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(index, part)| if index % 2 == 1 { vec![part] } else { part.split_whitespace().collect() });
    words.map(str::to_owned).collect()
}

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_has_an_example_that_parses() {
    for (path, command) in commands().into_iter().filter(|(_, command)| !command.has_subcommands()) {
        let help = command.get_after_help().unwrap_or_else(|| panic!("{path} has no examples")).to_string();
        let lines = help.lines().filter(|line| line.starts_with("  ") && !line.contains("curl"));
        let mut own = 0;
        for line in lines {
            // Skips the variables before the command.
            let start = line.find(" frontrow ").unwrap_or_else(|| panic!("{line}")) + 1;
            let call = line[start..].split(" > ").next().unwrap_or_default();
            let parsed = Cli::try_parse_from(words(call));
            assert!(parsed.is_ok(), "{line}\n{}", parsed.unwrap_err());
            let bare = call.replace("--profile production ", "");
            own += usize::from(bare.starts_with(&path));
        }
        assert!(own > 0, "{path} has no example");
    }
}

#[test]
fn commands_in_the_documents_exist() {
    let documents = [
        include_str!("../../../../README.md"),
        include_str!("../../../../docs/operations.md"),
        include_str!("../../../../docs/configuration.md"),
    ];
    let lines = documents.iter().flat_map(|text| text.lines()).filter(|line| line.starts_with("frontrow "));
    let mut count = 0;
    for line in lines {
        let parsed = Cli::try_parse_from(words(line.split(" # ").next().unwrap_or_default()));
        assert!(parsed.is_ok(), "{line}\n{}", parsed.unwrap_err());
        count += 1;
    }
    assert!(count >= 10, "{count} commands found");
}

#[test]
fn every_command_and_argument_has_a_help_text() {
    for (path, command) in commands() {
        assert!(command.get_about().is_some(), "{path}");
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{path} {}", argument.get_id());
        }
    }
}

const ID: &str = "0f207207-0000-7000-8000-0000000c1b01";

fn admin(words: &[&str]) -> Result<AdminCommand, clap::Error> {
    match Cli::try_parse_from([&["frontrow"], words].concat())?.command {
        Command::Admin(admin) => Ok(*admin),
        other => panic!("not an admin command: {other:?}"),
    }
}

#[test]
fn seats_are_parsed_from_numbers_and_ranges() {
    let parse = |seats| admin(&["seats", "block", ID, seats, "--reason", "x"]);
    let AdminCommand::Seats(ServerCommand { verb: Seats::Block(which), .. }) = parse("7-9").unwrap() else { panic!("not seats block") };
    assert_eq!(which.seats, [7..=9]);
    for wrong in ["0", "9-7", "x", "1-", "-", "1-2000000"] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_policy_rule_is_a_number_or_the_default() {
    let parse = |capacity| admin(&["queues", "set", ID, "--capacity", capacity]);
    let capacity = |capacity| match parse(capacity).unwrap() {
        AdminCommand::Queues(ServerCommand { verb: Queues::Set { policy, .. }, .. }) => policy.capacity,
        other => panic!("{other:?}"),
    };
    assert_eq!(capacity("0"), Some(0.into()));
    assert_eq!(capacity("default"), Some(serde_json::Value::Null));
    assert!(parse("many").is_err());
}
