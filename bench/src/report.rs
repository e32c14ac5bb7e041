//! The results of a run: printed, and written as JSON and into `docs/performance.md`.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde_json::{Map, Value};

use crate::bars::Bar;
use crate::machine::Machine;
use crate::plan::Plan;
use crate::room::Room;
use crate::row::Rows;
use crate::rush::Rush;
use crate::weak_points::Comparison;
use crate::{json, page, table};

const PAGE: &str = "docs/performance.md";

/// The results, in the order in which they are shown.
pub(crate) struct Report {
    machine: Machine,
    plan: Plan,
    tables: Vec<String>,
    parts: Map<String, Value>,
    bars: Vec<Bar>,
}

impl Report {
    pub(crate) fn new(machine: Machine, plan: Plan) -> Self {
        Self { machine, plan, tables: Vec::new(), parts: Map::new(), bars: Vec::new() }
    }

    pub(crate) fn add_rows(&mut self, rows: &Rows) {
        self.add("rows", table::of_rows(rows), json::of_rows(rows));
    }

    pub(crate) fn add_rushes(&mut self, rushes: &[Rush]) {
        self.add("rushes", table::of_rushes(rushes), json::of_rushes(rushes));
    }

    pub(crate) fn add_room(&mut self, room: &Room) {
        self.add("room", table::of_room(room), json::of_room(room));
    }

    pub(crate) fn add_comparisons(&mut self, comparisons: &[Comparison]) {
        self.add("weak_points", table::of_comparisons(comparisons), json::of_comparisons(comparisons));
    }

    pub(crate) fn add_bars(&mut self, bars: Vec<Bar>) {
        self.bars.extend(bars);
    }

    /// Prints the report.
    pub(crate) fn print(&self) {
        println!("{}", self.text());
    }

    /// Prints the report, writes it as JSON to `file`, and into the part of the page that `mark` names.
    pub(crate) fn publish(self, file: &str, mark: &str) -> anyhow::Result<()> {
        self.print();
        page::replace_tables(Path::new(PAGE), mark, &self.text())?;
        let document = json::document(&self.machine, self.plan, self.parts, &self.bars);
        fs::write(file, format!("{document:#}\n")).with_context(|| format!("{file} can't be written"))
    }

    fn add(&mut self, name: &str, table: String, part: Value) {
        self.tables.push(table);
        self.parts.insert(name.to_owned(), part);
    }

    fn text(&self) -> String {
        let Plan { rounds, seconds, .. } = self.plan;
        let head = format!("{} {rounds} rounds of {seconds} s; medians, with the quartiles in parentheses.", self.machine);
        let bars = (!self.bars.is_empty()).then(|| table::of_bars(&self.bars));
        [head].into_iter().chain(self.tables.iter().cloned()).chain(bars).collect::<Vec<_>>().join("\n\n")
    }
}
