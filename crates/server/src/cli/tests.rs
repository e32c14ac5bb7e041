use clap::CommandFactory;

use super::*;

/// Every command, with the words that lead to it.
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

/// The words of a line as a shell sees them, quotes taken away.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(place, part)| if place % 2 == 1 { vec![part] } else { part.split_whitespace().collect() });
    words.map(str::to_owned).collect()
}

#[test]
fn the_command_line_makes_sense() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_has_an_example_of_itself_that_can_be_said() {
    for (path, command) in commands().into_iter().filter(|(_, command)| !command.has_subcommands()) {
        let help = command.get_after_help().unwrap_or_else(|| panic!("{path} has no example")).to_string();
        let lines = help.lines().filter(|line| line.starts_with("  ") && !line.contains("curl"));
        let mut own = 0;
        for line in lines {
            // Without the variables in front of it.
            let start = line.find(" frontrow ").unwrap_or_else(|| panic!("{line}")) + 1;
            let said = line[start..].split(" > ").next().unwrap_or_default();
            let parsed = Cli::try_parse_from(words(said));
            assert!(parsed.is_ok(), "{line}\n{}", parsed.unwrap_err());
            let bare = said.replace("--profile production ", "");
            own += usize::from(bare.starts_with(&path));
        }
        assert!(own > 0, "{path} has no example of itself");
    }
}

#[test]
fn the_documents_say_commands_that_there_are() {
    let documents = [
        include_str!("../../../../README.md"),
        include_str!("../../../../docs/operations.md"),
        include_str!("../../../../docs/configuration.md"),
    ];
    let lines = documents.iter().flat_map(|text| text.lines()).filter(|line| line.starts_with("frontrow "));
    let mut said = 0;
    for line in lines {
        let parsed = Cli::try_parse_from(words(line.split(" # ").next().unwrap_or_default()));
        assert!(parsed.is_ok(), "{line}\n{}", parsed.unwrap_err());
        said += 1;
    }
    assert!(said >= 10, "{said} commands are found");
}

#[test]
fn every_command_and_argument_says_what_it_is_for() {
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
        other => panic!("not at the desk: {other:?}"),
    }
}

#[test]
fn seats_are_said_as_numbers_and_ranges() {
    let said = |seats| admin(&["seats", "block", ID, seats, "--reason", "x"]);
    let AdminCommand::Seats(ServerCommand { verb: Seats::Block(which), .. }) = said("7-9").unwrap() else { panic!("seats") };
    assert_eq!(which.seats, [7..=9]);
    for wrong in ["0", "9-7", "x", "1-", "-", "1-2000000"] {
        assert!(said(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_rule_of_a_policy_is_a_number_or_the_default() {
    let said = |capacity| admin(&["queues", "set", ID, "--capacity", capacity]);
    let capacity = |capacity| match said(capacity).unwrap() {
        AdminCommand::Queues(ServerCommand { verb: Queues::Set { policy, .. }, .. }) => policy.capacity,
        other => panic!("{other:?}"),
    };
    assert_eq!(capacity("0"), Some(0.into()));
    assert_eq!(capacity("default"), Some(serde_json::Value::Null));
    assert!(said("many").is_err());
}
