use actix_web::{App, web::get};
use scenarios::{Actix, Request, World, trace};

use crate::shape::{Shape, home, me};

#[tokio::test(start_paused = true)]
async fn without_wrap_a_handler_fails_closed_and_the_log_says_why() {
    let bare = &Shape(|_, _| {
        let app = App::new().route("/", get().to(home)).route("/me", get().to(me));
        Box::pin(Actix::site(app))
    });
    let world = World::new(bare).await;
    for path in ["/", "/me"] {
        let answer = world.receive(Request::page(path)).await;
        assert_eq!((answer.status, answer.text()), (500, "the application is not set up correctly"));
        let place = format!("path=\"{path}\"");
        assert_eq!(
            trace::lines_with(&[
                "ERROR",
                "config.not_wrapped",
                "wrap the finished application, last",
                &place
            ])
            .len(),
            1
        );
    }
}
