//! Rows of layouts.

use domain::layout::{Category, CategoryId, Colour, Curve, Point, Polygon, Row as LayoutRow, SeatKind, Section};
use domain::{Layout, LayoutHash, Money, SeatNumber, Title};
#[cfg(feature = "sea-orm")]
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::corrupt::Corrupt;

const TABLE: &str = "layouts";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(DeriveEntityModel), sea_orm(table_name = "layouts"))]
pub struct Model {
    /// The hash of the layout, in hexadecimal digits.
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub hash: String,
    /// JSON.
    pub content: String,
}

entity!();

#[derive(Serialize, Deserialize)]
struct Content {
    categories: Vec<CategoryContent>,
    sections: Vec<SectionContent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stage: Option<Vec<(i32, i32)>>,
}

#[derive(Serialize, Deserialize)]
struct CategoryContent {
    id: String,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    colour: Option<String>,
    price: i64,
}

#[derive(Serialize, Deserialize)]
struct SectionContent {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outline: Option<Vec<(i32, i32)>>,
    rows: Vec<RowContent>,
}

#[derive(Serialize, Deserialize)]
struct RowContent {
    name: String,
    from: u32,
    to: u32,
    first_place: u32,
    category: String,
    kind: String,
    label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    curve: Option<Vec<(i32, i32)>>,
}

impl From<&Layout> for Model {
    fn from(layout: &Layout) -> Self {
        let category = |category: &Category| CategoryContent {
            id: category.id.as_str().to_owned(),
            name: category.name.as_str().to_owned(),
            colour: category.colour.map(|colour| colour.to_string()),
            price: category.price.minor(),
        };
        let row = |row: &LayoutRow| RowContent {
            name: row.name.as_str().to_owned(),
            from: row.from.get(),
            to: row.to.get(),
            first_place: row.first_place,
            category: row.category.as_str().to_owned(),
            kind: word(row.kind).to_owned(),
            label: row.label.as_str().to_owned(),
            curve: row.curve.map(|curve| pairs(curve.points())),
        };
        let section = |section: &Section| SectionContent {
            name: section.name.as_str().to_owned(),
            outline: section.outline.as_ref().map(|outline| pairs(outline.points())),
            rows: section.rows.iter().map(row).collect(),
        };
        let content = Content {
            categories: layout.categories.iter().map(category).collect(),
            sections: layout.sections.iter().map(section).collect(),
            stage: layout.stage.as_ref().map(|stage| pairs(stage.points())),
        };
        // Structs of texts and numbers always have a JSON form.
        Self { hash: layout.hash().to_string(), content: serde_json::to_string(&content).unwrap_or_default() }
    }
}

impl TryFrom<Model> for Layout {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let content = serde_json::from_str(&row.content).ok().and_then(read).ok_or(Corrupt::new(TABLE, "content"))?;
        if content.hash().to_string() == row.hash { Ok(content) } else { Err(Corrupt::new(TABLE, "hash")) }
    }
}

/// Returns the hash in a column.
pub(crate) fn hash(text: &str) -> Option<LayoutHash> {
    LayoutHash::from_hex(text)
}

fn read(content: Content) -> Option<Layout> {
    let category = |category: CategoryContent| {
        Some(Category {
            id: CategoryId::new(&category.id).ok()?,
            name: Title::new(&category.name).ok()?,
            colour: invert(category.colour.map(|colour| Colour::new(&colour).ok()))?,
            price: Money::new(category.price).ok()?,
        })
    };
    let row = |row: RowContent| {
        Some(LayoutRow {
            name: Title::new(&row.name).ok()?,
            from: SeatNumber::new(row.from).ok()?,
            to: SeatNumber::new(row.to).ok()?,
            first_place: row.first_place,
            category: CategoryId::new(&row.category).ok()?,
            kind: kind(&row.kind)?,
            label: Title::new(&row.label).ok()?,
            curve: invert(row.curve.map(|curve| Curve::new(&points(curve)?).ok()))?,
        })
    };
    let section = |section: SectionContent| {
        Some(Section {
            name: Title::new(&section.name).ok()?,
            outline: invert(section.outline.map(polygon))?,
            rows: section.rows.into_iter().map(row).collect::<Option<_>>()?,
        })
    };
    Some(Layout {
        categories: content.categories.into_iter().map(category).collect::<Option<_>>()?,
        sections: content.sections.into_iter().map(section).collect::<Option<_>>()?,
        stage: invert(content.stage.map(polygon))?,
    })
}

/// Returns none if the value is invalid.
#[expect(clippy::option_option, reason = "absent, invalid and valid values are three different things")]
fn invert<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    value.map_or(Some(None), |value| value.map(Some))
}

fn pairs(points: &[Point]) -> Vec<(i32, i32)> {
    points.iter().map(|point| (point.x, point.y)).collect()
}

fn points(pairs: Vec<(i32, i32)>) -> Option<Vec<Point>> {
    pairs.into_iter().map(|(x, y)| Point::new(x, y).ok()).collect()
}

fn polygon(pairs: Vec<(i32, i32)>) -> Option<Polygon> {
    Polygon::new(points(pairs)?).ok()
}

const fn word(kind: SeatKind) -> &'static str {
    match kind {
        SeatKind::Regular => "REGULAR",
        SeatKind::Accessible => "ACCESSIBLE",
        SeatKind::Companion => "COMPANION",
    }
}

fn kind(word: &str) -> Option<SeatKind> {
    match word {
        "REGULAR" => Some(SeatKind::Regular),
        "ACCESSIBLE" => Some(SeatKind::Accessible),
        "COMPANION" => Some(SeatKind::Companion),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_layout() -> Layout {
        let points = [(-10, 0), (10, 0), (0, 20)].map(|(x, y)| Point::new(x, y).unwrap());
        let id = CategoryId::new("vip").unwrap();
        let (name, label) = (Title::new("A").unwrap(), Title::new(Layout::LABEL).unwrap());
        let row = |from: u32, kind, curve| LayoutRow {
            name: name.clone(),
            from: SeatNumber::new(from).unwrap(),
            to: SeatNumber::new(from + 1).unwrap(),
            first_place: from,
            category: id.clone(),
            kind,
            label: label.clone(),
            curve,
        };
        let rows = vec![
            row(1, SeatKind::Regular, None),
            row(3, SeatKind::Accessible, Curve::new(&points[..2]).ok()),
            row(5, SeatKind::Companion, Curve::new(&points).ok()),
        ];
        let polygon = Polygon::new(points.into()).ok();
        let category = |colour| Category { id: id.clone(), name: name.clone(), colour, price: Money::new(9).unwrap() };
        Layout {
            categories: vec![category(None), category(Some(Colour([1, 2, 3])))],
            sections: vec![
                Section { name: name.clone(), outline: polygon.clone(), rows },
                Section { name: name.clone(), outline: None, rows: Vec::new() },
            ],
            stage: polygon,
        }
    }

    #[test]
    fn a_layout_is_read_as_it_was_written() {
        for layout in [a_layout(), Layout { stage: None, ..a_layout() }, Layout::default()] {
            assert_eq!(Layout::try_from(Model::from(&layout)).unwrap(), layout);
        }
    }

    #[test]
    fn content_that_is_invalid_or_has_another_hash_is_corrupt() {
        let model = Model::from(&a_layout());
        let with = |content: String| Layout::try_from(Model { content, ..model.clone() });
        for (from, to) in [
            ("vip", "VIP"),
            ("#010203", "red"),
            ("COMPANION", "OTHER"),
            ("[-10,0],", ""),
            ("\"from\":1", "\"from\":0"),
            ("-10", "-9000000"),
        ] {
            let content = model.content.replace(from, to);
            assert_ne!(content, model.content);
            assert_eq!(with(content), Err(Corrupt::new(TABLE, "content")), "{from}");
        }
        assert_eq!(with(model.content.replace("\"price\":9", "\"price\":8")), Err(Corrupt::new(TABLE, "hash")));
    }
}
