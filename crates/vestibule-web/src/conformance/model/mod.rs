//! Random commands at three nodes, beside a model that is as plain as a store can be said.
//!
//! [`agrees`] gives one command after another and compares every reply, [`withstands`] gives many at once and looks for
//! what may never happen. Both follow from a seed, which a failure tells.

mod cast;
mod command;
mod concurrent;
mod dice;
mod heard;
mod reference;
mod reply;
mod step;
mod world;

use std::fmt;

pub use cast::{RETENTION, holder, jti, key, logout, public_id, realm, rotation, session, token};
pub use command::Command;
pub use concurrent::withstands;
pub use dice::any_seed;
pub use reference::Model;
pub use reply::Reply;

use self::{
    dice::Dice,
    step::Step,
    world::{Mismatch, World},
};
use super::Subject;

/// After how many steps a run begins anew, on a fresh engine.
const EPISODE: usize = 250;
/// How often a run that failed is repeated in search of a shorter one.
const TRIES: usize = 300;

/// A run in which a store did something else than its model.
#[derive(Debug)]
pub struct Disagreement {
    /// What to give to [`agrees`], with any number of steps, to see it again at once.
    pub seed: u64,
    steps: Vec<Step>,
    how: Mismatch,
}

/// Takes `steps` random steps and compares each with the model. The first [`Disagreement`] is made as short as can be.
pub async fn agrees(subject: &dyn Subject, seed: u64, steps: usize) -> Result<(), Disagreement> {
    let mut left = steps;
    // The episode that begins with the seed itself comes first, so that a failure is seen again at once.
    for episode in 0.. {
        let length = left.min(EPISODE);
        if length == 0 {
            break;
        }
        let seed = seed.wrapping_add(episode);
        let mut dice = Dice::new(seed);
        let script: Vec<Step> = (0..length).map(|_| Step::any(&mut dice)).collect();
        if let Err((done, how)) = play(subject, &script).await {
            let failing = script.into_iter().take(done).collect();
            let (steps, how) = shortened(subject, failing, how).await;
            return Err(Disagreement { seed, steps, how });
        }
        left -= length;
    }
    Ok(())
}

/// Plays the steps on a fresh engine. An error tells how many it took.
async fn play(subject: &dyn Subject, steps: &[Step]) -> Result<(), (usize, Mismatch)> {
    let mut world = World::new(subject).await.map_err(|how| (0, how))?;
    for (number, step) in steps.iter().enumerate() {
        world.take(step).await.map_err(|how| (number + 1, how))?;
    }
    world.close().await.map_err(|how| (steps.len(), how))
}

/// Leaves out what the failure does not need: halves first, then ever smaller pieces.
async fn shortened(subject: &dyn Subject, mut steps: Vec<Step>, mut how: Mismatch) -> (Vec<Step>, Mismatch) {
    let (mut piece, mut tries) = (steps.len() / 2, 0);
    while piece > 0 && tries < TRIES {
        let mut from = 0;
        while from < steps.len() && tries < TRIES {
            let mut fewer = steps.clone();
            fewer.drain(from..(from + piece).min(steps.len()));
            tries += 1;
            match play(subject, &fewer).await {
                Err((done, still)) => {
                    fewer.truncate(done);
                    (steps, how) = (fewer, still);
                }
                Ok(()) => from += piece,
            }
        }
        piece /= 2;
    }
    (steps, how)
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}, {} steps:", self.seed, self.steps.len())?;
        for step in &self.steps {
            writeln!(f, "  {step:?}")?;
        }
        write!(f, "{}", self.how)
    }
}

impl std::error::Error for Disagreement {}
