//! QR codes as images.

use png::{BitDepth, ColorType, Encoder};
use qrcode::render::svg;
use qrcode::{Color, EcLevel, QrCode};

use crate::problem::Problem;

/// The media type of a compressed image; the other is SVG.
pub(super) const PNG: &str = "image/png";
/// The width of a module, the smallest square of a QR code, in pixels.
const MODULE: usize = 8;
/// The width of the margin, in modules, as ISO/IEC 18004 requires.
const MARGIN: usize = 4;

/// Draws the QR code of `text` as an image of the type `media_type`: [`PNG`], otherwise SVG.
pub(super) fn draw(text: &str, media_type: &str) -> Result<Vec<u8>, Problem> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|error| fault(&error))?;
    if media_type == PNG { png(&code).map_err(|error| fault(&error)) } else { Ok(svg(&code).into_bytes()) }
}

fn fault(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error, "a QR code can't be drawn");
    Problem::internal()
}

fn svg(code: &QrCode) -> String {
    let module = u32::try_from(MODULE).unwrap_or(1);
    code.render::<svg::Color<'_>>().quiet_zone(true).module_dimensions(module, module).build()
}

/// Draws in shades of grey.
fn png(code: &QrCode) -> Result<Vec<u8>, png::EncodingError> {
    let modules = code.width() + 2 * MARGIN;
    let width = modules * MODULE;
    let is_dark = |x: usize, y: usize| {
        let inside = |at: usize| at.checked_sub(MARGIN).filter(|at| *at < code.width());
        inside(x).zip(inside(y)).is_some_and(|at| code[at] == Color::Dark)
    };
    let mut pixels = vec![u8::MAX; width * width];
    for (index, pixel) in pixels.iter_mut().enumerate() {
        if is_dark(index % width / MODULE, index / width / MODULE) {
            *pixel = 0;
        }
    }
    let mut image = Vec::new();
    let side = u32::try_from(width).unwrap_or(u32::MAX);
    let mut encoder = Encoder::new(&mut image, side, side);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(image)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "AGQ7ZZ4CLZY6PC5HHOOZSMFAUAAAABY5X2MEMOS6QTOMBLHGBJTYEVQC";

    /// Reads the QR codes in an image of `width` by `width` shades of grey.
    fn read(width: usize, shade: impl Fn(usize, usize) -> u8) -> Vec<String> {
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, width, shade);
        image.detect_grids().iter().map(|grid| grid.decode().expect("a code").1).collect()
    }

    #[test]
    fn a_png_is_read_as_its_text() {
        let image = draw(CODE, "image/png").expect("an image");
        let mut reader = png::Decoder::new(std::io::Cursor::new(image)).read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("a frame");
        assert_eq!((info.width, info.height, info.color_type), (296, 296, ColorType::Grayscale));
        assert_eq!(read(296, |x, y| pixels[y * 296 + x]), [CODE]);
    }

    #[test]
    fn an_svg_has_the_size_of_its_modules() {
        let image = String::from_utf8(draw(CODE, "image/svg+xml").expect("an image")).expect("UTF-8");
        assert!(image.starts_with("<?xml") && image.trim_end().ends_with("</svg>"), "{image}");
        assert!(image.contains("width=\"296\"") && image.contains("height=\"296\""), "{image}");
    }
}
