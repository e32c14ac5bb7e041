//! Every row that another row refers to exists.

use domain::{QueueToken, Reservation, Wallet};

use super::everything::Everything;

pub(super) fn reservations_without_targets(state: &Everything) -> usize {
    let has_targets = |reservation: &Reservation| {
        let schedule = state.schedules.get(&reservation.schedule());
        state.users.contains_key(&reservation.user())
            && schedule.is_some_and(|schedule| schedule.concert() == reservation.concert())
            && reservation.numbers().all(|number| state.seats.contains_key(&(reservation.schedule(), number)))
    };
    state.reservations.values().filter(|reservation| !has_targets(&reservation.row)).count()
}

pub(super) fn tokens_and_wallets_without_owners(state: &Everything) -> usize {
    let has_owners = |token: &QueueToken| {
        state.users.contains_key(&token.user())
            && state.queues.contains_key(&token.queue())
            && token.concert().is_none_or(|concert| state.concerts.contains_key(&concert))
    };
    let has_owner = |wallet: &Wallet| state.users.contains_key(&wallet.user());
    state.tokens.values().filter(|token| !has_owners(&token.row)).count()
        + state.wallets.values().filter(|wallet| !has_owner(&wallet.row)).count()
}
