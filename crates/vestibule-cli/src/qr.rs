use anstyle::{RgbColor, Style};
use qrcode::{EcLevel, QrCode, render::unicode::Dense1x2};

const LIGHT: RgbColor = RgbColor(255, 255, 255);
const DARK: RgbColor = RgbColor(0, 0, 0);

/// The text as a QR code, two rows a line, dark on light whatever the terminal's colours are. `None` when it is too long.
pub(crate) fn qr_code(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    // Drawn are the dark modules.
    let style = Style::new().fg_color(Some(DARK.into())).bg_color(Some(LIGHT.into()));
    let rows = code.render::<Dense1x2>().quiet_zone(true).build();
    Some(rows.lines().map(|row| format!("  {style}{row}{style:#}\n")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dark_modules_are_drawn_on_a_light_ground() {
        let drawn = qr_code("https://op.example/device?user_code=BCDF-GHJK").unwrap();
        let lines: Vec<_> = drawn.lines().collect();
        assert!(lines.iter().all(|line| {
            line.starts_with("  \x1b[38;2;0;0;0m\x1b[48;2;255;255;255m    ") && line.ends_with("    \x1b[0m")
        }));
        // The finder pattern's upper edge, below the quiet zone.
        assert!(
            lines[2].contains("    \u{2588}\u{2580}\u{2580}\u{2580}\u{2580}\u{2580}\u{2588} "),
            "{}",
            lines[2]
        );
    }

    #[test]
    fn what_is_too_long_is_left_out() {
        assert!(qr_code(&"x".repeat(5000)).is_none());
    }
}
