//! Domain types as members of bodies: an invalid value is reported with its pointer.

use std::fmt;

use domain::layout::{CategoryId, Colour, Point};
use domain::text::Text;
use domain::{Description, ImageUrl, Money, SeatNumber, Zone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A single line of at most `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BoundedText<const MAX: usize>(pub(crate) Text<MAX>);

impl<'de, const MAX: usize> Deserialize<'de> for BoundedText<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(String::deserialize(deserializer)?, |text| Text::new(&text).map(Self))
    }
}

impl<const MAX: usize> Serialize for BoundedText<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

/// The number of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SeatNumberField(pub(crate) SeatNumber);

impl<'de> Deserialize<'de> for SeatNumberField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(u32::deserialize(deserializer)?, |number| SeatNumber::new(number).map(Self))
    }
}

impl Serialize for SeatNumberField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0.get())
    }
}

/// The price of a seat, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PriceField(pub(crate) Money);

impl<'de> Deserialize<'de> for PriceField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(i64::deserialize(deserializer)?, |minor| Money::new(minor).map(Self))
    }
}

impl Serialize for PriceField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0.minor())
    }
}

/// The id of a price category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CategoryField(pub(crate) CategoryId);

impl<'de> Deserialize<'de> for CategoryField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(String::deserialize(deserializer)?, |id| CategoryId::new(&id).map(Self))
    }
}

impl Serialize for CategoryField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ColourField(pub(crate) Colour);

impl<'de> Deserialize<'de> for ColourField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(String::deserialize(deserializer)?, |colour| Colour::new(&colour).map(Self))
    }
}

impl Serialize for ColourField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A point: a list of two coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PointField(pub(crate) Point);

impl<'de> Deserialize<'de> for PointField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Vec::<i32>::deserialize(deserializer)?[..] {
            [x, y] => Point::new(x, y).map(Self).map_err(de::Error::custom),
            _ => Err(de::Error::custom("must be a list of two numbers")),
        }
    }
}

impl Serialize for PointField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [self.0.x, self.0.y].serialize(serializer)
    }
}

/// The name of a time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ZoneField(pub(crate) Zone);

impl<'de> Deserialize<'de> for ZoneField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(String::deserialize(deserializer)?, |name| Zone::new(&name).map(Self))
    }
}

impl Serialize for ZoneField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

/// The description of a concert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DescriptionField(pub(crate) Description);

impl<'de> Deserialize<'de> for DescriptionField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(String::deserialize(deserializer)?, |text| Description::new(&text).map(Self))
    }
}

/// The URL of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImageUrlField(pub(crate) ImageUrl);

impl<'de> Deserialize<'de> for ImageUrlField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(String::deserialize(deserializer)?, |text| ImageUrl::new(&text).map(Self))
    }
}

/// Converts `value` by `read`.
fn parse<T, W, E: fmt::Display, X: de::Error>(value: T, read: impl FnOnce(T) -> Result<W, E>) -> Result<W, X> {
    read(value).map_err(X::custom)
}
