//! The log: what operators did.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get};
use application::PageRequest;
use application::ports::AuditEntryFilter;
use domain::audit_entry::{Action, Changed, Subject};
use domain::{AuditEntry, AuditEntryId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::codes::{LIST, OPERATOR};
use crate::api::Api;
use crate::extract::{ApiRequest, List, Operator, PageQuery, Query, RequestPart};
use crate::problem::{Problem, problems};
use crate::response::{Instant, personal};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_audit_entries);
}

/// What an operator did.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
struct AuditEntryBody {
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
#[schema(as = AuditEntrySubject)]
struct SubjectBody {
    kind: KindBody,
    id: Uuid,
}

/// A property before and after.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntryChange)]
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
#[schema(as = AuditEntryAction)]
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
#[schema(as = AuditEntrySubjectKind)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum KindBody {
    Queue,
    Concert,
    Schedule,
    Reservation,
    Payment,
    User,
}

impl From<AuditEntry> for AuditEntryBody {
    fn from(audit_entry: AuditEntry) -> Self {
        let AuditEntry { id, at, operator, action, subject, reason, changes } = audit_entry;
        let changed = |Changed { name, before, after }| ChangedBody { name, before, after };
        Self {
            id: id.0,
            at: at.into(),
            operator_id: operator.0,
            action: action.into(),
            subject: SubjectBody { kind: subject.into(), id: subject.id() },
            reason,
            changes: changes.into_iter().map(changed).collect(),
        }
    }
}

impl From<Action> for ActionBody {
    fn from(action: Action) -> Self {
        match action {
            Action::Create => Self::Create,
            Action::Change => Self::Change,
            Action::Pause => Self::Pause,
            Action::Resume => Self::Resume,
            Action::Close => Self::Close,
            Action::Open => Self::Open,
            Action::Admit => Self::Admit,
            Action::Cancel => Self::Cancel,
            Action::LayOut => Self::LayOut,
            Action::Block => Self::Block,
            Action::Unblock => Self::Unblock,
            Action::Release => Self::Release,
            Action::Refund => Self::Refund,
            Action::Charge => Self::Charge,
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
struct AuditFilter {
    wanted: AuditEntryFilter,
    page: PageRequest<AuditEntryId>,
}

impl RequestPart for AuditFilter {
    const READS_QUERY: bool = true;

    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let mut query = Query::of(request)?;
        let wanted = AuditEntryFilter { subject: query.take_id("subject_id")?, operator: query.take_id("operator_id")? };
        let PageQuery(page) = PageQuery::take(&mut query)?;
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
    responses((status = 200, description = "A page of the log.", body = List<AuditEntryBody>), LogProblems),
)]
#[get("/v1/admin/log")]
async fn list_audit_entries(call: ApiRequest<(Operator, AuditFilter)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, AuditFilter { wanted, page }), .. } = call;
    let page = api.ask(|ask| async move { ask.people.audit_entries(wanted, page).await }).await?;
    personal(StatusCode::OK, &List::new(page, AuditEntryBody::from))
}
