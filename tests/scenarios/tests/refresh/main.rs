//! One refresh of one session, over all tasks and nodes, whatever fails (session model, section 4).

mod identity;
mod logged_out;
mod lost_answers;
mod outages;
mod refusals;
mod revalidation;
mod single_flight;
mod storing;
mod support;
mod two_nodes;
