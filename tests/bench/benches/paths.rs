//! The hot paths under criterion, which compares with its last run.

use std::time::Duration;

use axum::{body::Body, http::Request};
use bench::{
    browser::{PAGE, STATIC_FILE},
    site::Site,
    tokens::Token,
};
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime;
use tower_service::Service;
use vestibule::Algorithm;

fn verify(criterion: &mut Criterion) {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        let token = Token::new(algorithm).expect("every verifier accepts the token");
        let mut group = criterion.benchmark_group(format!("verify {algorithm}"));
        for mut contestant in token.contestants() {
            group.bench_function(contestant.name(), |bencher| {
                bencher.iter_custom(|repetitions| contestant.run(repetitions).wall);
            });
        }
    }
}

fn request(criterion: &mut Criterion) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let site = runtime.block_on(Site::signed_in()).expect("the user is signed in");
    let mut group = criterion.benchmark_group("request");
    for target in [PAGE, STATIC_FILE] {
        for (front, router) in [("bare", &site.bare), ("in Vestibule", &site.wrapped)] {
            let (mut router, head) = (router.clone(), target.head(&site.cookie));
            group.bench_function(format!("{}, {front}", target.name), |bencher| {
                bencher
                    .iter(|| runtime.block_on(router.call(Request::from_parts(head.clone(), Body::empty()))));
            });
        }
    }
}

criterion_group! {
    name = paths;
    config = Criterion::default().measurement_time(Duration::from_secs(3));
    targets = verify, request
}
criterion_main!(paths);
