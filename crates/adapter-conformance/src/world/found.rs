//! The results of all needs, as one type.

use domain::{Need, Needs, Rows, need};

macro_rules! found {
    ($($need:ident)*) => {
        /// The result of any need.
        #[derive(Debug, Clone, PartialEq)]
        pub(crate) enum Found {
            $($need(<need::$need as Needs>::Found),)*
        }

        impl Found {
            /// Returns the result of `need` in `rows`.
            pub(crate) fn by(need: &Need, rows: &Rows) -> Self {
                match need {
                    $(Need::$need(need) => Self::$need(need.find(rows).unwrap()),)*
                }
            }
        }
    };
}

found! {
    Key Account Token JoinTarget QueueHead Queue Concert ConcertInUse Schedule Seats LabelledSeats LayoutOf Reservation HoldsOfToken OwnedBy Payment Sessions LapsedHolds
}
