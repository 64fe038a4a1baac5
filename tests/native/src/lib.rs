//! Native applications as processes, against the development provider.
