//! Search keys of the users who were there before them: only the domain knows how a name is folded.

use domain::UserName;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait, DbErr};

/// So many users are read at a time.
const PAGE: u64 = 1_000;
/// So many rows are written by a statement: well below the number of parameters that any database takes.
const ROWS: usize = 500;

/// Writes the keys of all users who have a name.
pub(crate) async fn fill(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let mut after = None;
    loop {
        let users = page(db, after).await?;
        let Some((last, _)) = users.last() else { return Ok(()) };
        after = Some(*last);
        // A name that is none can't be searched for; whoever reads the user finds the fault.
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

/// The users with names, by id, those above `after`.
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
