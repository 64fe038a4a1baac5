use std::{cell::RefCell, rc::Rc};

use crate::Answer;

/// Everything that applications of a world were asked and answered, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transcript(Rc<RefCell<Vec<Exchange>>>);

/// One request and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The answer.
    pub answer: Answer,
}

impl Transcript {
    pub(crate) fn record(&self, method: String, path: String, answer: Answer) {
        self.0.borrow_mut().push(Exchange { method, path, answer });
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.0.borrow().clone()
    }
}
