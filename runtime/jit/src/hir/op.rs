//! What passes ask of an operation: its operands, its frame state, whether it has an effect.
//!
//! Invariant: the one place where operands and states of operations are listed.

use super::*;

/// The state of an op, by reference, whether that may be written or not.
macro_rules! state_of {
    ($op:expr) => {{
        use Op::*;
        match $op {
            UnboxInt(_, s)
            | UnboxFloat(_, s)
            | ToFloat(_, s)
            | Number2(_, _, _, s)
            | CmpNumber(_, _, _, s)
            | UnboxBool(_, s)
            | Int2(_, _, _, s)
            | IntNeg(_, s)
            | UnboxU64(_, s)
            | IntTrueDiv(_, _, s)
            | FloatToInt(_, _, s)
            | GuardType(_, _, s)
            | GuardShape(_, _, s)
            | GuardWord(_, _, s)
            | GuardVersion(_, _, s)
            | GuardCell(_, _, s)
            | GuardNames(_, _, s)
            | GuardGlobals(_, s)
            | GuardLocals(s)
            | GuardFrames(s)
            | AdoptedInt(_, s)
            | Guard(_, s, _)
            | GuardField(_, _, _, s)
            | Poll(s)
            | Sync(s) => Some(s),
            Call { state, .. } | CallMem { state, .. } | CallPython { state, .. } => Some(state),
            _ => None,
        }
    }};
}

impl Op {
    /// Values this op reads, frame states apart.
    pub fn operands(&self, out: &mut Vec<Val>) {
        use Op::*;
        match self {
            Param
            | Word(_)
            | Int(_)
            | Float(_)
            | Bool(_)
            | Raw(_)
            | LoadSlot(_)
            | LoadStack(_)
            | StackAddress(_)
            | GuardCell(..)
            | GuardNames(..)
            | LoadAbs(_)
            | CallPython { .. }
            | GuardGlobals(..)
            | GuardLocals(_)
            | ClearSlot(_)
            | EnterInline { .. }
            | Checkpoint(_)
            | GuardFrames(_)
            | Poll(_)
            | Sync(_) => {}
            UnboxInt(a, _)
            | UnboxFloat(a, _)
            | ToFloat(a, _)
            | UnboxBool(a, _)
            | Box(a)
            | IntToFloat(a)
            | IntNeg(a, _)
            | UnboxU64(a, _)
            | BoxU64(a)
            | FloatNeg(a)
            | FloatAbs(a)
            | FloatSqrt(a)
            | FloatToInt(_, a, _)
            | Not(a)
            | GuardType(a, ..)
            | GuardShape(a, ..)
            | GuardWord(a, ..)
            | GuardVersion(a, ..)
            | Guard(a, ..)
            | GuardField(a, ..)
            | Load(a, ..)
            | Store32(a, ..)
            | RawToInt(a)
            | IntToRaw(a)
            | FitsInt(a)
            | IsWithin(a, ..)
            | RawShr(a, _)
            | CellHas(a, _)
            | IsPointer(a)
            | ShapeIs(a, _)
            | FarFromBorder(a)
            | AdoptedInt(a, _)
            | Incref(a)
            | Decref(a)
            | DecrefMaybe(a) => out.push(*a),
            Int2(_, a, b, _)
            | Int2Wrap(_, a, b)
            | Raw2(_, a, b)
            | Number2(_, a, b, _)
            | CmpNumber(_, a, b, _)
            | Float2(_, a, b)
            | IntTrueDiv(a, b, _)
            | CmpInt(_, a, b)
            | CmpFloat(_, a, b)
            | Is(a, b)
            | BoolAnd(a, b)
            | LoadIndex(a, b, _)
            | LoadPacked(a, b, ..)
            | InBounds(a, b)
            | WrapIndex(a, b) => out.extend([*a, *b]),
            Store(a, _, b) => out.extend([*a, *b]),
            StoreIndex(a, b, _, c) | StorePacked(a, b, _, _, c) => out.extend([*a, *b, *c]),
            SetLocal { val, old, .. } => {
                out.extend(val);
                if let Local::Val(v) = old {
                    out.push(*v)
                }
            }
            SyncSlot(_, a) => out.push(*a),
            Call { args, .. } | NewTuple(args) | FloatCall(_, args) => out.extend(args),
            Select(c, a, b) => out.extend([*c, *a, *b]),
            CallMem { extra, .. } => out.extend(extra),
        }
    }

    /// The frame state it may exit with.
    pub fn state(&self) -> Option<StateId> {
        state_of!(self).copied()
    }
    pub fn state_mut(&mut self) -> Option<&mut StateId> {
        state_of!(self)
    }

    /// Whether it does more with its state than leave with it.
    pub fn is_call(&self) -> bool {
        use Op::*;
        matches!(self, Call { .. } | CallMem { .. } | CallPython { .. } | Poll(_) | Sync(_))
    }

    /// No effect beside its result: may be dropped when unused.
    pub fn is_pure(&self) -> bool {
        use Op::*;
        matches!(
            self,
            Word(_)
                | Int(_)
                | Float(_)
                | Bool(_)
                | Raw(_)
                | StackAddress(_)
                | LoadSlot(_)
                | LoadStack(_)
                | Box(_)
                | IntToFloat(_)
                | Float2(..)
                | FloatNeg(_)
                | FloatAbs(_)
                | FloatSqrt(_)
                | FloatCall(..)
                | Select(..)
                | CmpInt(..)
                | CmpFloat(..)
                | Is(..)
                | Not(_)
                | BoolAnd(..)
                | Int2Wrap(..)
                | Raw2(..)
                | Load(..)
                | LoadAbs(_)
                | LoadIndex(..)
                | LoadPacked(..)
                | FitsInt(_)
                | IsWithin(..)
                | RawShr(..)
                | InBounds(..)
                | RawToInt(_)
                | IntToRaw(_)
                | CellHas(..)
                | IsPointer(_)
                | ShapeIs(..)
                | FarFromBorder(_)
                | WrapIndex(..)
        )
    }
}
