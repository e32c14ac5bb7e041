//! The users of the scenarios.

use crate::buyer::{Buyer, Stage};
use crate::crowd::{buyers, prepare};
use crate::hall::Hall;
use crate::scripts::{Charges, Cycle};
use crate::target::Target;

/// Returns scripts of active users who hold a seat each and release it, again and again.
pub(super) async fn hold_cycles(target: &Target, hall: Hall, count: u32) -> anyhow::Result<Vec<Cycle>> {
    let active = prepare(target, &[Stage::Register, Stage::Join], buyers(hall, 0, count)).await?;
    Ok(active.into_iter().map(Cycle::hold).collect())
}

/// Returns registered users.
pub(super) async fn users(target: &Target, hall: Hall, count: u32) -> anyhow::Result<Vec<Buyer>> {
    prepare(target, &[Stage::Register], buyers(hall, 0, count)).await
}

/// Returns scripts of users who charge their own wallets.
pub(super) fn charges(users: &[Buyer], keys: &str) -> Vec<Charges> {
    users.iter().map(|user| Charges::new(&user.jwt, keys.to_owned())).collect()
}
