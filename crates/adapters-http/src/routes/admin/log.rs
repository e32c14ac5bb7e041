//! The audit log: the actions of operators and cashiers.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get};
use application::PageRequest;
use application::ports::AuditEntryFilter;
use domain::audit_entry::{Action, PropertyChange, Subject};
use domain::{AuditEntry, AuditEntryId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::codes::{LIST, OPERATOR};
use crate::api::Api;
use crate::extract::{ApiRequest, List, Operator, PageQuery, Query, RequestPart};
use crate::problem::{Problem, problems};
use crate::response::{Instant, uncached_json};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_audit_entries);
}

/// An entry of the audit log.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
struct AuditEntryBody {
    id: Uuid,
    at: Instant,
    operator_id: Uuid,
    action: ActionBody,
    /// The subject of the action.
    subject: SubjectBody,
    /// The reason, if one was given.
    reason: Option<String>,
    changes: Vec<ChangedBody>,
}

/// The subject of an action.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntrySubject)]
struct SubjectBody {
    kind: KindBody,
    id: Uuid,
}

/// A change of a property.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntryChange)]
struct ChangedBody {
    #[schema(example = "capacity")]
    name: String,
    /// The previous value; null if it was not set.
    before: Option<String>,
    /// The new value; null if it is no longer set.
    after: Option<String>,
}

/// The action.
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
    /// Users were admitted manually.
    Admit,
    /// A schedule, or all schedules of a concert, were cancelled.
    Cancel,
    /// Seats were created, or their labels and prices were changed.
    LayOut,
    Block,
    Unblock,
    /// A hold was released.
    Release,
    Refund,
    /// A user's wallet was charged.
    Charge,
    /// A login code was created for a user.
    SignIn,
}

/// The kind of a subject.
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
        let changed = |PropertyChange { name, before, after }| ChangedBody { name, before, after };
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
            Action::SignIn => Self::SignIn,
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

/// The audit entries to list.
struct AuditFilter {
    filter: AuditEntryFilter,
    page: PageRequest<AuditEntryId>,
}

impl RequestPart for AuditFilter {
    const READS_QUERY: bool = true;

    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let mut query = Query::of(request)?;
        let filter = AuditEntryFilter { subject: query.take_id("subject_id")?, operator: query.take_id("operator_id")? };
        let PageQuery(page) = PageQuery::take(&mut query)?;
        query.end()?;
        Ok(Self { filter, page })
    }
}

problems!(LogProblems: OPERATOR, LIST);

/// List the audit log
///
/// The newest entries come first.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(
        ("subject_id" = Option<Uuid>, Query, description = "List only actions on this subject."),
        ("operator_id" = Option<Uuid>, Query, description = "List only actions of this operator."),
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the previous page."),
    ),
    responses((status = 200, description = "A page of the audit log.", body = List<AuditEntryBody>), LogProblems),
)]
#[get("/v1/admin/log")]
async fn list_audit_entries(call: ApiRequest<(Operator, AuditFilter)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, AuditFilter { filter, page }), .. } = call;
    let page = api.run(|use_cases| async move { use_cases.people.audit_entries(filter, page).await }).await?;
    uncached_json(StatusCode::OK, &List::new(page, AuditEntryBody::from))
}
