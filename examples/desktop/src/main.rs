//! Acme for the desktop: a window that signs users in with the system browser.
//!
//! What concerns sign-in is in `desk.rs`; `account.rs` is what the window shows of it, and the rest is looks.

mod account;
mod api;
mod desk;
mod theme;
mod window;

use std::env;

use eframe::{
    NativeOptions,
    egui::{ViewportBuilder, vec2},
};
use vestibule_native::{NativeApp, StorePolicy, vestibule::Provider};

use crate::{api::Api, desk::Desk, window::Window};

fn main() -> anyhow::Result<()> {
    let setting = |name: &str, usual: &str| env::var(name).unwrap_or_else(|_| usual.to_owned());
    let client =
        Provider::new(setting("ISSUER", "http://127.0.0.1:9000"))?.native(setting("CLIENT_ID", "acme-cli"));
    let store = match setting("STORE", "required").as_str() {
        "memory" => StorePolicy::MemoryOnly,
        _ => StorePolicy::Required,
    };
    let app = NativeApp::builder(client).store(store).build()?.blocking()?;
    let api = Api::new(setting("API", "http://127.0.0.1:3000/api/me"))?;

    let viewport = ViewportBuilder::default()
        .with_inner_size(vec2(420.0, 600.0))
        .with_min_inner_size(vec2(360.0, 520.0));
    let options = NativeOptions { viewport, ..NativeOptions::default() };
    let window = eframe::run_native(
        "Acme",
        options,
        Box::new(|creation| {
            theme::apply(&creation.egui_ctx, &setting("THEME", "system"));
            Ok(Box::new(Window::new(Desk::new(app, api, creation.egui_ctx.clone()))))
        }),
    );
    window.map_err(|error| anyhow::anyhow!("no window could be opened: {error}"))
}
