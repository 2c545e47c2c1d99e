//! What a document type declared: entities, parameter entities, attributes.
//!
//! Invariant: the first declaration of a name holds.

use std::collections::HashMap;

#[derive(Clone, Debug)]
pub struct Entity {
    pub value: Option<String>,
    pub system: Option<String>,
    pub public: Option<String>,
    pub notation: Option<String>,
}
#[derive(Clone, Debug)]
pub struct AttributeDecl {
    pub name: String,
    pub is_cdata: bool,
    pub default: Option<String>,
}
/// What the document type declaration said; shared with parsers of external entities.
#[derive(Clone, Default, Debug)]
pub struct Dtd {
    pub entities: HashMap<String, Entity>,
    pub parameters: HashMap<String, Entity>,
    pub attributes: HashMap<String, Vec<AttributeDecl>>,
    /// There are declarations that were not read.
    pub incomplete: bool,
    pub standalone: bool,
    /// Something that was not read may have declared what comes now.
    pub skipping: bool,
    /// A part in another file was read since this was last asked.
    pub was_read: bool,
}
impl Dtd {
    /// Adds what another part of the document type declared, where nothing was before.
    pub fn adopt(&mut self, other: &Dtd) {
        for (mine, theirs) in [(&mut self.entities, &other.entities), (&mut self.parameters, &other.parameters)] {
            for (name, e) in theirs {
                mine.entry(name.clone()).or_insert_with(|| e.clone());
            }
        }
        for (element, declared) in &other.attributes {
            let list = self.attributes.entry(element.clone()).or_default();
            for d in declared {
                if !list.iter().any(|a| a.name == d.name) {
                    list.push(d.clone());
                }
            }
        }
        self.skipping |= other.skipping;
        self.was_read = true;
    }
}
