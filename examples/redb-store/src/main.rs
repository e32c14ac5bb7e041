//! `frontrow` with an additional scheme: `FRONTROW__DATABASE__URL=redb://data/frontrow.redb redb-store serve`.

use std::process::ExitCode;

use frontrow::Frontrow;
use redb_store::RedbDriver;

fn main() -> ExitCode {
    Frontrow::new().store("redb", RedbDriver).run()
}
