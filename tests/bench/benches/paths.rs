//! The hot paths under criterion, which compares with its last run.

use std::time::Duration;

use bench::{
    site::{PAGE, STATIC_FILE, Site},
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
    for (name, path) in [("page", PAGE), ("static file", STATIC_FILE)] {
        for (front, router) in [("bare", &site.bare), ("in Vestibule", &site.wrapped)] {
            let mut router = router.clone();
            group.bench_function(format!("{name}, {front}"), |bencher| {
                bencher.iter(|| runtime.block_on(router.call(site.request(path))));
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
