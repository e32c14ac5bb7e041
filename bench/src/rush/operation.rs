//! The operations of the mixture.

use std::fmt;

/// The number of users who charge their wallets again and again.
pub(super) const CHARGING: u32 = 32;

/// An operation of the mixture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Join,
    Poll,
    Hold,
    Pay,
    Charge,
    SeatMap,
    /// An operator changes, pauses and resumes the queue.
    Manage,
}

impl Operation {
    pub(super) const ALL: [Self; 7] = [Self::Join, Self::Poll, Self::Hold, Self::Pay, Self::Charge, Self::SeatMap, Self::Manage];

    /// Returns its number of connections, alone and in the mixture.
    pub(crate) const fn connections(self) -> usize {
        match self {
            Self::Hold | Self::Pay => 64,
            Self::Join => 48,
            Self::Poll | Self::Charge => CHARGING as usize,
            Self::SeatMap => 8,
            Self::Manage => 1,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Join => "join",
            Self::Poll => "poll",
            Self::Hold => "hold",
            Self::Pay => "pay",
            Self::Charge => "charge",
            Self::SeatMap => "seat map",
            Self::Manage => "operator's change of the queue",
        })
    }
}
