//! Inks: what a plot is drawn with. The library knows colours only as numbers, so each ink has a number that no colour of the page has,
//! and the drawing then names the page's variable in its place: light, dark and paper each have their own.

use plotters::style::RGBColor;

/// How many inks there are for series, `--ink-1` and so on.
pub(super) const SERIES: u8 = 8;

/// Something to draw with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// The curve `n`, from 1; beyond [`SERIES`] they begin again.
    Series(usize),
    /// A line that something is measured by.
    Muted,
    /// The labels of the axes.
    Label,
    /// The axes.
    Axis,
    /// The lines across.
    Grid,
}

const NAMED: [(Ink, u8, &str); 4] =
    [(Ink::Muted, 100, "muted"), (Ink::Label, 101, "label"), (Ink::Axis, 102, "axis"), (Ink::Grid, 103, "grid")];

impl Ink {
    /// What the library draws with.
    pub(super) fn placeholder(self) -> RGBColor {
        RGBColor(1, 0, self.number())
    }

    /// What the page has for it.
    pub(super) fn variable(self) -> String {
        match NAMED.iter().find(|(ink, ..)| *ink == self) {
            Some((_, _, name)) => format!("var(--{name})"),
            None => format!("var(--ink-{})", self.number()),
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::Series(n) => (1..=SERIES).cycle().nth(n.saturating_sub(1)).unwrap_or(1),
            Self::Muted | Self::Label | Self::Axis | Self::Grid => {
                NAMED.iter().find(|(ink, ..)| *ink == self).map_or(0, |(_, number, _)| *number)
            }
        }
    }
}

/// `svg` with the page's variables in place of the placeholders.
pub(super) fn dye(svg: &str) -> String {
    let series = (1..=usize::from(SERIES)).map(Ink::Series);
    let inks = series.chain(NAMED.iter().map(|(ink, ..)| *ink));
    inks.fold(svg.to_owned(), |svg, ink| svg.replace(&format!("\"#0100{:02X}\"", ink.number()), &format!("\"{}\"", ink.variable())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ink_becomes_a_variable_of_its_own() {
        assert_eq!(Ink::Series(2).placeholder(), RGBColor(1, 0, 2));
        assert_eq!(dye(r##"<a fill="#010002" stroke="#010067"/>"##), r#"<a fill="var(--ink-2)" stroke="var(--grid)"/>"#);
        assert_eq!(Ink::Series(9).variable(), Ink::Series(1).variable());
        assert_eq!(dye("<text>#010002</text>"), "<text>#010002</text>", "text stays what it is");
    }
}
