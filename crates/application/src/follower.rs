//! The follower: keeps the read models up to date with what other processes commit.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::Change;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::ports::{Committed, Feed, FeedPosition, News, Observer, Whose};
use crate::{Error, SeatMaps, WaitingRoom};

/// For so long after a commit of unknown outcome this process's own commits are followed too: longer than a commit may take.
const DOUBT: Duration = Duration::from_secs(30);

/// Follows the feed of a store that several processes serve.
pub struct Follower {
    feed: Arc<dyn Feed>,
    room: Arc<WaitingRoom>,
    seat_maps: Arc<SeatMaps>,
    doubt: Arc<Doubt>,
    every: Duration,
    /// None: everything must be read anew.
    position: Option<FeedPosition>,
}

/// Remembers when a commit's outcome was last unknown.
#[derive(Debug, Default)]
pub struct Doubt(Mutex<Option<Instant>>);

impl Observer for Doubt {
    fn committed(&self, _: &Change, _: &Committed) {}

    fn doubtful(&self, _: &Change) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

impl Doubt {
    fn whose(&self) -> Whose {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if since.is_some_and(|since| since.elapsed() < DOUBT) { Whose::Everybodys } else { Whose::Others }
    }
}

impl Follower {
    /// Follows `feed` from now on. The room is filled, and the first map is read, after this.
    pub async fn start(
        feed: Arc<dyn Feed>,
        room: Arc<WaitingRoom>,
        seat_maps: Arc<SeatMaps>,
        doubt: Arc<Doubt>,
        every: Duration,
    ) -> Result<Self, Error> {
        let position = feed.position().await?;
        Ok(Self { feed, room, seat_maps, doubt, every, position: Some(position) })
    }

    /// Follows until it is told to stop.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut ticks = interval(self.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if let Err(error) = self.follow().await {
                tracing::error!(error = &error as &dyn std::error::Error, "the change feed can't be followed");
            }
        }
    }

    /// Takes in what was committed since the last time.
    pub async fn follow(&mut self) -> Result<(), Error> {
        let Some(position) = &self.position else { return self.read_anew().await };
        match self.feed.since(position, self.doubt.whose()).await? {
            Some((News { tokens, seats }, position)) => {
                tokens.iter().for_each(|token| self.room.keep(token));
                self.seat_maps.keep(seats);
                self.position = Some(position);
                Ok(())
            }
            None => self.read_anew().await,
        }
    }

    async fn read_anew(&mut self) -> Result<(), Error> {
        tracing::warn!("the change feed was lost: everything is read anew");
        self.position = None;
        let position = self.feed.position().await?;
        self.seat_maps.forget();
        self.room.forget();
        self.room.fill().await?;
        self.position = Some(position);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
