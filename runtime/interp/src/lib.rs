//! Frames, dispatch, inline caches, unwinding, import.
