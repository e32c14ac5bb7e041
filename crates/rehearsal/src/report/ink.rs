//! Inks: the colours of plots. The library only knows numeric colours, so each ink has a placeholder colour that the page doesn't use. The
//! SVG then refers to a CSS variable of the page instead, which has a value each for light, dark and printed pages.

use plotters::style::RGBColor;

/// The number of inks for series, `--ink-1` and so on.
pub(super) const SERIES: u8 = 8;

/// A colour of a plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// The ink of the curve `n`, from 1; after [`SERIES`] the inks repeat.
    Series(usize),
    /// A reference line.
    Muted,
    /// The labels of the axes.
    Label,
    /// The axes.
    Axis,
    /// The grid lines.
    Grid,
}

const NAMED: [(Ink, u8, &str); 4] =
    [(Ink::Muted, 100, "muted"), (Ink::Label, 101, "label"), (Ink::Axis, 102, "axis"), (Ink::Grid, 103, "grid")];

impl Ink {
    /// Returns the colour that the library draws with.
    pub(super) fn placeholder(self) -> RGBColor {
        RGBColor(1, 0, self.number())
    }

    /// Returns the reference to the page's CSS variable.
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

/// Replaces the placeholder colours in `svg` by the page's variables.
pub(super) fn replace_placeholders(svg: &str) -> String {
    let series = (1..=usize::from(SERIES)).map(Ink::Series);
    let inks = series.chain(NAMED.iter().map(|(ink, ..)| *ink));
    inks.fold(svg.to_owned(), |svg, ink| svg.replace(&format!("\"#0100{:02X}\"", ink.number()), &format!("\"{}\"", ink.variable())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ink_is_replaced_by_its_own_variable() {
        assert_eq!(Ink::Series(2).placeholder(), RGBColor(1, 0, 2));
        assert_eq!(replace_placeholders(r##"<a fill="#010002" stroke="#010067"/>"##), r#"<a fill="var(--ink-2)" stroke="var(--grid)"/>"#);
        assert_eq!(Ink::Series(9).variable(), Ink::Series(1).variable());
        assert_eq!(replace_placeholders("<text>#010002</text>"), "<text>#010002</text>", "text is not changed");
    }
}
