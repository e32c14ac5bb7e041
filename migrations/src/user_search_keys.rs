//! Search keys of users that existed before the migration: only the domain can fold names.

use domain::UserName;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait, DbErr};

/// The number of users that are read at once.
const PAGE: u64 = 1_000;
/// The number of rows per statement: well below the maximum number of parameters of any database.
const ROWS: usize = 500;

/// Writes the search keys of all users with names.
pub(crate) async fn fill(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let mut after = None;
    loop {
        let users = page(db, after).await?;
        let Some((last, _)) = users.last() else { return Ok(()) };
        after = Some(*last);
        // An invalid name has no search keys; reading the user reports it.
        let named = users.into_iter().filter_map(|(id, name)| Some((id, UserName::new(&name).ok()?)));
        let keys: Vec<_> = named.flat_map(|(id, name)| name.search_keys().into_iter().map(move |key| (key, id))).collect();
        for rows in keys.chunks(ROWS) {
            let mut insert = Query::insert();
            insert.into_table("user_search_keys").columns(["search_key", "user_id"]);
            for (key, id) in rows {
                insert.values_panic([key.clone().into(), (*id).into()]);
            }
            db.execute(&insert).await?;
        }
    }
}

/// Returns the users with names and ids above `after`, by id.
async fn page(db: &impl ConnectionTrait, after: Option<Uuid>) -> Result<Vec<(Uuid, String)>, DbErr> {
    let mut users = Query::select();
    users.columns(["id", "name"]).from("users").and_where(Expr::col("name").is_not_null());
    if let Some(after) = after {
        users.and_where(Expr::col("id").gt(after));
    }
    users.order_by("id", Order::Asc).limit(PAGE);
    let rows = db.query_all(&users).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "name")?))).collect()
}
