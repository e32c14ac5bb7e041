//! The hash of a layout, which identifies its content.

use sha2::{Digest as _, Sha256};

use super::{Curve, Layout, Point, SeatKind};

/// The SHA-256 digest of a layout's content: layouts with equal hashes are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LayoutHash(pub [u8; 32]);

impl LayoutHash {
    /// Reads the 64 hexadecimal digits of a hash.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let is_hash = text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_digit() || matches!(digit, b'a'..=b'f'));
        let mut hash = [0; 32];
        for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(text.get(at..at + 2).filter(|_| is_hash)?, 16).ok()?;
        }
        Some(Self(hash))
    }
}

impl std::fmt::Display for LayoutHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The content in a canonical form: every list and text is preceded by its length, so that different layouts never have the same form.
struct Canonical(Sha256);

impl Canonical {
    fn number(&mut self, number: impl Into<i64>) {
        self.0.update(number.into().to_be_bytes());
    }

    fn length(&mut self, length: usize) {
        self.0.update(u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.length(text.len());
        self.0.update(text);
    }

    fn points(&mut self, points: Option<&[Point]>) {
        let points = points.unwrap_or_default();
        self.length(points.len());
        for point in points {
            self.number(point.x);
            self.number(point.y);
        }
    }
}

impl Layout {
    /// Returns the hash of its content.
    #[must_use]
    pub fn hash(&self) -> LayoutHash {
        let mut form = Canonical(Sha256::new());
        form.text("layout 1");
        form.length(self.categories.len());
        for category in &self.categories {
            form.text(category.id.as_str());
            form.text(category.name.as_str());
            form.text(&category.colour.map(|colour| colour.to_string()).unwrap_or_default());
            form.number(category.price.minor());
        }
        form.length(self.sections.len());
        for section in &self.sections {
            form.text(section.name.as_str());
            form.points(section.outline.as_ref().map(super::Polygon::points));
            form.length(section.rows.len());
            for row in &section.rows {
                form.text(row.name.as_str());
                for number in [row.from.get(), row.to.get(), row.first_place] {
                    form.number(number);
                }
                form.text(row.category.as_str());
                form.number(match row.kind {
                    SeatKind::Regular => 0_i64,
                    SeatKind::Accessible => 1,
                    SeatKind::Companion => 2,
                });
                form.text(row.label.as_str());
                form.points(row.curve.as_ref().map(Curve::points));
            }
        }
        form.points(self.stage.as_ref().map(super::Polygon::points));
        LayoutHash(form.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{category, plan, row, title};
    use super::super::{CategoryId, Colour, Polygon, Row};
    use super::*;

    fn polygon() -> Polygon {
        let corners = [(0, 0), (1, 0), (0, 1)].map(|(x, y)| Point { x, y });
        Polygon::new(corners.into()).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn a_hash_changes_with_every_property_of_the_layout() {
        let base = || plan(vec![row("A", 1, 2), row("B", 3, 4)]);
        let changes: [fn(&mut Layout); 14] = [
            |layout| layout.categories[0].name = title("Other"),
            |layout| layout.categories[0].colour = Some(Colour([0; 3])),
            |layout| layout.categories[0].price = crate::Money::ZERO,
            |layout| layout.categories.push(category("unused", 5)),
            |layout| layout.stage = Some(polygon()),
            |layout| layout.sections[0].name = title("Other"),
            |layout| layout.sections[0].outline = Some(polygon()),
            |layout| layout.sections[0].rows[0].name = title("AA"),
            |layout| layout.sections[0].rows[0].first_place = 2,
            |layout| layout.sections[0].rows[0].kind = SeatKind::Companion,
            |layout| layout.sections[0].rows[0].label = title("{row}"),
            |layout| layout.sections[0].rows[0].curve = Curve::new(&polygon().points()[..2]).ok(),
            |layout| layout.sections[0].rows[0].category = CategoryId::new("other").unwrap_or_else(|error| panic!("{error}")),
            |layout| layout.sections[0].rows.reverse(),
        ];
        let mut hashes = vec![base().hash()];
        for change in changes {
            let mut layout = base();
            change(&mut layout);
            hashes.push(layout.hash());
        }
        hashes.sort();
        hashes.dedup();
        assert_eq!((hashes.len(), base().hash()), (15, base().hash()));
        let renumbered = plan(vec![Row { from: base().sections[0].rows[0].to, ..row("A", 1, 2) }, row("B", 3, 4)]);
        assert!(!hashes.contains(&renumbered.hash()));
    }

    #[test]
    fn a_hash_is_read_from_its_digits() {
        let hash = Layout::default().hash();
        assert_eq!(LayoutHash::from_hex(&hash.to_string()), Some(hash));
        for text in ["", "ab", &"g".repeat(64), &"A".repeat(64), &"a".repeat(65), &"ä".repeat(32)] {
            assert_eq!(LayoutHash::from_hex(text), None, "{text}");
        }
    }
}
