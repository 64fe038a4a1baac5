use anyhow::{Context as _, Result, bail, ensure};
use example_shared::SessionStore;

/// More processes than that would show nothing new on one machine.
const MOST_NODES: usize = 16;

/// What the command was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Show it until Ctrl-C.
    Show(Cast),
    /// Take the tour without a person.
    Check(Cast),
    /// Tell how to call it.
    Help,
}

/// Who plays: how many nodes of each application, and where their sessions rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cast {
    /// A URL, which may hold a password.
    store: String,
    pub(crate) nodes: usize,
}

impl Cast {
    /// The store as one node opens it. Memory is shared by clones alone, everything else is found by its URL.
    pub(crate) fn store(&self) -> Result<SessionStore> {
        SessionStore::at(&self.store).context("--store")
    }
}

/// Reads the arguments after the command's name.
pub(crate) fn read(arguments: impl IntoIterator<Item = String>) -> Result<Order> {
    let mut arguments = arguments.into_iter();
    let mut cast = Cast { store: "memory:".to_owned(), nodes: 1 };
    let mut check = false;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--check" => check = true,
            "--store" => cast.store = arguments.next().context("--store needs a URL")?,
            "--nodes" => {
                let number = arguments.next().and_then(|number| number.parse().ok());
                cast.nodes = number.context("--nodes needs a number")?;
                ensure!((1..=MOST_NODES).contains(&cast.nodes), "--nodes takes 1 to {MOST_NODES}");
            }
            "--help" | "-h" => return Ok(Order::Help),
            _ => bail!("there is no argument `{argument}`"),
        }
    }
    cast.store()?;
    Ok(if check { Order::Check(cast) } else { Order::Show(cast) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Order> {
        super::read(line.split_whitespace().map(str::to_owned))
    }

    #[tokio::test]
    async fn arguments_come_in_any_order() {
        let cast = |store: &str, nodes| Cast { store: store.to_owned(), nodes };
        assert_eq!(read("").unwrap(), Order::Show(cast("memory:", 1)));
        assert_eq!(read("--check --nodes 3").unwrap(), Order::Check(cast("memory:", 3)));
        let sqlite = Order::Check(cast("sqlite::memory:", 2));
        assert_eq!(read("--nodes 2 --store sqlite::memory: --check").unwrap(), sqlite);
        assert_eq!(read("--check --help").unwrap(), Order::Help);
    }

    #[test]
    fn what_is_no_argument_is_refused() {
        for line in ["check", "--nodes", "--nodes 0", "--nodes 17", "--nodes x", "--store", "--store x"] {
            assert!(read(line).is_err(), "{line}");
        }
    }

    #[test]
    fn no_refusal_repeats_a_password() {
        let error = read("--store mysql://alice:canary@host").unwrap_err();
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}
