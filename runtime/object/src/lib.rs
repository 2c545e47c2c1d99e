//! The object model: handles, types, attributes, calls, exceptions, and the core data types.
