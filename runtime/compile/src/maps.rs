//! The compiler's hash tables. Keys are names, constants and positions of one module, so that a hash without a secret serves.

use rustc_hash::FxBuildHasher;

pub type HashMap<K, V> = std::collections::HashMap<K, V, FxBuildHasher>;
pub type HashSet<K> = std::collections::HashSet<K, FxBuildHasher>;
pub type IndexMap<K, V> = indexmap::IndexMap<K, V, FxBuildHasher>;
pub type IndexSet<K> = indexmap::IndexSet<K, FxBuildHasher>;
