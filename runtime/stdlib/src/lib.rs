//! The native modules of the standard library, over the object model facade.
