//! The queries of reservations and payments.

use application::PageRequest;
use application::ports::{ReadError, Reservations};
use async_trait::async_trait;
use domain::{Payment, PaymentId, Reservation, ReservationId, UserId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Reads, json_ids, repeated};
use crate::all;
use crate::rows::{payment, reservation};

#[async_trait]
impl Reservations for Reads {
    async fn reservation(&self, id: ReservationId) -> Result<Option<Reservation>, ReadError> {
        let rows = self.find::<reservation::Row>(self.statements.reservation, [id.0.into()]).await?;
        Ok(rows.into_iter().next().map(Reservation::try_from).transpose()?)
    }

    async fn reservations_by_id(&self, ids: &[ReservationId]) -> Result<Vec<Reservation>, ReadError> {
        let ids = json_ids(ids.iter().map(|id| id.0))?;
        all(self.find::<reservation::Row>(self.statements.reservations_by_id, [ids.into()]).await?)
    }

    async fn reservations(&self, user: UserId, page: PageRequest<ReservationId>) -> Result<Vec<Reservation>, ReadError> {
        let below = page.after.map(|after| after.0);
        let values = [user.0.into(), below.into(), page.size.into()];
        all(self.find::<reservation::Row>(self.statements.reservations, values).await?)
    }

    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, ReadError> {
        let row = self.within(payment::Entity::find_by_id(id.0).one(&self.db)).await?;
        Ok(row.map(Payment::try_from).transpose()?)
    }

    async fn payments_by_id(&self, ids: &[PaymentId]) -> Result<Vec<Payment>, ReadError> {
        let query = payment::Entity::find().filter(payment::Column::Id.is_in(repeated(ids).map(|id| id.0)));
        all(self.within(query.all(&self.db)).await?)
    }

    async fn payments(&self, user: UserId, page: PageRequest<PaymentId>) -> Result<Vec<Payment>, ReadError> {
        let below = page.after.map(|after| payment::Column::Id.lt(after.0));
        let of_user = Condition::all().add(payment::Column::UserId.eq(user.0)).add_option(below);
        let query = payment::Entity::find().filter(of_user).order_by_desc(payment::Column::Id).limit(u64::from(page.size));
        all(self.within(query.all(&self.db)).await?)
    }
}
