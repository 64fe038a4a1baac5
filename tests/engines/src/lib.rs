//! Engines that the tests start, pause and kill.
