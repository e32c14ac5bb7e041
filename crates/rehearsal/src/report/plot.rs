//! A plot: curves over time, as SVG.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::error::Error;
use super::ink::{Ink, replace_placeholders};
use super::numbers;

/// The scale of the drawing relative to its displayed size, since the library draws at whole pixels.
const SCALE: u32 = 3;
const FONT: u32 = 12;
/// The ratio of a font size in the library to its displayed size.
const FONT_SCALE: f64 = 1.24;

/// Curves over time.
#[derive(Debug, Clone)]
pub(super) struct Plot {
    pub(super) curves: Vec<Curve>,
    /// The minimum end of the vertical axis.
    pub(super) least_top: f64,
    /// The minimum end of the time axis, in seconds, so that related plots cover the same time.
    pub(super) least_end: f64,
    /// The maximum displayed width and height.
    pub(super) size: (u32, u32),
}

/// A curve over time.
#[derive(Debug, Clone)]
pub(super) struct Curve {
    pub(super) name: String,
    pub(super) ink: Ink,
    pub(super) style: CurveStyle,
    /// Seconds since the start, and the value; without a value, the curve is interrupted.
    pub(super) points: Vec<(f64, Option<f64>)>,
}

/// How a curve is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CurveStyle {
    /// A line.
    Line,
    /// A line with the filled area below it.
    Area,
}

/// The unit of the time axis.
struct Unit {
    seconds: f64,
    name: &'static str,
}

impl Plot {
    /// Whether there is no point to draw.
    pub(super) fn is_empty(&self) -> bool {
        self.values().next().is_none()
    }

    /// Renders the plot, with `label` as its accessible name.
    pub(super) fn svg(&self, label: &str) -> Result<String, Error> {
        let mut svg = String::new();
        self.draw(&mut svg)?;
        let (width, height) = (self.size.0 * SCALE, self.size.1 * SCALE);
        let inside = svg.find('>').map_or("", |end| &svg[end + 1..]);
        let label = super::escape::Text(label);
        Ok(format!(
            r#"<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}"><title>{label}</title>{}"#,
            replace_placeholders(inside)
        ))
    }

    fn draw(&self, svg: &mut String) -> Result<(), Error> {
        let root = SVGBackend::with_string(svg, (self.size.0 * SCALE, self.size.1 * SCALE)).into_drawing_area();
        // The library would search for ticks on an infinite axis forever.
        let least_end = if self.least_end.is_finite() { self.least_end.max(1.0) } else { 1.0 };
        let end = self.values().map(|(at, _)| at).fold(least_end, f64::max);
        let top = (self.values().map(|(_, value)| value).fold(0.0, f64::max) * 1.06).max(self.least_top);
        let widest = u32::try_from(numbers::number(top).len()).unwrap_or(9).max(6);
        let unit = Unit::fitting(end);
        let mut chart = ChartBuilder::on(&root)
            .margin_top(FONT * SCALE)
            .margin_right(FONT * SCALE * 2)
            .x_label_area_size(FONT * SCALE * 2)
            .y_label_area_size(FONT * SCALE * (widest * 3 + 5) / 5)
            .build_cartesian_2d(0.0..end / unit.seconds, 0.0..top)?;
        let font = f64::from(FONT * SCALE) * FONT_SCALE;
        let label = || ("sans-serif", font).into_font().color(&Ink::Label.placeholder());
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(Ink::Grid.placeholder().stroke_width(SCALE))
            .light_line_style(TRANSPARENT)
            .axis_style(Ink::Axis.placeholder().stroke_width(SCALE))
            .set_all_tick_mark_size(SCALE * 4)
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
                match (piece.as_slice(), curve.style) {
                    ([single], _) => {
                        chart.draw_series([Circle::new(*single, SCALE * 2, color.filled())])?;
                    }
                    (_, CurveStyle::Line) => {
                        chart.draw_series(LineSeries::new(piece, color.stroke_width(SCALE * 2)))?;
                    }
                    (_, CurveStyle::Area) => {
                        let area = AreaSeries::new(piece, 0.0, color.mix(0.16));
                        chart.draw_series(area.border_style(color.stroke_width(SCALE * 2)))?;
                    }
                }
            }
        }
        root.present()?;
        drop(chart);
        Ok(())
    }

    /// Returns all finite points.
    fn values(&self) -> impl Iterator<Item = (f64, f64)> {
        let points = self.curves.iter().flat_map(|curve| &curve.points);
        points.filter_map(|(at, value)| Some((*at, (*value)?))).filter(|(at, value)| at.is_finite() && value.is_finite())
    }
}

impl Curve {
    /// Returns the uninterrupted parts of the curve: the points between those without a value.
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
