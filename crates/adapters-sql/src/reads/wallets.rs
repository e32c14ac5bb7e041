//! The queries of wallets and wallet entries.

use application::PageRequest;
use application::ports::{ReadError, Wallets};
use async_trait::async_trait;
use domain::{UserId, Versioned, Wallet, WalletEntry};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Reads;
use crate::all;
use crate::rows::{entry, wallet};

#[async_trait]
impl Wallets for Reads {
    async fn wallet(&self, user: UserId) -> Result<Option<Wallet>, ReadError> {
        let row = self.within(wallet::Entity::find_by_id(user.0).one(&self.db)).await?;
        let wallet: Option<Versioned<Wallet>> = row.map(Versioned::try_from).transpose()?;
        Ok(wallet.map(|wallet| wallet.row))
    }

    async fn entries(&self, user: UserId, page: PageRequest<u64>) -> Result<Vec<WalletEntry>, ReadError> {
        let below = page.after.map(|after| entry::Column::Sequence.lt(i64::try_from(after).unwrap_or(i64::MAX)));
        let of_user = Condition::all().add(entry::Column::UserId.eq(user.0)).add_option(below);
        let query = entry::Entity::find().filter(of_user).order_by_desc(entry::Column::Sequence).limit(u64::from(page.size));
        all(self.within(query.all(&self.db)).await?)
    }
}
