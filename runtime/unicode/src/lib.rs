//! Unicode 16.0 tables, and the algorithms of str that need them.
