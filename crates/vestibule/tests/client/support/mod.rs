mod answers;
mod op;
mod world;

pub(crate) use answers::{NO_ANSWER, UNUSABLE_TOKEN_ANSWERS, html, raw, redirect, retry_later, unreachable};
pub(crate) use op::{Op, Sent};
pub(crate) use world::{CLIENT, ISSUER, SECRET, World, callback_query, parameters, token_answer};

use serde_json::Value;
use vestibule::{Diagnose, Disposition};

/// What an error says about itself.
pub(crate) fn verdict<T: std::fmt::Debug, E: Diagnose>(result: Result<T, E>) -> (&'static str, Disposition) {
    let error = result.expect_err("this must be refused");
    (error.code(), error.disposition())
}

pub(crate) fn code<T: std::fmt::Debug, E: Diagnose>(result: Result<T, E>) -> &'static str {
    verdict(result).0
}

pub(crate) fn with(mut object: Value, member: &str, value: impl Into<Value>) -> Value {
    object[member] = value.into();
    object
}

pub(crate) fn without(mut object: Value, member: &str) -> Value {
    object.as_object_mut().unwrap().remove(member);
    object
}
