//! What any need finds, as one type.

use domain::{Need, Needs, Rows, need};

macro_rules! found {
    ($($need:ident)*) => {
        /// What a need finds, whichever it is.
        #[derive(Debug, Clone, PartialEq)]
        pub(crate) enum Found {
            $($need(<need::$need as Needs>::Found),)*
        }

        impl Found {
            /// What `need` finds among `rows`.
            pub(crate) fn by(need: &Need, rows: &Rows) -> Self {
                match need {
                    $(Need::$need(need) => Self::$need(need.find(rows).unwrap()),)*
                }
            }
        }
    };
}

found! {
    Key Account Token Place Line Queue Concert ConcertInUse Schedule Seats LabelledSeats Reservation HoldsOfToken OwnedBy Payment LapsedHolds
}
