//! The follower: keeps the read models up to date with what other processes commit.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::Change;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::ports::{Committed, Feed, FeedPosition, News, Observer, Whose};
use crate::{Error, SeatMaps, WaitingRoom};

/// After a commit of unknown outcome everybody's commits are followed, one's own too, from so long ago on, for so long: longer
/// than a store may take to say that it doesn't know. A commit that becomes visible later than that is another process's to the store.
const DOUBT: Duration = Duration::from_secs(15);

/// Follows the feed of a store that several processes serve.
pub struct Follower {
    feed: Arc<dyn Feed>,
    room: Arc<WaitingRoom>,
    seat_maps: Arc<SeatMaps>,
    doubt: Arc<Doubt>,
    every: Duration,
    /// Where the feed was, the latest last, as far back as doubt may ask for; none: everything must be read anew.
    positions: VecDeque<(Instant, FeedPosition)>,
}

/// Remembers when a commit's outcome was last unknown.
#[derive(Debug, Default)]
pub struct Doubt {
    since: Mutex<Option<Instant>>,
    /// Whether the follower hasn't gone back for it yet.
    is_new: AtomicBool,
}

impl Observer for Doubt {
    fn committed(&self, _: &Change, _: &Committed) {}

    fn doubtful(&self, _: &Change) {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.is_new.store(true, Ordering::Release);
    }
}

impl Doubt {
    fn whose(&self) -> Whose {
        let since = *self.since.lock().unwrap_or_else(PoisonError::into_inner);
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
        let asked = Instant::now();
        let positions = VecDeque::from([(asked, feed.position().await?)]);
        Ok(Self { feed, room, seat_maps, doubt, every, positions })
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
        if self.doubt.is_new.swap(false, Ordering::AcqRel) {
            // The commit may be one that was passed already, as this process's own.
            self.positions.truncate(1);
        }
        let Some((_, position)) = self.positions.back() else { return self.read_anew().await };
        let asked = Instant::now();
        match self.feed.since(position, self.doubt.whose()).await? {
            Some((News { tokens, seats }, position)) => {
                for token in &tokens {
                    self.room.keep(token);
                }
                self.seat_maps.keep(seats);
                self.positions.push_back((asked, position));
                while self.positions.get(1).is_some_and(|(at, _)| at.elapsed() > DOUBT) {
                    self.positions.pop_front();
                }
                Ok(())
            }
            None => self.read_anew().await,
        }
    }

    async fn read_anew(&mut self) -> Result<(), Error> {
        tracing::warn!("the change feed was lost: everything is read anew");
        self.positions.clear();
        let asked = Instant::now();
        let position = self.feed.position().await?;
        self.seat_maps.forget();
        self.room.read_anew().await?;
        self.positions.push_back((asked, position));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
