//! The configuration of a shop: one concert with its own queue and a schedule of ten seats, on a stopped clock.

use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::dev::Service as _;
use actix_web::test::{TestRequest, init_service};
use adapters_http::{Api, HttpSettings, Issuer, Issuers, Pages, Parts, Readiness, TrustedIssuer, app};
use adapters_memory::MemoryStore;
use application::group_commit::Limits;
use application::ports::{Clock as _, Observer, Ports};
use application::scheduler::{CapacityFreed, Dependencies, Intervals};
use application::testing::{CatalogueFixture, CountingIds, StoppedClock};
use application::use_cases::Parts as UseCaseParts;
use application::waiting_room::Parts as RoomParts;
use application::{
    AuditJobs, BestSeats, CatalogueModel, Committer, GroupCommit, Layouts, MemoryLimits, RandomIds, SalesHistory, Scheduler, SeatMaps,
    TicketCodes, UseCases, WaitingRoom,
};
use domain::queue::PolicyOverrides;
use domain::testing::{a_seat, rules, won};
use domain::{Concert, ConcertId, Queue, QueueId, QueueState, Rules, Schedule, ScheduleId, SessionRules, Zone};
use time::Duration as Span;
use tokio::runtime::{Handle, Runtime};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::shop::{Answered, Shop};

pub(crate) use domain::testing::PRICE;

pub(crate) const SECRET: [u8; 32] = [7; 32];
/// The key of the codes of tickets.
pub(crate) const TICKET_KEY: [u8; 32] = [9; 32];
pub(crate) const CONCERT: ConcertId = ConcertId(Uuid::from_u128(0x0c));
pub(crate) const OTHER_CONCERT: ConcertId = ConcertId(Uuid::from_u128(0x0d));
pub(crate) const QUEUE: QueueId = QueueId(Uuid::from_u128(0x9));
pub(crate) const SCHEDULE: ScheduleId = ScheduleId(Uuid::from_u128(0x5a));
pub(crate) const LATER_SCHEDULE: ScheduleId = ScheduleId(Uuid::from_u128(0x5b));
/// The id of the first audit.
pub(crate) const AUDIT: Uuid = Uuid::from_u128(1);
pub(crate) const SEATS: u32 = 10;

/// The configuration of a shop.
pub(crate) struct Plan {
    pub(crate) settings: HttpSettings,
    pub(crate) rules: Rules,
    pub(crate) limits: Limits,
    pub(crate) readiness: fn() -> Readiness,
    pub(crate) queue_state: QueueState,
    pub(crate) ports: fn(&mut Ports),
    pub(crate) trusted: Vec<TrustedIssuer>,
    pub(crate) pages: Pages,
}

/// Returns the runtime that owns the stores, as in the server.
fn runtime() -> &'static Handle {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")).handle()
}

impl Default for Plan {
    fn default() -> Self {
        let sessions = SessionRules { max_per_user: 100, ..rules().sessions };
        let rules = Rules { max_balance: won(1_500_000), sessions, ..rules() };
        Self {
            settings: HttpSettings::new(rules.currency),
            rules,
            limits: Limits { kind: "users", lanes: 2, queue: 1_000, batch: 100, deadline: Duration::from_secs(2) },
            readiness: || Readiness::Ready,
            queue_state: QueueState::Open,
            ports: |_| {},
            trusted: Vec::new(),
            pages: Pages::default(),
        }
    }
}

impl Plan {
    fn catalogue(&self, clock: &StoppedClock) -> CatalogueFixture {
        let now = clock.now();
        let queue = Queue::new(QUEUE, "Club".into(), PolicyOverrides::default(), Some("Doors at eight".into()));
        let concert = |id, name: &str, queue| Concert::new(id, name.into(), "The House".into(), queue);
        let schedule = |id, days| {
            let starts_at = now + Span::days(days);
            let sale = starts_at - Span::days(7)..starts_at - Span::hours(1);
            Schedule::new(id, CONCERT, starts_at, Zone::new("Asia/Seoul").expect("a zone"), sale)
        };
        let seat = |number| a_seat(number).with(|seat| seat.with_schedule(SCHEDULE)).row;
        CatalogueFixture {
            queues: vec![queue.restore(self.queue_state)],
            concerts: vec![concert(CONCERT, "A Night at the Club", QUEUE), concert(OTHER_CONCERT, "Matinee", Queue::DEFAULT)],
            schedules: vec![schedule(SCHEDULE, 7), schedule(LATER_SCHEDULE, 30)],
            seats: (1..=SEATS).map(seat).collect(),
        }
    }

    /// Opens the shop.
    pub(crate) async fn open(self) -> Shop {
        let clock = Arc::new(StoppedClock::default());
        let store = MemoryStore::new(clock.clone());
        let mut ports = store.ports();
        self.catalogue(&clock).insert_into(&*ports.store).await;
        let queues = ports.catalogue.queues().await.expect("the queues");
        (self.ports)(&mut ports);

        let memory = MemoryLimits::default();
        let catalogue = Arc::new(CatalogueModel::new(ports.catalogue.clone(), memory.catalogue));
        catalogue.fill().await.expect("the catalogue");
        let seat_maps = Arc::new(SeatMaps::new(ports.catalogue.clone(), clock.clone(), memory.seat_maps));
        let layouts = Arc::new(Layouts::new(ports.catalogue.clone(), seat_maps.clone(), memory.layouts));
        let room = Arc::new(WaitingRoom::new(RoomParts {
            tokens: ports.tokens.clone(),
            catalogue: catalogue.clone(),
            seat_maps: seat_maps.clone(),
            clock: clock.clone(),
            policy: self.rules.queue,
            tick: Span::SECOND,
            memory,
        }));
        room.refresh().await.expect("the notices");
        let observers: Vec<Arc<dyn Observer>> = vec![catalogue.clone(), room.clone(), seat_maps.clone()];
        let rules = Arc::new(self.rules);
        // Admin commands are large, and no buyer's request waits behind them.
        let operator_commits = Limits { kind: "operators", lanes: 1, queue: 100, batch: 1, deadline: Duration::from_mins(1) };
        let committer = Arc::new(Committer::new(ports.store.clone(), observers));
        let for_orders = Arc::new(committer.with_store(ports.operator_store.clone()));
        let [commits, operator_commits] = [(&committer, self.limits), (&for_orders, operator_commits)].map(|(committer, limits)| {
            let _guard = runtime().enter();
            Arc::new(GroupCommit::start(committer.clone(), rules.clone(), limits))
        });
        let ids = Arc::new(RandomIds);
        let (audit, audit_ids) = (ports.audit.clone(), Arc::new(CountingIds::default()));
        let audits = AuditJobs::new(audit, clock.clone(), audit_ids, TaskTracker::new(), CancellationToken::new());
        let audits = Arc::new(audits);
        let history = Arc::new(SalesHistory::new(ports.log.clone(), ports.reservations.clone(), clock.clone()));
        let use_cases = UseCases::new(&UseCaseParts {
            operator_commits,
            joins: commits.clone(),
            commits,
            ports: ports.clone(),
            room: room.clone(),
            catalogue,
            best_seats: Arc::new(BestSeats::new(seat_maps.clone(), layouts.clone(), 1 << 24)),
            seat_maps,
            layouts,
            audits,
            history,
            ticket_codes: Arc::new(TicketCodes::new(&TICKET_KEY)),
            clock: clock.clone(),
            ids: ids.clone(),
        });
        let day = Duration::from_hours(24);
        let tools = Dependencies { committer, room: room.clone(), rules, capacity_freed: Arc::new(CapacityFreed::default()) };
        let scheduler = Scheduler::new(tools, Intervals { tick: day, sweep: day });
        let closing = CancellationToken::new();
        let api = Api::new(Parts {
            use_cases,
            issuers: Issuers::new(Issuer::new(&SECRET, 40 * day), self.trusted),
            settings: self.settings,
            readiness: Arc::new(self.readiness),
            runtime: runtime().clone(),
            clock: clock.clone(),
            ids,
            metrics: Arc::new(|| "# no metrics\n".to_owned()),
            tracer: None,
            pages: self.pages,
            closing: closing.clone(),
        });
        let service = Rc::new(init_service(app(&api)).await);
        let send = Box::new(move |request: TestRequest| {
            let service = service.clone();
            Box::pin(async move { service.call(request.to_request()).await }) as Answered
        });
        Shop { clock, api, queues, room, closing, scheduler, store, send }
    }
}
