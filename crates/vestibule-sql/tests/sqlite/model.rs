//! Random steps beside the model of a store. The engines' run takes more of them.

use vestibule_web::conformance::model::{agrees, any_seed, withstands};

use crate::subject::{File, Memory};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d12_random_steps_go_as_the_model_has_it() {
    for subject in [&File::default() as &dyn vestibule_web::conformance::Subject, &Memory::default()] {
        if let Err(how) = agrees(subject, any_seed(), 1_000).await {
            panic!("{how}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d12_steps_at_once_do_no_harm() {
    let seed = any_seed();
    if let Err(harm) = withstands(&File::default(), seed, 400).await {
        panic!("seed {seed}: {harm}");
    }
}
