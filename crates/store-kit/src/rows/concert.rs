//! Rows of concerts.

use domain::{Concert, ConcertId, Description, ImageUrl, Listing, QueueId, Title, Venue, Version, Versioned, Write, Zone};
#[cfg(feature = "sea-orm")]
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::cancellation::{cancellation, reason_of};
use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};

const TABLE: &str = "concerts";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(DeriveEntityModel), sea_orm(table_name = "concerts"))]
pub struct Model {
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub id: Uuid,
    pub version: i64,
    pub name: String,
    pub host: String,
    pub queue_id: Uuid,
    pub max_seats_per_user: Option<i64>,
    pub cancelled_at: Option<i64>,
    pub cancellation_reason: Option<String>,
    pub description: Option<String>,
    pub image_url: Option<String>,
    pub venue_name: Option<String>,
    pub venue_city: Option<String>,
    pub venue_zone: Option<String>,
    pub publishes_at: Option<i64>,
}

entity!();

impl TryFrom<Model> for Versioned<Concert> {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let limit = row.max_seats_per_user.map(u32::try_from).transpose().map_err(|_| Corrupt::new(TABLE, "max_seats_per_user"))?;
        let (id, queue) = (ConcertId(row.id), QueueId(row.queue_id));
        let cancellation = cancellation(row.cancelled_at, row.cancellation_reason.as_deref(), TABLE)?;
        let listing = listing(&row)?;
        let concert = Concert::new(id, row.name, row.host, queue).with_max_seats_per_user(limit).with_listing(listing);
        Ok(Self::new(Version(row.version), concert.restore(cancellation)))
    }
}

fn listing(row: &Model) -> Result<Listing, Corrupt> {
    Ok(Listing {
        description: row.description.as_deref().map(Description::new).transpose().map_err(|_| Corrupt::new(TABLE, "description"))?,
        image_url: row.image_url.as_deref().map(ImageUrl::new).transpose().map_err(|_| Corrupt::new(TABLE, "image_url"))?,
        venue: venue(row)?,
        publishes_at: row.publishes_at.map(|at| instant(at, TABLE, "publishes_at")).transpose()?,
    })
}

fn venue(row: &Model) -> Result<Option<Venue>, Corrupt> {
    let (name, city, zone) = match (&row.venue_name, &row.venue_city, &row.venue_zone) {
        (None, None, None) => return Ok(None),
        (Some(name), Some(city), Some(zone)) => (name, city, zone),
        _ => return Err(Corrupt::new(TABLE, "venue_name")),
    };
    Ok(Some(Venue {
        name: Title::new(name).map_err(|_| Corrupt::new(TABLE, "venue_name"))?,
        city: Title::new(city).map_err(|_| Corrupt::new(TABLE, "venue_city"))?,
        zone: Zone::restore(zone).map_err(|_| Corrupt::new(TABLE, "venue_zone"))?,
    }))
}

impl From<&Concert> for Model {
    /// Converts a new concert.
    fn from(concert: &Concert) -> Self {
        let Listing { description, image_url, venue, publishes_at } = concert.listing();
        let of_venue = |part: fn(&Venue) -> &str| venue.as_ref().map(|venue| part(venue).to_owned());
        Self {
            id: concert.id().0,
            version: Version::FIRST.0,
            name: concert.name().to_owned(),
            host: concert.host().to_owned(),
            queue_id: concert.queue().0,
            max_seats_per_user: concert.max_seats_per_user().map(i64::from),
            cancelled_at: concert.cancellation().map(|cancellation| micros(cancellation.at)),
            cancellation_reason: concert.cancellation().and_then(reason_of),
            description: description.as_ref().map(|text| text.as_str().to_owned()),
            image_url: image_url.as_ref().map(|url| url.as_str().to_owned()),
            venue_name: of_venue(|venue| venue.name.as_str()),
            venue_city: of_venue(|venue| venue.city.as_str()),
            venue_zone: of_venue(|venue| venue.zone.as_str()),
            publishes_at: publishes_at.map(micros),
        }
    }
}

impl From<&Versioned<Concert>> for Model {
    fn from(concert: &Versioned<Concert>) -> Self {
        Self { version: concert.version.0, ..Self::from(&concert.row) }
    }
}

impl From<&Write<Concert>> for Model {
    fn from(write: &Write<Concert>) -> Self {
        Self { version: write.version().0, ..Self::from(&write.row) }
    }
}
