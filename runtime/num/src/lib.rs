//! Text forms and hashes of numbers, as plain functions that know no heap.
