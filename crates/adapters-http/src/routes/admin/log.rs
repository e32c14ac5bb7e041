//! The log: what operators did.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get};
use application::PageRequest;
use application::ports::DeedsWanted;
use domain::deed::{Act, Changed, Subject};
use domain::{Deed, DeedId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::codes::{LIST, OPERATOR};
use crate::answer::{Instant, personal};
use crate::api::Api;
use crate::extract::{Call, List, Listing, Operator, Part, Query};
use crate::problem::{Problem, problems};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_deeds);
}

/// What an operator did.
#[derive(Serialize, ToSchema)]
#[schema(as = Deed)]
struct DeedBody {
    id: Uuid,
    at: Instant,
    operator_id: Uuid,
    action: ActionBody,
    /// What it was done to.
    subject: SubjectBody,
    /// Why, if they said so.
    reason: Option<String>,
    changes: Vec<ChangedBody>,
}

/// What something was done to.
#[derive(Serialize, ToSchema)]
#[schema(as = DeedSubject)]
struct SubjectBody {
    kind: KindBody,
    id: Uuid,
}

/// A property before and after.
#[derive(Serialize, ToSchema)]
#[schema(as = DeedChange)]
struct ChangedBody {
    #[schema(example = "capacity")]
    name: String,
    /// What it was; null if it wasn't set.
    before: Option<String>,
    /// What it is; null if it isn't set any more.
    after: Option<String>,
}

/// What was done.
#[derive(Serialize, ToSchema)]
#[schema(as = DeedAction)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum ActionBody {
    Create,
    Change,
    Pause,
    Resume,
    Close,
    Open,
    /// Users were let in by hand.
    Admit,
    /// A date was called off, or all of a concert.
    Cancel,
    /// Seats were made, or labelled and priced anew.
    LayOut,
    Block,
    Unblock,
    /// A hold was ended.
    Release,
    Refund,
    /// Money was put into a user's wallet.
    Charge,
}

/// The kind of a thing.
#[derive(Serialize, ToSchema)]
#[schema(as = DeedSubjectKind)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum KindBody {
    Queue,
    Concert,
    Schedule,
    Reservation,
    Payment,
    User,
}

impl From<Deed> for DeedBody {
    fn from(deed: Deed) -> Self {
        let Deed { id, at, operator, act, subject, reason, changes } = deed;
        let changed = |Changed { name, before, after }| ChangedBody { name, before, after };
        Self {
            id: id.0,
            at: at.into(),
            operator_id: operator.0,
            action: act.into(),
            subject: SubjectBody { kind: subject.into(), id: subject.id() },
            reason,
            changes: changes.into_iter().map(changed).collect(),
        }
    }
}

impl From<Act> for ActionBody {
    fn from(act: Act) -> Self {
        match act {
            Act::Create => Self::Create,
            Act::Change => Self::Change,
            Act::Pause => Self::Pause,
            Act::Resume => Self::Resume,
            Act::Close => Self::Close,
            Act::Open => Self::Open,
            Act::Admit => Self::Admit,
            Act::Cancel => Self::Cancel,
            Act::LayOut => Self::LayOut,
            Act::Block => Self::Block,
            Act::Unblock => Self::Unblock,
            Act::Release => Self::Release,
            Act::Refund => Self::Refund,
            Act::Charge => Self::Charge,
        }
    }
}

impl From<Subject> for KindBody {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Queue(_) => Self::Queue,
            Subject::Concert(_) => Self::Concert,
            Subject::Schedule(_) => Self::Schedule,
            Subject::Reservation(_) => Self::Reservation,
            Subject::Payment(_) => Self::Payment,
            Subject::User(_) => Self::User,
        }
    }
}

/// Which deeds.
struct Wish {
    wanted: DeedsWanted,
    page: PageRequest<DeedId>,
}

impl Part for Wish {
    const READS_QUERY: bool = true;

    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let mut query = Query::of(request)?;
        let wanted = DeedsWanted { subject: query.take_id("subject_id")?, operator: query.take_id("operator_id")? };
        let Listing(page) = Listing::take(&mut query)?;
        query.end()?;
        Ok(Self { wanted, page })
    }
}

problems!(LogProblems: OPERATOR, LIST);

/// What operators did, newest first.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(
        ("subject_id" = Option<Uuid>, Query, description = "Only what was done to this thing."),
        ("operator_id" = Option<Uuid>, Query, description = "Only what this operator did."),
        ("page_size" = Option<usize>, Query, description = "How many at most: 50 by default, 200 at most.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before."),
    ),
    responses((status = 200, description = "A page of the log.", body = List<DeedBody>), LogProblems),
)]
#[get("/v1/admin/log")]
async fn list_deeds(call: Call<(Operator, Wish)>) -> Result<HttpResponse, Problem> {
    let Call { api, parts: (_, Wish { wanted, page }), .. } = call;
    let page = api.ask(|ask| async move { ask.people.deeds(wanted, page).await }).await?;
    personal(StatusCode::OK, &List::new(page, DeedBody::from))
}
