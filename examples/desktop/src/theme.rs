use eframe::egui::{
    Color32, Context, CornerRadius, FontId, Stroke, TextStyle, Theme, ThemePreference, Ui, Visuals, vec2,
};

/// The colours of Acme, the same as on the web.
#[derive(Clone, Copy)]
pub(crate) struct Palette {
    pub(crate) paper: Color32,
    pub(crate) card: Color32,
    pub(crate) ink: Color32,
    pub(crate) faint: Color32,
    pub(crate) line: Color32,
    pub(crate) accent: Color32,
    pub(crate) on_accent: Color32,
    pub(crate) tint: Color32,
    pub(crate) good: Color32,
}

const LIGHT: Palette = Palette {
    paper: Color32::from_rgb(0xf6, 0xf6, 0xf8),
    card: Color32::from_rgb(0xff, 0xff, 0xff),
    ink: Color32::from_rgb(0x1d, 0x20, 0x27),
    faint: Color32::from_rgb(0x65, 0x6a, 0x76),
    line: Color32::from_rgb(0xe3, 0xe4, 0xe9),
    accent: Color32::from_rgb(0x35, 0x57, 0xd1),
    on_accent: Color32::from_rgb(0xff, 0xff, 0xff),
    tint: Color32::from_rgb(0xe6, 0xeb, 0xf9),
    good: Color32::from_rgb(0x1f, 0x8a, 0x4c),
};

const DARK: Palette = Palette {
    paper: Color32::from_rgb(0x13, 0x14, 0x18),
    card: Color32::from_rgb(0x1c, 0x1e, 0x24),
    ink: Color32::from_rgb(0xe8, 0xe9, 0xed),
    faint: Color32::from_rgb(0x9a, 0x9f, 0xac),
    line: Color32::from_rgb(0x2d, 0x30, 0x39),
    accent: Color32::from_rgb(0x94, 0xad, 0xff),
    on_accent: Color32::from_rgb(0x0e, 0x16, 0x33),
    tint: Color32::from_rgb(0x22, 0x28, 0x3c),
    good: Color32::from_rgb(0x63, 0xd2, 0x97),
};

/// How round things are.
pub(crate) const ROUND: CornerRadius = CornerRadius::same(10);

impl Palette {
    /// The one that fits the user's theme.
    pub(crate) fn of(ui: &Ui) -> Self {
        if ui.visuals().dark_mode { DARK } else { LIGHT }
    }
}

/// Dresses the window: `light`, `dark`, or as the desktop has it.
pub(crate) fn apply(window: &Context, wanted: &str) {
    window.set_theme(match wanted {
        "light" => ThemePreference::Light,
        "dark" => ThemePreference::Dark,
        _ => ThemePreference::System,
    });
    for (theme, palette) in [(Theme::Light, LIGHT), (Theme::Dark, DARK)] {
        window.set_visuals_of(theme, visuals(theme, palette));
    }
    window.all_styles_mut(|style| {
        style.spacing.item_spacing = vec2(8.0, 8.0);
        style.spacing.button_padding = vec2(16.0, 9.0);
        style.text_styles = [
            (TextStyle::Heading, FontId::proportional(24.0)),
            (TextStyle::Body, FontId::proportional(15.0)),
            (TextStyle::Button, FontId::proportional(15.0)),
            (TextStyle::Small, FontId::proportional(12.5)),
            (TextStyle::Monospace, FontId::monospace(13.0)),
        ]
        .into();
    });
}

fn visuals(theme: Theme, palette: Palette) -> Visuals {
    let mut visuals = theme.default_visuals();
    visuals.panel_fill = palette.paper;
    visuals.override_text_color = Some(palette.ink);
    visuals.hyperlink_color = palette.accent;
    visuals.selection.bg_fill = palette.tint;
    visuals.selection.stroke = Stroke::new(1.0, palette.accent);
    let widgets = &mut visuals.widgets;
    for widget in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active, &mut widgets.open] {
        widget.corner_radius = ROUND;
        widget.expansion = 0.0;
        widget.weak_bg_fill = palette.card;
        widget.bg_stroke = Stroke::new(1.0, palette.line);
    }
    for widget in [&mut widgets.hovered, &mut widgets.active] {
        widget.bg_stroke = Stroke::new(1.0, palette.accent);
    }
    visuals
}
