//! Venues on the wire.

use domain::Venue;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::{BoundedText, ZoneField};

/// Where a concert takes place.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Venue)]
#[serde(deny_unknown_fields)]
pub(super) struct VenueBody {
    /// The name of the venue.
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "Blue Door Club")]
    name: BoundedText<200>,
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "Seoul")]
    city: BoundedText<200>,
    /// The time zone, as in the IANA database.
    #[schema(value_type = String, max_length = 64, example = "Asia/Seoul")]
    zone: ZoneField,
}

impl From<Venue> for VenueBody {
    fn from(Venue { name, city, zone }: Venue) -> Self {
        Self { name: BoundedText(name), city: BoundedText(city), zone: ZoneField(zone) }
    }
}

impl From<VenueBody> for Venue {
    fn from(VenueBody { name, city, zone }: VenueBody) -> Self {
        Self { name: name.0, city: city.0, zone: zone.0 }
    }
}
