//! The instruction set: one op table, and the plain-data code objects it describes.
