//! The instruction set: one op table, and the plain-data code objects it describes.
//!
//! *Reading order.* [`ops`] (the table), [`operands`] (what arguments enumerate), [`code`] (code objects and the
//! instruction decoder), [`location`] and [`exctable`] (their side tables), then what works on them: [`dis`],
//! [`marshal`], [`verify`].
#![forbid(unsafe_code)]

pub mod code;
pub mod dis;
pub mod exctable;
pub mod location;
pub mod marshal;
pub mod operands;
pub mod ops;
pub mod python;
pub mod reasons;
pub mod verify;

pub use code::{Code, Const, Instruction, Instructions};
pub use ops::Opcode;
