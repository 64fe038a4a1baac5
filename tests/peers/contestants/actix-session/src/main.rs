//! actix-session with its cookie store; the login is made by hand with `openidconnect`.

use actix_session::{Session, SessionMiddleware, storage::CookieSessionStore};
use actix_web::{
    App, Either, HttpResponse, HttpServer,
    cookie::Key,
    error::{ErrorBadRequest, ErrorInternalServerError},
    web::{self, Data, Query, Redirect},
};
use anyhow::Result;
use contestant::{
    CALLBACK, PAGE, Task, greeting,
    login::{Answer, Attempt, Login, User},
};

#[actix_web::main]
async fn main() -> Result<()> {
    let task = Task::from_env()?;
    let login = Data::new(Login::discover(&task).await?);
    let key = Key::generate();
    contestant::actix::serve_bare(&task)?;
    let server = HttpServer::new(move || {
        App::new()
            .wrap(SessionMiddleware::new(CookieSessionStore::default(), key.clone()))
            .app_data(login.clone())
            .route(PAGE, web::get().to(me))
            .route("/login", web::get().to(start))
            .route(CALLBACK, web::get().to(callback))
    });
    Ok(server.bind(task.protected)?.run().await?)
}

const ATTEMPT: &str = "attempt";
const USER: &str = "user";

async fn me(session: Session) -> actix_web::Result<Either<String, Redirect>> {
    Ok(match session.get::<User>(USER)? {
        Some(user) => Either::Left(greeting(user.subject)),
        None => Either::Right(Redirect::to("/login").see_other()),
    })
}

async fn start(login: Data<Login>, session: Session) -> actix_web::Result<HttpResponse> {
    let (url, attempt) = login.start();
    session.insert(ATTEMPT, attempt)?;
    Ok(HttpResponse::SeeOther().insert_header(("location", url)).finish())
}

async fn callback(
    login: Data<Login>,
    session: Session,
    answer: Query<Answer>,
) -> actix_web::Result<Redirect> {
    let attempt: Attempt = session.get(ATTEMPT)?.ok_or_else(|| ErrorBadRequest("no login was started"))?;
    let user = login.finish(&attempt, &answer).await.map_err(ErrorBadRequest)?;
    session.remove(ATTEMPT);
    session.insert(USER, user).map_err(ErrorInternalServerError)?;
    session.renew();
    Ok(Redirect::to(PAGE).see_other())
}
