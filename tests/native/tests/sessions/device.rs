use std::sync::{Arc, Mutex};

use anyhow::Result;
use native::Desk;
use vestibule_native::{Login, LoginEvent, NoBrowser, Surroundings};

#[tokio::test]
async fn f13_where_neither_browser_nor_device_flow_is_to_be_had_the_address_is_told() -> Result<()> {
    let desk = Desk::new("no-device")?;
    desk.without_device_flow()?;
    let (alice, told) = (desk.alice.clone(), Arc::new(Mutex::new(None)));
    let heard = Arc::clone(&told);
    let login = Login::new().on_event(move |event| {
        if let LoginEvent::NoBrowser(visit, why) = event {
            *heard.lock().unwrap() = Some(why);
            let alice = alice.clone();
            tokio::spawn(async move { alice.visit(visit.url()).await });
        }
    });
    let app = desk.builder()?.surroundings(Surroundings::remote_terminal()).build()?;
    assert_eq!(app.login(login).await?.name(), "alice");
    assert!(matches!(*told.lock().unwrap(), Some(NoBrowser::Here(_))));
    assert_eq!((desk.alice.tabs(), desk.idp.requests().device_authorization), (0, 1));
    Ok(())
}
