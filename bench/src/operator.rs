//! An operator, who changes queues and concerts over HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use adapters_http::{Issuer, Role};
use anyhow::{Context, ensure};
use application::SystemClock;
use application::ports::Clock;
use domain::UserId;
use uuid::Uuid;

use crate::client::{Answer, Client, Headers, request};
use crate::driver::{Next, Outcome, Script};
use crate::scripts::accept;
use crate::server::ISSUER_SECRET;

/// Longer than any measurement.
const TOKEN_LIFETIME: Duration = Duration::from_hours(24);

/// An operator of the server at `address`, who connects for each request: the server closes idle connections.
pub(crate) struct Operator {
    address: SocketAddr,
    jwt: String,
}

impl Operator {
    pub(crate) fn of(address: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self { address, jwt: sign(UserId(Uuid::nil()), Role::Operator)? })
    }

    /// Creates something.
    ///
    /// # Errors
    /// If the response is not 201.
    pub(crate) async fn post(&self, path: &str, body: &str) -> anyhow::Result<()> {
        self.send(&format!("POST {path}"), "", body, &[201]).await.map(drop)
    }

    /// Resumes a queue if it is paused, as [`ManageQueue`] may leave it.
    pub(crate) async fn resume(&self, queue: Uuid) -> anyhow::Result<()> {
        self.send(&format!("POST /v1/admin/queues/{queue}:resume"), "", "", &[200, 409]).await.map(drop)
    }

    /// Sets the capacity and the batch of a queue; `null` stands for the configured defaults.
    pub(crate) async fn set_policy(&self, queue: Uuid, capacity: &str, batch: &str) -> anyhow::Result<()> {
        let path = format!("/v1/admin/queues/{queue}");
        let tag = self.send(&format!("GET {path}"), "", "", &[200]).await?;
        let body = format!(r#"{{"policy":{{"capacity":{capacity},"batch":{batch}}}}}"#);
        self.send(&format!("PATCH {path}"), &tag, &body, &[200]).await.map(drop)
    }

    /// Returns the entity tag of the response, which must have one of the statuses `expects`.
    async fn send(&self, line: &str, if_match: &str, body: &str, expects: &[u16]) -> anyhow::Result<String> {
        let request = request(line, Headers { jwt: &self.jwt, if_match, ..Headers::default() }, body);
        let mut client = Client::connect(self.address).await?;
        let answer = client.exchange(&request).await?;
        ensure!(expects.contains(&answer.status), "{line} got the response {}: {}", answer.status, answer.body);
        Ok(answer.tag().to_owned())
    }
}

/// Signs an access token as the server's own issuer does.
pub(crate) fn sign(user: UserId, role: Role) -> anyhow::Result<String> {
    Issuer::new(ISSUER_SECRET.as_bytes(), TOKEN_LIFETIME)
        .issue(user, &[role], SystemClock.now())
        .context("the access token can't be signed")
}

/// An operator who changes a queue's message, pauses the queue and resumes it, again and again.
pub(crate) struct ManageQueue {
    path: String,
    jwt: String,
    step: Step,
    tag: String,
    pause: Duration,
    is_resting: bool,
}

#[derive(Clone, Copy)]
enum Step {
    /// Reads the entity tag.
    Read,
    Change,
    Pause,
    Resume,
}

impl ManageQueue {
    /// `pause` is the time between two requests.
    pub(crate) fn new(queue: Uuid, pause: Duration) -> anyhow::Result<Self> {
        let (path, jwt) = (format!("/v1/admin/queues/{queue}"), sign(UserId(Uuid::nil()), Role::Operator)?);
        Ok(Self { path, jwt, step: Step::Read, tag: String::new(), pause, is_resting: false })
    }

    fn request(&self) -> String {
        let (path, me) = (&self.path, Headers { jwt: &self.jwt, ..Headers::default() });
        match self.step {
            Step::Read => request(&format!("GET {path}"), me, ""),
            Step::Change => request(&format!("PATCH {path}"), Headers { if_match: &self.tag, ..me }, r#"{"message":"Nearly there."}"#),
            Step::Pause => request(&format!("POST {path}:pause"), me, ""),
            Step::Resume => request(&format!("POST {path}:resume"), me, ""),
        }
    }
}

impl Script for ManageQueue {
    fn next(&mut self) -> Next {
        self.is_resting = !self.is_resting && !self.pause.is_zero();
        if self.is_resting { Next::Pause(self.pause) } else { Next::Send(self.request()) }
    }

    fn receive(&mut self, answer: Answer<'_>) -> anyhow::Result<Outcome> {
        let outcome = accept(answer, 200)?;
        if outcome == Outcome::Done {
            answer.tag().clone_into(&mut self.tag);
            self.step = match self.step {
                Step::Read | Step::Resume => Step::Change,
                Step::Change => Step::Pause,
                Step::Pause => Step::Resume,
            };
        }
        Ok(outcome)
    }
}
