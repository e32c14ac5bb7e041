//! The sales of schedules, and the position up to which the event log has been folded into them.

use std::collections::BTreeSet;

use application::ports::{Position, ReadError, Sales};
use async_trait::async_trait;
use domain::{ScheduleId, ScheduleSales};
use time::OffsetDateTime;

use crate::draft::Draft;
use crate::engine::Engine;
use crate::engine::Order::Descending;
use crate::fault::Fault;
use crate::key::{self, Key, Kind};
use crate::needs::limit;
use crate::store::EmbeddedStore;
use crate::stored::Stored as _;
use crate::view::View;

#[async_trait]
impl<E: Engine> Sales for EmbeddedStore<E> {
    async fn folded_to(&self) -> Result<Option<Position>, ReadError> {
        self.read(folded_to).await
    }

    async fn sales_of(&self, schedules: &[ScheduleId]) -> Result<Vec<ScheduleSales>, ReadError> {
        let ids: BTreeSet<_> = schedules.iter().copied().collect();
        self.read(move |view| ids.into_iter().filter_map(|id| view.get::<ScheduleSales>(&key::sales(id)).transpose()).collect()).await
    }

    async fn advance(&self, from: Option<Position>, to: Position, sales: &[ScheduleSales]) -> Result<bool, ReadError> {
        let sales = sales.to_vec();
        self.write(move |draft| advance(draft, from, to, &sales)).await
    }

    async fn recent_sales(&self, since: OffsetDateTime, at_most: u32) -> Result<Vec<ScheduleSales>, ReadError> {
        let recent = Key::of(Kind::RecentSales).at(since)..Key::of(Kind::RecentSales).after_all();
        self.read(move |view| view.led::<ScheduleSales>(recent, Descending)?.take(limit(at_most)).collect()).await
    }
}

fn position() -> Key {
    Key::of(Kind::Own).text("sales-position")
}

fn folded_to(view: View<'_>) -> Result<Option<Position>, Fault> {
    Ok(view.value(&position())?.map(Position))
}

fn advance(draft: &mut Draft<'_>, from: Option<Position>, to: Position, sales: &[ScheduleSales]) -> Result<bool, Fault> {
    if folded_to(draft.view())? != from {
        return Ok(false);
    }
    for sales in sales {
        if let Some(old) = draft.view().get::<ScheduleSales>(&sales.key())? {
            draft.remove(&old)?;
        }
        draft.insert(sales)?;
    }
    draft.set(&position(), &to.0)?;
    Ok(true)
}
