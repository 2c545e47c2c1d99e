//! The built-in types and functions: one folder or file for each.
