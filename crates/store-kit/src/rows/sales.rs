//! Rows of the sales of schedules.

use std::collections::BTreeMap;

use domain::sales::Hour;
use domain::{ConcertId, ScheduleId, ScheduleSales, SoldOut};
#[cfg(feature = "sea-orm")]
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use time::Duration;
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros, span_micros};

const TABLE: &str = "schedule_sales";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(DeriveEntityModel), sea_orm(table_name = "schedule_sales"))]
pub struct Model {
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub schedule_id: Uuid,
    pub concert_id: Uuid,
    pub sold: i64,
    /// JSON: pairs of an hour and a number of seats.
    pub hours: String,
    pub last_paid_at: i64,
    pub sold_out_at: Option<i64>,
    pub sold_out_after: Option<i64>,
}

entity!();

impl TryFrom<Model> for ScheduleSales {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let hours: Vec<(i64, u32)> = serde_json::from_str(&row.hours).map_err(|_| Corrupt::new(TABLE, "hours"))?;
        let by_hour: BTreeMap<_, _> = hours.into_iter().map(|(hour, seats)| (Hour(hour), seats)).collect();
        let sold = u32::try_from(row.sold).map_err(|_| Corrupt::new(TABLE, "sold"))?;
        let sold_out = match (row.sold_out_at, row.sold_out_after) {
            (None, None) => None,
            (Some(at), Some(after)) => Some(SoldOut { at: instant(at, TABLE, "sold_out_at")?, after: Duration::microseconds(after) }),
            (None, Some(_)) | (Some(_), None) => return Err(Corrupt::new(TABLE, "sold_out_at")),
        };
        let ids = (ScheduleId(row.schedule_id), ConcertId(row.concert_id));
        Ok(Self::restore(ids, sold, by_hour, instant(row.last_paid_at, TABLE, "last_paid_at")?, sold_out))
    }
}

impl From<&ScheduleSales> for Model {
    fn from(sales: &ScheduleSales) -> Self {
        let hours: Vec<String> = sales.by_hour().iter().map(|(Hour(hour), seats)| format!("[{hour},{seats}]")).collect();
        Self {
            schedule_id: sales.schedule().0,
            concert_id: sales.concert().0,
            sold: sales.sold().into(),
            hours: format!("[{}]", hours.join(",")),
            last_paid_at: micros(sales.last_paid_at()),
            sold_out_at: sales.sold_out().map(|sold_out| micros(sold_out.at)),
            sold_out_after: sales.sold_out().map(|sold_out| span_micros(sold_out.after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::{CONCERT, NOW, SCHEDULE};

    use super::*;

    #[test]
    fn sales_are_stored_unchanged() {
        let sold_out = SoldOut { at: NOW, after: Duration::seconds(35) };
        for (hours, sold_out) in [(vec![], None), (vec![(Hour(-1), 2), (Hour(500_000), u32::MAX)], Some(sold_out))] {
            let sales = ScheduleSales::restore((SCHEDULE, CONCERT), u32::MAX, hours.into_iter().collect(), NOW, sold_out);
            assert_eq!(ScheduleSales::try_from(Model::from(&sales)).unwrap(), sales);
        }
    }

    #[test]
    fn an_invalid_row_names_its_column() {
        let row = || Model::from(&ScheduleSales::restore((SCHEDULE, CONCERT), 1, BTreeMap::new(), NOW, None));
        for (row, column) in [
            (Model { hours: "[[1]]".to_owned(), ..row() }, "hours"),
            (Model { sold: -1, ..row() }, "sold"),
            (Model { sold_out_after: Some(1), ..row() }, "sold_out_at"),
        ] {
            assert_eq!(ScheduleSales::try_from(row).unwrap_err(), Corrupt::new(TABLE, column));
        }
    }
}
