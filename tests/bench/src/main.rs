//! Prints the tables of `docs/performance.md`.

use std::{env, process::Command, sync::Arc, time::Duration};

use anyhow::{Result, bail, ensure};
use axum::{Router, body::Body, http::Request};
use bench::{
    bearer::AccessToken,
    browser::{PAGE, STATIC_FILE, Target},
    command,
    engines::{Engines, Kind, TowerSessions},
    load::Load,
    memory,
    paired::{self, Contestant, Plan, timed},
    server::{Server, serve_with_actix},
    site::Site,
    stores::{self, Filled},
    tokens::Token,
};
use tokio::runtime::{self, Runtime};
use tower_service::Service;
use vestibule::Algorithm;

const HELP: &str = "Usage: cargo run --release -- [verify | bearer | request | loopback | revoke | memory | cli | engines]...";

/// The contestants of a request.
const BARE: &str = "bare handler";
const PASSED: &str = "behind a service that does nothing";
const WRAPPED: &str = "in Vestibule";

fn main() -> Result<()> {
    let asked: Vec<String> = env::args().skip(1).collect();
    let all =
        ["verify", "bearer", "request", "loopback", "revoke", "memory", "cli", "engines"].map(str::to_owned);
    for table in if asked.is_empty() { &all[..] } else { &asked } {
        match table.as_str() {
            // First in its process, so that nothing freed before is filled again.
            "memory" if asked.len() == 1 => memory()?,
            "memory" => of_its_own("memory")?,
            "verify" => verify()?,
            "bearer" => bearer()?,
            "request" => request()?,
            "loopback" => loopback()?,
            "revoke" => revoke()?,
            "cli" => println!("{}", command::table()?),
            "engines" => engines()?,
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

/// Sessions on engines that several nodes share.
fn engines() -> Result<()> {
    // The engines' own connections live on it.
    let server = Server::start()?;
    let engines = server.block_on(Engines::start())?;
    engine_requests(&server, &engines)?;
    engine_logouts(&server, &engines)
}

fn engine_requests(server: &Server, engines: &Engines) -> Result<()> {
    const CONNECTIONS: usize = 16;
    const COUNTED: u64 = 1_000;
    let plan = Plan { rounds: 31, slice: Duration::from_millis(150) };
    let client = runtime()?;
    let memory = server.block_on(Site::signed_in())?;
    let loading = |name: String, router: Router, cookie: &str| {
        let load = client.block_on(Load::open(server.serve(router)?, cookie, PAGE, CONNECTIONS))?;
        anyhow::Ok((&*name.leak(), load))
    };
    let mut loads = vec![
        loading(BARE.to_owned(), memory.bare.clone(), &memory.cookie)?,
        loading("memory".to_owned(), memory.wrapped.clone(), &memory.cookie)?,
    ];
    let peer = server.block_on(TowerSessions::on(&engines.redis_url()))?;
    loads.push(loading("`tower-sessions` on Redis".to_owned(), peer.router, &peer.cookie)?);
    for kind in Kind::ENGINES {
        let site = server.block_on(Site::stored(engines.store(kind, "requests")?))?;
        loads.push(loading(kind.to_string(), site.wrapped, &site.cookie)?);
    }
    for kind in Kind::REMOTE {
        let site = server.block_on(Site::stored(Arc::new(engines.near(kind, "near")?)))?;
        loads.push(loading(format!("{kind}, near cache"), site.wrapped, &site.cookie)?);
    }
    for (name, load) in &mut loads {
        let before = engines.redis_calls()?;
        client.block_on(load.send(COUNTED))?;
        let calls = engines.redis_calls()? - before;
        println!("{name}: {:.3} commands of Redis a request", calls as f64 / COUNTED as f64);
    }
    println!();
    let contestants = loads.into_iter().map(|(name, mut load)| {
        let client = &client;
        Contestant::measured(name, move |requests| {
            client.block_on(load.send(requests)).expect("every request is answered")
        })
    });
    let title = "a page, axum, over loopback, session in";
    println!("{}", paired::table(title, &paired::compare(plan, contestants.collect())));
    Ok(())
}

fn engine_logouts(server: &Server, engines: &Engines) -> Result<()> {
    const SIZES: [(&str, usize); 3] =
        [("among 1,000 sessions", 1_000), ("among 10,000", 10_000), ("among 100,000", 100_000)];
    const ROUNDS: usize = 20;
    const LOGOUTS: usize = 25;
    let model = server.block_on(stores::model())?;
    for kind in Kind::ENGINES {
        let mut filled = Vec::new();
        for (_, sessions) in SIZES {
            let name = format!("revoke_{sessions}");
            let store = engines.store(kind, &name)?;
            let before = engines.used(kind, &name)?;
            filled.push(server.block_on(Filled::in_store(&*store, sessions, &model))?);
            let used = engines.used(kind, &name)?.saturating_sub(before);
            println!("{kind}: {sessions} sessions, {} bytes each", used / sessions);
        }
        let mut rounds = vec![Vec::with_capacity(ROUNDS); filled.len()];
        for round in 0..ROUNDS {
            for who in paired::turns(round, filled.len()) {
                let logouts = filled[who].logouts(round * LOGOUTS..(round + 1) * LOGOUTS);
                let mut done = Ok(());
                let cost = timed(|| done = server.block_on(filled[who].revoke(logouts)));
                done?;
                rounds[who].push(cost.each(LOGOUTS as u64));
            }
        }
        let names = SIZES.map(|(name, _)| name);
        println!(
            "{}",
            paired::table(&format!("revoke one `sid`, {kind}"), &paired::summarise(&names, &rounds))
        );
    }
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

/// Runs one table in a process of its own.
fn of_its_own(table: &str) -> Result<()> {
    let status = Command::new(env::current_exe()?).arg(table).status()?;
    ensure!(status.success(), "{table} failed ({status})");
    Ok(())
}

fn runtime() -> Result<Runtime> {
    Ok(runtime::Builder::new_current_thread().enable_all().build()?)
}
