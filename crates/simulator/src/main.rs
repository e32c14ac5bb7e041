//! `simulate`: runs many seeds and prints the story of the first that fails.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use simulator::{Plan, Statistics, run, shrink};

/// Runs the application in simulated time with injected faults and checks it against a naive model.
#[derive(Debug, Parser)]
struct Arguments {
    /// Number of seeds to run.
    #[arg(long, default_value_t = 300)]
    seeds: u64,
    /// First seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Continue after a failing seed, without shrinking its plan or printing its story.
    #[arg(long)]
    keep_going: bool,
    /// Print the plan and the story of the first seed, whether it fails or not, and run no other.
    #[arg(long)]
    story: bool,
}

fn main() -> ExitCode {
    let Arguments { seeds, from, keep_going, story } = Arguments::parse();
    let (mut all, mut failed, started) = (Statistics::default(), BTreeMap::<&str, Vec<u64>>::new(), Instant::now());
    for seed in from..from.saturating_add(seeds) {
        let plan = Plan::of(seed);
        let ended = run(&plan, story);
        if story {
            println!("{plan:#?}");
            ended.story.iter().for_each(|line| println!("{line}"));
            break;
        }
        all += ended.statistics;
        if let Some(violation) = ended.violation {
            println!("seed {seed} fails: {violation}");
            failed.entry(violation.how).or_default().push(seed);
            if !keep_going {
                println!("shrinking …");
                let small = shrink(&plan, &violation);
                print_plan(&small);
                break;
            }
        }
    }
    report(&all, &failed, started.elapsed().as_secs_f64());
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints a shrunk plan and its story.
fn print_plan(plan: &Plan) {
    println!("\nThe smallest plan that fails in the same way: {} users, {} instances", plan.users.len(), plan.instances);
    println!("{:?}", plan.numbers);
    for concert in &plan.concerts {
        println!("{concert:?}");
    }
    for fault in &plan.faults {
        println!("{fault:?}");
    }
    println!();
    let ended = run(plan, true);
    for line in &ended.story {
        println!("{line}");
    }
}

#[expect(clippy::cast_precision_loss, reason = "approximate values for display")]
fn report(all: &Statistics, failed: &BTreeMap<&str, Vec<u64>>, seconds: f64) {
    let hours = all.milliseconds as f64 / 3_600_000.0;
    println!(
        "{hours:.1} simulated hours in {seconds:.1} s: {} steps, {} requests, {} commits, {} payments",
        all.steps, all.requests, all.commits, all.payments
    );
    let faults: Vec<_> = all.faults.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    println!("faults: {}", faults.join(", "));
    for (how, seeds) in failed {
        println!("{}: {} seeds, {:?}", how, seeds.len(), &seeds[..seeds.len().min(10)]);
    }
}
