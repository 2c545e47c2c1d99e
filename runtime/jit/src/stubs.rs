//! Code that compiled code calls with all its registers kept: the end of an object.
//!
//! ```text
//!  unit ──> destroy: instances and tuples that only give up words (the rules of `destroy_words` in adder-mem)
//!             └──> destroy_any: saves every register, calls the helper `Destroy`
//! ```
//! Invariant: as long as `destroy` has changed nothing but words it gave up (and zeroed, RC-3), the helper may take over; `Vm::dying` is still the
//! object then.

use crate::code::{isa, link};
use crate::helpers::Helper;
use crate::layout::{self, TYPE, type_word};
use crate::lower::{self, boxes::one_less};
use crate::memory::Block;
use crate::profilers::{self, Named};
use adder_mem::TypeFlags;
use adder_mem::heap::{Global, SEGMENT, segment_flags};
use adder_object::{Vm, types as object_types};
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, AbiParam, InstBuilder, Signature, types};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

/// As compiled code calls a stub, whose object is `Vm::dying`. No register changes.
pub fn signature() -> Signature {
    Signature::new(CallConv::PreserveAll)
}

struct Stubs {
    any: Block,
    destroy: Block,
}
static STUBS: Global<Option<Stubs>> = Global::new(None);

/// The stub that ends the life of an object whose count has reached zero.
pub fn destroy() -> Option<*const u8> {
    let made = STUBS.get();
    if made.is_none() {
        *made = make();
        name();
    }
    made.as_ref().map(|s| s.destroy.at as *const u8)
}

/// Tells profilers of the stubs.
pub fn name() {
    if let Some(stubs) = STUBS.get() {
        for (name, block) in [("destroy_any", &stubs.any), ("destroy", &stubs.destroy)] {
            profilers::code_made(&Named { name, file: "<jit>", line: 1 }, block, block.len);
        }
    }
}

fn make() -> Option<Stubs> {
    let any = stub(|b, args| {
        let mut sig = Signature::new(CallConv::SystemV);
        sig.params.extend((0..3).map(|_| AbiParam::new(types::I64)));
        sig.returns.push(AbiParam::new(types::I64));
        let sig = b.import_signature(sig);
        let at = b.ins().iconst(types::I64, Helper::Destroy.address() as i64);
        // The helper has no use for the frame.
        b.ins().call_indirect(sig, at, &[args.0, args.0, args.1]);
        b.ins().return_(&[]);
    })?;
    let destroy = stub(|b, args| Destroy { b, object: args.1, any: any.at }.write())?;
    Some(Stubs { any, destroy })
}

/// Machine code of one stub, which is given the thread and the object.
fn stub(body: impl FnOnce(&mut FunctionBuilder, (ir::Value, ir::Value))) -> Option<Block> {
    let isa = isa(true)?;
    let mut ctx = Context::new();
    ctx.func.signature = signature();
    let mut fctx = FunctionBuilderContext::new();
    let mut b = FunctionBuilder::new(&mut ctx.func, &mut fctx);
    let block = b.create_block();
    b.switch_to_block(block);
    let at = b.ins().iconst(types::I64, Vm::place_of_current() as i64);
    let vm = b.ins().load(types::I64, lower::flags(), at, 0);
    let object = b.ins().load(types::I64, lower::flags(), vm, layout::VM_DYING);
    body(&mut b, (vm, object));
    b.seal_all_blocks();
    b.finalize(isa.frontend_config());
    ctx.compile(&*isa, &mut ControlPlane::default()).ok()?;
    link(ctx.compiled_code()?, &[], std::ptr::null()).ok().map(|l| l.0)
}

/// The word of the int 0.
const NO_ITEM: i64 = 1;

/// The code of `adder_mem::destroy` for instances that only give up words.
struct Destroy<'a, 'b> {
    b: &'a mut FunctionBuilder<'b>,
    object: ir::Value,
    any: usize,
}

impl Destroy<'_, '_> {
    fn load(&mut self, ty: ir::Type, p: ir::Value, at: i32) -> ir::Value {
        self.b.ins().load(ty, lower::flags(), p, at)
    }
    fn store(&mut self, v: ir::Value, p: ir::Value, at: i32) {
        self.b.ins().store(lower::flags(), v, p, at);
    }
    /// Goes on where the condition is false.
    fn leave_if(&mut self, c: ir::Value, to: ir::Block) {
        let on = self.b.create_block();
        self.b.ins().brif(c, to, &[], on, &[]);
        self.b.switch_to_block(on);
    }
    fn equals(&mut self, a: ir::Value, n: i64) -> ir::Value {
        self.b.ins().icmp_imm_s(IntCC::Equal, a, n)
    }

    fn write(&mut self) {
        let (object, slow) = (self.object, self.b.create_block());
        self.b.set_cold_block(slow);
        let ty = self.load(types::I64, object, TYPE);
        let [instance, tuple, end] = [(); 3].map(|()| self.b.create_block());
        let span = [(); 3].map(|()| self.b.append_block_param(end, types::I64));
        let is_tuple = self.equals(ty, type_word(&*object_types::TUPLE as *const _ as usize) as i64);
        self.b.ins().brif(is_tuple, tuple, &[], instance, &[]);

        self.b.switch_to_block(tuple);
        let start = self.b.ins().iadd_imm_s(object, layout::TUPLE_ITEMS as i64);
        let n = self.load(types::I64, object, layout::TUPLE_LEN);
        // What comes after the fast way knows no tuple with a hole.
        let gone = self.b.ins().iconst(types::I64, NO_ITEM);
        self.b.ins().jump(end, &[start.into(), n.into(), gone.into()]);

        self.b.switch_to_block(instance);
        let flags = self.load(types::I64, ty, layout::HEAD_FLAGS);
        self.check(object, flags, slow);
        let (start, n) = self.words(object, ty, flags, slow);
        let gone = self.b.ins().iconst(types::I64, 0);
        self.b.ins().jump(end, &[start.into(), n.into(), gone.into()]);

        self.b.switch_to_block(end);
        self.give_up(span, slow);
        self.free(object, ty, slow);
        self.b.ins().return_(&[]);

        self.b.switch_to_block(slow);
        let sig = self.b.import_signature(signature());
        let at = self.b.ins().iconst(types::I64, self.any as i64);
        self.b.ins().call_indirect(sig, at, &[]);
        self.b.ins().return_(&[]);
    }

    /// The type is one whose instances hold words alone, and nothing refers weakly to the object, nor has it a dict.
    fn check(&mut self, object: ir::Value, flags: ir::Value, slow: ir::Block) {
        const WORDS: u64 = TypeFlags::WORDS_ONLY | TypeFlags::GC;
        let kind = self.b.ins().band_imm_u(flags, (WORDS | TypeFlags::HAS_FINALIZER) as i64);
        let other = self.b.ins().icmp_imm_s(IntCC::NotEqual, kind, WORDS as i64);
        self.leave_if(other, slow);
        let [with, without] = [(); 2].map(|()| self.b.create_block());
        let prefixed = self.b.ins().band_imm_u(flags, TypeFlags::PREFIX as i64);
        self.b.ins().brif(prefixed, with, &[], without, &[]);
        self.b.switch_to_block(with);
        let (weak, dict) = (self.load(types::I64, object, -16), self.load(types::I64, object, -8));
        let prefix = self.b.ins().bor(weak, dict);
        self.b.ins().brif(prefix, slow, &[], without, &[]);
        self.b.switch_to_block(without);
    }

    /// Where the words of the object begin, and how many there are.
    fn words(&mut self, object: ir::Value, ty: ir::Value, flags: ir::Value, slow: ir::Block) -> (ir::Value, ir::Value) {
        let [slots, attributes, known] = [(); 3].map(|()| self.b.create_block());
        let (at, n) = (self.b.append_block_param(known, types::I32), self.b.append_block_param(known, types::I64));
        let members = self.load(types::I32, ty, layout::HEAD_MEMBERS);
        self.b.ins().brif(members, slots, &[], attributes, &[]);

        self.b.switch_to_block(slots);
        let both = self.b.ins().band_imm_u(flags, TypeFlags::INLINE_ATTRS as i64);
        self.leave_if(both, slow);
        let from = self.load(types::I32, ty, layout::HEAD_MEMBERS_AT);
        let members = self.b.ins().uextend(types::I64, members);
        self.b.ins().jump(known, &[from.into(), members.into()]);

        self.b.switch_to_block(attributes);
        let from = self.load(types::I32, ty, layout::HEAD_BASICSIZE);
        let lens = self.b.ins().iconst(types::I64, layout::shape_lens() as i64);
        let lens = self.load(types::I64, lens, 0);
        let shape = self.load(types::I32, object, layout::SHAPE);
        let shape = self.b.ins().uextend(types::I64, shape);
        let place = self.b.ins().ishl_imm_u(shape, 1);
        let place = self.b.ins().iadd(lens, place);
        let used = self.load(types::I16, place, 0);
        let used = self.b.ins().uextend(types::I64, used);
        self.b.ins().jump(known, &[from.into(), used.into()]);

        self.b.switch_to_block(known);
        let at = self.b.ins().uextend(types::I64, at);
        (self.b.ins().iadd(object, at), n)
    }

    /// Gives up words until one holds the last reference to something; `gone` takes their places.
    fn give_up(&mut self, [start, n, gone]: [ir::Value; 3], slow: ir::Block) {
        let [head, word, counted, next, done] = [(); 5].map(|()| self.b.create_block());
        let size = self.b.ins().ishl_imm_u(n, 3);
        let end = self.b.ins().iadd(start, size);
        let p = self.b.append_block_param(head, types::I64);
        self.b.ins().jump(head, &[start.into()]);
        self.b.switch_to_block(head);
        let over = self.b.ins().icmp(IntCC::Equal, p, end);
        self.b.ins().brif(over, done, &[], word, &[]);

        self.b.switch_to_block(word);
        let bits = self.load(types::I64, p, 0);
        let low = self.b.ins().band_imm_u(bits, 7);
        self.leave_if(low, next);
        self.b.ins().brif(bits, counted, &[], next, &[]);

        self.b.switch_to_block(counted);
        let count = self.load(types::I32, bits, 0);
        let last = self.equals(count, 1);
        self.leave_if(last, slow);
        self.store(gone, p, 0);
        self.count_down(bits, count);
        self.b.ins().jump(next, &[]);

        self.b.switch_to_block(next);
        let on = self.b.ins().iadd_imm_s(p, 8);
        self.b.ins().jump(head, &[on.into()]);
        self.b.switch_to_block(done);
    }

    fn count_down(&mut self, held: ir::Value, count: ir::Value) {
        let new = one_less(self.b, count);
        self.store(new, held, 0);
    }

    /// The cell goes back to its segment, as `heap::free_collected` does it, unless that has to move the segment.
    fn free(&mut self, object: ir::Value, ty: ir::Value, slow: ir::Block) {
        let segment = self.b.ins().band_imm_u(object, !(SEGMENT as i64 - 1));
        let flags = self.load(types::I8, segment, layout::SEGMENT_FLAGS);
        let current = self.b.ins().band_imm_u(flags, segment_flags::CURRENT as i64);
        let elsewhere = self.equals(current, 0);
        self.leave_if(elsewhere, slow);
        let count = self.load(types::I32, ty, 0);
        let last = self.equals(count, 1);
        self.leave_if(last, slow);
        self.count_down(ty, count);

        let young = self.b.ins().iconst(types::I64, layout::heap_young() as i64);
        let n = self.load(types::I64, young, 0);
        let n = self.b.ins().iadd_imm_s(n, -1);
        self.store(n, young, 0);
        let used = self.load(types::I32, segment, layout::SEGMENT_USED);
        let used = self.b.ins().iadd_imm_s(used, -1);
        self.store(used, segment, layout::SEGMENT_USED);
        let zero = self.b.ins().iconst(types::I64, 0);
        self.store(zero, object, TYPE);
        let free = self.load(types::I64, segment, layout::SEGMENT_FREE);
        self.store(free, object, 0);
        self.store(object, segment, layout::SEGMENT_FREE);
    }
}
