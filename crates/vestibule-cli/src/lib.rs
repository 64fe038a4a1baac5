//! The parts of the `vestibule` command, for other commands.
