use axum::{
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::{HeaderMap, Method, Uri},
    response::Response,
};
use vestibule_axum::{Failure, Session, http::RequestHead};

use crate::room::Room;

/// The close code that says "signed out": one of those that are the application's to choose (RFC 6455 section 7.4.2).
const SIGNED_OUT: u16 = 4401;
const LONGEST: usize = 4 * 1024;

/// `GET /socket`: carries messages, until the session ends.
///
/// Browsers let every page open a socket to every site, and send cookies along to their own: hence the look at the origin.
pub(crate) async fn socket(
    State(room): State<Room>,
    session: Session,
    (method, uri, headers): (Method, Uri, HeaderMap),
    upgrade: WebSocketUpgrade,
) -> Result<Response, Failure> {
    session.check_origin(&RequestHead::new(&method, &uri, &headers))?;
    Ok(upgrade.max_message_size(LONGEST).on_upgrade(|socket| talk(socket, room, session)))
}

async fn talk(mut socket: WebSocket, room: Room, session: Session) {
    let mut guest = room.enter();
    let name = session.name().unwrap_or_else(|| session.subject().to_owned());
    let ended = session.into_inner().ended();
    tokio::pin!(ended);
    loop {
        tokio::select! {
            () = &mut ended => {
                let goodbye = CloseFrame { code: SIGNED_OUT, reason: "signed out".into() };
                let _ = socket.send(Message::Close(Some(goodbye))).await;
                return;
            }
            heard = guest.hear() => {
                let Some(message) = heard else { return };
                if socket.send(message.into()).await.is_err() {
                    return;
                }
            }
            said = socket.recv() => match said {
                Some(Ok(Message::Text(text))) => guest.say(format!("{name}: {text}")),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
        }
    }
}
