use eframe::egui::{
    self, Align, Align2, Button, CentralPanel, FontId, Frame, Label, Layout, Margin, RichText, Sense,
    Spinner, Stroke, Ui, vec2,
};
use vestibule_native::Logout;

use crate::{
    account::{Account, Notice, Place, SigningIn},
    desk::Desk,
    theme::{Palette, ROUND},
};

/// How often is looked, in seconds, while the window has the focus. The provider is asked twice a minute at most.
const GLANCE: f64 = 10.0;

/// The window.
pub(crate) struct Window {
    desk: Desk,
    had_focus: bool,
    looked_at: f64,
}

/// What the user wants.
enum Wish {
    SignIn,
    Cancel,
    CallApi,
    SignOut,
    SignOutEverywhere,
}

impl Window {
    /// The window before a desk.
    pub(crate) fn new(desk: Desk) -> Self {
        Self { desk, had_focus: false, looked_at: 0.0 }
    }

    /// Coming back from elsewhere is when a logout elsewhere should show.
    fn look_after_focus(&mut self, ui: &Ui) {
        let (has_focus, now) = ui.input(|input| (input.focused, input.time));
        if has_focus && (!self.had_focus || now - self.looked_at >= GLANCE) {
            self.desk.look_after();
            self.looked_at = now;
        }
        if has_focus {
            ui.request_repaint_after_secs(GLANCE as f32);
        }
        self.had_focus = has_focus;
    }
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        self.look_after_focus(ui);
        let palette = Palette::of(ui);
        let frame = Frame::new().fill(palette.paper).inner_margin(Margin::symmetric(28, 20));
        let place = self.desk.place();
        retitle(ui, place);
        let wish = CentralPanel::default().frame(frame).show(ui, |ui| {
            bar(ui, palette);
            match place {
                Place::Looking => {
                    ui.centered_and_justified(|ui| ui.add(Spinner::new().color(palette.accent)));
                    None
                }
                Place::SignedOut(notice) => signed_out(ui, palette, notice.as_ref()),
                Place::SigningIn(signing_in) => self::signing_in(ui, palette, signing_in),
                Place::SignedIn(account) => signed_in(ui, palette, account),
            }
        });
        match wish.inner {
            Some(Wish::SignIn) => self.desk.sign_in(),
            Some(Wish::CallApi) => self.desk.call_api(),
            Some(Wish::SignOut) => self.desk.sign_out(Logout::new()),
            Some(Wish::SignOutEverywhere) => self.desk.sign_out(Logout::new().in_browser()),
            Some(Wish::Cancel) => {
                if let Place::SigningIn(signing_in) = self.desk.place() {
                    signing_in.cancel.cancel();
                }
            }
            None => {}
        }
    }
}

/// Says in the list of windows, too, who is there.
fn retitle(ui: &Ui, place: &Place) {
    let title = match place {
        Place::SignedIn(account) => format!("{} – Acme", called(account)),
        Place::SignedOut(Some(notice)) => format!("{} – Acme", notice.title),
        _ => "Acme".to_owned(),
    };
    let shown = ui.input(|input| input.viewport().title.clone());
    if shown.as_ref() != Some(&title) {
        ui.send_viewport_cmd(egui::ViewportCommand::Title(title));
    }
}

/// What people call the user.
fn called(account: &Account) -> &str {
    account.user.claim("name").and_then(|name| name.as_str()).unwrap_or(account.user.name())
}

fn bar(ui: &mut Ui, palette: Palette) {
    ui.horizontal(|ui| {
        mark(ui, palette, 22.0);
        ui.label(RichText::new("Acme").strong());
    });
}

fn signed_out(ui: &mut Ui, palette: Palette, notice: Option<&Notice>) -> Option<Wish> {
    if let Some(notice) = notice {
        ui.add_space(16.0);
        show_notice(ui, palette, notice);
    }
    let mut wish = None;
    ui.add_space((ui.available_height() / 2.0 - 130.0).max(24.0));
    ui.vertical_centered(|ui| {
        mark(ui, palette, 64.0);
        ui.add_space(12.0);
        ui.heading("Welcome to Acme");
        ui.label(
            RichText::new("Sign in with your browser. If you are signed in\nthere already, it asks nothing.")
                .color(palette.faint),
        );
        ui.add_space(16.0);
        if primary(ui, palette, "Sign in").clicked() {
            wish = Some(Wish::SignIn);
        }
    });
    wish
}

fn signing_in(ui: &mut Ui, palette: Palette, signing_in: &SigningIn) -> Option<Wish> {
    let mut wish = None;
    ui.add_space((ui.available_height() / 2.0 - 130.0).max(24.0));
    ui.vertical_centered(|ui| {
        ui.add(Spinner::new().size(40.0).color(palette.accent));
        ui.add_space(16.0);
        ui.heading("Go on in your browser");
        ui.label(RichText::new("This window follows by itself.").color(palette.faint));
        ui.add_space(16.0);
        if let Some(page) = &signing_in.page
            && quiet(ui, "Copy the address").on_hover_text("If your browser did not open").clicked()
        {
            ui.copy_text(page.clone());
        }
        if quiet(ui, "Cancel").clicked() {
            wish = Some(Wish::Cancel);
        }
    });
    wish
}

fn signed_in(ui: &mut Ui, palette: Palette, account: &Account) -> Option<Wish> {
    let mut wish = None;
    ui.add_space(16.0);
    card(ui, palette, |ui| {
        ui.horizontal(|ui| {
            avatar(ui, palette, account.user.name());
            ui.add_space(4.0);
            ui.vertical(|ui| {
                let name = called(account);
                ui.add(Label::new(RichText::new(name).size(18.0).strong()).truncate());
                let email = account.user.email().unwrap_or(account.user.subject());
                ui.add(Label::new(RichText::new(email).color(palette.faint)).truncate());
            });
        });
        ui.add_space(4.0);
        let (dot, state) = match account.offline {
            false => (palette.good, "Signed in"),
            true => (palette.faint, "Signed in, as far as can be known offline"),
        };
        ui.horizontal(|ui| {
            let (spot, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
            ui.painter().circle_filled(spot.center(), 4.0, dot);
            ui.label(RichText::new(state).small().color(palette.faint));
        });
    });
    if let Some(notice) = &account.notice {
        show_notice(ui, palette, notice);
    }
    card(ui, palette, |ui| {
        ui.label(RichText::new("The API").strong());
        match &account.answer {
            None => drop(ui.label(
                RichText::new("Asks the dashboard who you are, with your access token.").color(palette.faint),
            )),
            Some(Ok(me)) => {
                fact(ui, palette, "Subject", &me.sub);
                fact(ui, palette, "Session", me.sid.as_deref().unwrap_or("—"));
            }
            Some(Err(text)) => drop(ui.label(text)),
        }
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            if ui.add_enabled(!account.busy, Button::new("Call the API")).clicked() {
                wish = Some(Wish::CallApi);
            }
            if account.busy {
                ui.add(Spinner::new().color(palette.accent));
            }
        });
    });
    ui.with_layout(Layout::bottom_up(Align::Center), |ui| {
        let everywhere =
            Button::new(RichText::new("Sign out everywhere").small().color(palette.faint)).frame(false);
        if ui.add(everywhere).on_hover_text("Opens your browser").clicked() {
            wish = Some(Wish::SignOutEverywhere);
        }
        if quiet(ui, "Sign out").clicked() {
            wish = Some(Wish::SignOut);
        }
    });
    wish
}

fn card(ui: &mut Ui, palette: Palette, content: impl FnOnce(&mut Ui)) {
    let frame = Frame::new()
        .fill(palette.card)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(14)
        .inner_margin(18);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        content(ui);
    });
}

fn show_notice(ui: &mut Ui, palette: Palette, notice: &Notice) {
    let frame = Frame::new().fill(palette.tint).corner_radius(ROUND).inner_margin(Margin::symmetric(16, 12));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(&notice.title).strong());
        ui.label(RichText::new(&notice.text).color(palette.faint));
    });
}

fn fact(ui: &mut Ui, palette: Palette, name: &str, value: &str) {
    ui.horizontal(|ui| {
        let column = Layout::left_to_right(Align::Center).with_main_wrap(false);
        ui.allocate_ui_with_layout(vec2(64.0, 20.0), column, |ui| {
            ui.set_min_width(64.0);
            ui.label(RichText::new(name).small().color(palette.faint));
        });
        ui.add(Label::new(RichText::new(value).monospace()).truncate());
    });
}

fn primary(ui: &mut Ui, palette: Palette, text: &str) -> egui::Response {
    let text = RichText::new(text).color(palette.on_accent).strong();
    ui.add(Button::new(text).fill(palette.accent).stroke(Stroke::NONE).min_size(vec2(220.0, 42.0)))
}

fn quiet(ui: &mut Ui, text: &str) -> egui::Response {
    ui.add(Button::new(text).min_size(vec2(220.0, 40.0)))
}

/// The mark of Acme, a rounded square.
fn mark(ui: &mut Ui, palette: Palette, size: f32) {
    let (place, _) = ui.allocate_exact_size(vec2(size, size), Sense::hover());
    ui.painter().rect_filled(place, size * 0.28, palette.accent);
    let font = FontId::proportional(size * 0.62);
    ui.painter().text(place.center(), Align2::CENTER_CENTER, "A", font, palette.on_accent);
}

/// The first letter of a name in a circle.
fn avatar(ui: &mut Ui, palette: Palette, name: &str) {
    let (place, _) = ui.allocate_exact_size(vec2(46.0, 46.0), Sense::hover());
    ui.painter().circle_filled(place.center(), 23.0, palette.tint);
    let letter = name.chars().next().unwrap_or('?').to_uppercase().to_string();
    ui.painter().text(
        place.center(),
        Align2::CENTER_CENTER,
        letter,
        FontId::proportional(20.0),
        palette.accent,
    );
}
