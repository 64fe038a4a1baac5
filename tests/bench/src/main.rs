//! Prints the tables of `docs/performance.md`.

use std::{env, time::Duration};

use anyhow::{Result, bail};
use axum::{Router, body::Body, http::Request};
use bench::{
    bearer::AccessToken,
    browser::{PAGE, STATIC_FILE, Target},
    command, engines,
    load::Load,
    memory, of_its_own,
    paired::{self, Contestant, Plan, timed},
    server::{Server, serve_with_actix},
    site::Site,
    stores::{self, Filled},
    tokens::Token,
};
use tokio::runtime::{self, Runtime};
use tower_service::Service;
use vestibule::Algorithm;

const HELP: &str = "\
Usage: cargo run --release -- [verify | bearer | request | loopback | revoke | memory | cli]...
       cargo run --release -- engines [pages | revoke | size]...";

/// The contestants of a request.
const BARE: &str = "bare handler";
const PASSED: &str = "behind a service that does nothing";
const WRAPPED: &str = "in Vestibule";

fn main() -> Result<()> {
    let asked: Vec<String> = env::args().skip(1).collect();
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    if let ["engines", parts @ ..] = &*asked {
        return engines::tables(parts);
    }
    const ALL: [&str; 8] = ["verify", "bearer", "request", "loopback", "revoke", "memory", "cli", "engines"];
    for table in if asked.is_empty() { &ALL[..] } else { &asked } {
        match *table {
            // First in its process, so that nothing freed before is filled again.
            "memory" if asked.len() == 1 => memory()?,
            "memory" => of_its_own("memory")?,
            "verify" => verify()?,
            "bearer" => bearer()?,
            "request" => request()?,
            "loopback" => loopback()?,
            "revoke" => revoke()?,
            "cli" => println!("{}", command::table()?),
            "engines" => engines::tables(&[])?,
            // A part of the engines' tables.
            engines::NEAR => engines::near()?,
            _ => bail!("{HELP}"),
        }
    }
    Ok(())
}

fn verify() -> Result<()> {
    let plan = Plan { rounds: 101, slice: Duration::from_millis(5) };
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        let token = Token::new(algorithm)?;
        let title = format!("one {algorithm} ID token of {} characters", token.length());
        println!("{}", paired::table(&title, &paired::compare(plan, token.contestants())));
    }
    Ok(())
}

fn bearer() -> Result<()> {
    let plan = Plan { rounds: 101, slice: Duration::from_millis(5) };
    let runtime = runtime()?;
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
        let token = runtime.block_on(AccessToken::new(algorithm))?;
        let title = format!("one {algorithm} access token of {} characters", token.length());
        println!("{}", paired::table(&title, &paired::compare(plan, token.contestants())));
    }
    Ok(())
}

fn request() -> Result<()> {
    let plan = Plan { rounds: 101, slice: Duration::from_millis(5) };
    let runtime = runtime()?;
    for Asked { title, site, target } in asked(&runtime)? {
        let asking = |name, router: &Router| {
            let (mut router, head, runtime) = (router.clone(), target.head(&site.cookie), &runtime);
            Contestant::measured(name, move |requests| {
                // The one who reads the log for a near cache has its turn: requests in memory never wait.
                runtime.block_on(async { tokio::time::sleep(Duration::from_millis(1)).await });
                timed(|| {
                    runtime.block_on(async {
                        for _ in 0..requests {
                            let request = Request::from_parts(head.clone(), Body::empty());
                            let answer = router.call(request).await;
                            assert!(answer.is_ok_and(|answer| answer.status().is_success()));
                        }
                    });
                })
            })
        };
        let contestants =
            vec![asking(BARE, &site.bare), asking(PASSED, &site.passed), asking(WRAPPED, &site.wrapped)];
        println!(
            "{}",
            paired::table(&format!("{title}, axum, in process"), &paired::compare(plan, contestants))
        );
    }
    Ok(())
}

fn loopback() -> Result<()> {
    const CONNECTIONS: usize = 16;
    let plan = Plan { rounds: 41, slice: Duration::from_millis(100) };
    let server = Server::start()?;
    let runtime = runtime()?;
    for Asked { title, site, target } in asked(&runtime)? {
        let on_axum = [
            (BARE, server.serve(site.bare.clone())?),
            (PASSED, server.serve(site.passed.clone())?),
            (WRAPPED, server.serve(site.wrapped.clone())?),
        ];
        let [bare, wrapped] = serve_with_actix(&site)?;
        let on_actix = [(BARE, bare), (WRAPPED, wrapped)];
        for (framework, served) in [("axum", &on_axum[..]), ("actix-web", &on_actix)] {
            let loading = |name, address| {
                let mut load = runtime.block_on(Load::open(address, &site.cookie, target, CONNECTIONS))?;
                let runtime = &runtime;
                let send =
                    move |requests| runtime.block_on(load.send(requests)).expect("every request is answered");
                anyhow::Ok(Contestant::measured(name, send))
            };
            let contestants =
                served.iter().map(|(name, address)| loading(*name, *address)).collect::<Result<_>>()?;
            let title = format!("{title}, {framework}, over loopback");
            println!("{}", paired::table(&title, &paired::compare(plan, contestants)));
        }
    }
    Ok(())
}

/// What is asked for, in which site.
struct Asked {
    title: &'static str,
    site: Site,
    target: Target,
}

fn asked(runtime: &Runtime) -> Result<[Asked; 5]> {
    let stored = runtime.block_on(Site::signed_in())?;
    let nearby = runtime.block_on(Site::signed_in_nearby())?;
    let [small, large] = [1024, 4096].map(|bytes| runtime.block_on(Site::sealed(bytes)));
    Ok([
        Asked { title: STATIC_FILE.name, site: stored.clone(), target: STATIC_FILE },
        Asked { title: "a page, session in the memory store", site: stored, target: PAGE },
        Asked { title: "a page, session in a near cache", site: nearby, target: PAGE },
        Asked { title: "a page, session of 1 KB sealed", site: small?, target: PAGE },
        Asked { title: "a page, session of 4 KB sealed", site: large?, target: PAGE },
    ])
}

fn revoke() -> Result<()> {
    const SIZES: [(&str, usize); 3] =
        [("among 1,000 sessions", 1_000), ("among 100,000", 100_000), ("among 1,000,000", 1_000_000)];
    const ROUNDS: usize = 40;
    const LOGOUTS: usize = 25;
    let runtime = runtime()?;
    let stores = SIZES.map(|(_, sessions)| {
        runtime.block_on(async { Filled::new(sessions, &*stores::model().await?).await })
    });
    let stores: Vec<Filled> = stores.into_iter().collect::<Result<_>>()?;
    let mut rounds = vec![Vec::with_capacity(ROUNDS); stores.len()];
    for round in 0..ROUNDS {
        for who in paired::turns(round, stores.len()) {
            let logouts = stores[who].logouts(round * LOGOUTS..(round + 1) * LOGOUTS);
            let mut done = Ok(());
            let cost = timed(|| done = runtime.block_on(stores[who].revoke(logouts)));
            done?;
            rounds[who].push(cost.each(LOGOUTS as u64));
        }
    }
    let names = SIZES.map(|(name, _)| name);
    println!("{}", paired::table("revoke one `sid`", &paired::summarise(&names, &rounds)));
    for ((name, _), store) in SIZES.iter().zip(&stores) {
        let mut reaped = Ok(0);
        let cost = timed(|| reaped = runtime.block_on(store.reap()));
        let removed = reaped?;
        let each = cost.wall.as_secs_f64() * 1e6 / removed as f64;
        println!("reaping {name}: {removed} sessions, {each:.2} µs each");
    }
    println!();
    Ok(())
}

fn memory() -> Result<()> {
    const SESSIONS: usize = 1_000_000;
    runtime()?.block_on(async {
        let model = stores::model().await?;
        let before = memory::resident()?;
        let store = Filled::new(SESSIONS, &model).await?;
        let each = (memory::resident()? - before) / SESSIONS;
        let content = model.grant.len() + model.label.len() + model.data.len();
        println!(
            "{SESSIONS} sessions: {each} bytes each, of which {content} are identity and sealed tokens\n"
        );
        drop(store);
        Ok(())
    })
}

fn runtime() -> Result<Runtime> {
    Ok(runtime::Builder::new_current_thread().enable_all().build()?)
}
