//! Logout tokens that do not arrive as they ought to.

use std::time::Duration;

/// What happens to a logout token on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryFault {
    /// It is sent only after this time. The logout itself does not wait for it.
    Delayed(Duration),
    /// It is sent twice, the same both times.
    Duplicated,
    /// It waits for [`DevIdp::release`](crate::DevIdp::release). The logout itself does not wait for it.
    Held,
    /// It is never sent.
    Lost,
    /// The form has a further field that nobody knows. Allowed.
    UnknownField,
}
