//! A plot: curves over time, as SVG.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::Error;
use super::ink::{Ink, dye};
use super::numbers;

/// Drawn so many times larger than it is shown: the library draws at whole pixels.
const FINE: u32 = 3;
const FONT: u32 = 12;
/// The library takes font sizes to be larger than they come out.
const OF_A_FONT: f64 = 1.24;

/// Curves over time.
#[derive(Debug, Clone)]
pub(super) struct Plot {
    pub(super) curves: Vec<Curve>,
    /// The vertical axis reaches at least so far.
    pub(super) least_top: f64,
    /// The time axis reaches at least so far, in seconds: what belongs together is told over the same time.
    pub(super) least_end: f64,
    /// Width and height, as it is shown at its largest.
    pub(super) size: (u32, u32),
}

/// One of them.
#[derive(Debug, Clone)]
pub(super) struct Curve {
    pub(super) name: String,
    pub(super) ink: Ink,
    pub(super) look: Look,
    /// Seconds from the beginning, and the value; where there is none, the curve is interrupted.
    pub(super) points: Vec<(f64, Option<f64>)>,
}

/// How a curve is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// A line.
    Line,
    /// A line, and what is below it.
    Area,
}

/// The unit of the time axis.
struct Unit {
    seconds: f64,
    name: &'static str,
}

impl Plot {
    /// Whether there is anything to draw.
    pub(super) fn is_empty(&self) -> bool {
        self.values().next().is_none()
    }

    /// The plot, called `label` for those who don't see it.
    pub(super) fn svg(&self, label: &str) -> Result<String, Error> {
        let mut svg = String::new();
        self.draw(&mut svg)?;
        let (width, height) = (self.size.0 * FINE, self.size.1 * FINE);
        let inside = svg.find('>').map_or("", |end| &svg[end + 1..]);
        let label = super::escape::Text(label);
        Ok(format!(r#"<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}"><title>{label}</title>{}"#, dye(inside)))
    }

    fn draw(&self, svg: &mut String) -> Result<(), Error> {
        let root = SVGBackend::with_string(svg, (self.size.0 * FINE, self.size.1 * FINE)).into_drawing_area();
        // The library would look for ticks on an endless axis for ever.
        let least_end = if self.least_end.is_finite() { self.least_end.max(1.0) } else { 1.0 };
        let end = self.values().map(|(at, _)| at).fold(least_end, f64::max);
        let top = (self.values().map(|(_, value)| value).fold(0.0, f64::max) * 1.06).max(self.least_top);
        let widest = u32::try_from(numbers::number(top).len()).unwrap_or(9).max(6);
        let unit = Unit::fitting(end);
        let mut chart = ChartBuilder::on(&root)
            .margin_top(FONT * FINE)
            .margin_right(FONT * FINE * 2)
            .x_label_area_size(FONT * FINE * 2)
            .y_label_area_size(FONT * FINE * (widest * 3 + 5) / 5)
            .build_cartesian_2d(0.0..end / unit.seconds, 0.0..top)?;
        let font = f64::from(FONT * FINE) * OF_A_FONT;
        let label = || ("sans-serif", font).into_font().color(&Ink::Label.placeholder());
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(Ink::Grid.placeholder().stroke_width(FINE))
            .light_line_style(TRANSPARENT)
            .axis_style(Ink::Axis.placeholder().stroke_width(FINE))
            .set_all_tick_mark_size(FINE * 4)
            .x_label_style(label().pos(Pos::new(HPos::Center, VPos::Top)))
            .y_label_style(label().pos(Pos::new(HPos::Right, VPos::Center)))
            .x_labels(usize::try_from(self.size.0 / 75).unwrap_or(8))
            .y_labels(6)
            .x_label_formatter(&|at| format!("{} {}", numbers::number(*at), unit.name))
            .y_label_formatter(&|value| numbers::number(*value))
            .draw()?;
        for curve in &self.curves {
            let color = curve.ink.placeholder();
            for piece in curve.pieces(&unit) {
                match (piece.as_slice(), curve.look) {
                    ([lone], _) => {
                        chart.draw_series([Circle::new(*lone, FINE * 2, color.filled())])?;
                    }
                    (_, Look::Line) => {
                        chart.draw_series(LineSeries::new(piece, color.stroke_width(FINE * 2)))?;
                    }
                    (_, Look::Area) => {
                        let area = AreaSeries::new(piece, 0.0, color.mix(0.16));
                        chart.draw_series(area.border_style(color.stroke_width(FINE * 2)))?;
                    }
                }
            }
        }
        root.present()?;
        drop(chart);
        Ok(())
    }

    /// All that is drawn.
    fn values(&self) -> impl Iterator<Item = (f64, f64)> {
        let points = self.curves.iter().flat_map(|curve| &curve.points);
        points.filter_map(|(at, value)| Some((*at, (*value)?))).filter(|(at, value)| at.is_finite() && value.is_finite())
    }
}

impl Curve {
    /// What is drawn without a break: the points between those that have no value.
    fn pieces(&self, unit: &Unit) -> Vec<Vec<(f64, f64)>> {
        let finite =
            |point: &(f64, Option<f64>)| Some((point.0 / unit.seconds, point.1?)).filter(|(at, v)| at.is_finite() && v.is_finite());
        let pieces = self.points.split(|point| finite(point).is_none());
        pieces.map(|piece| piece.iter().filter_map(finite).collect::<Vec<_>>()).filter(|piece| !piece.is_empty()).collect()
    }
}

impl Unit {
    fn fitting(seconds: f64) -> Self {
        match seconds {
            seconds if seconds < 180.0 => Self { seconds: 1.0, name: "s" },
            seconds if seconds < 3.0 * 3_600.0 => Self { seconds: 60.0, name: "min" },
            _ => Self { seconds: 3_600.0, name: "h" },
        }
    }
}
