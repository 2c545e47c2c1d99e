# A stack machine with an assembler, written in Python: dispatch tables, jumps, calls, a debugger generator.
SOURCE = """
        push 0
        store total
        push 10
        store n
loop:   load n
        jz done
        load total
        load n
        call square
        add
        store total
        load n
        push 1
        sub
        store n
        jmp loop
done:   load total
        print
        push 20
        call fib
        print
        halt
square: dup
        mul
        ret
fib:    dup
        push 2
        lt
        jz rec
        ret
rec:    dup
        push 1
        sub
        call fib
        swap
        push 2
        sub
        call fib
        add
        ret
"""


def assemble(text):
    labels, code = {}, []
    for n, line in enumerate(text.splitlines(), 1):
        if ":" in line:
            label, line = line.split(":")
            labels[label.strip()] = len(code)
        if parts := line.split():
            code.append((parts[0], parts[1] if len(parts) > 1 else None, n))
    return [(op, labels.get(arg, int(arg) if arg and arg.lstrip("-").isdigit() else arg), n) for op, arg, n in code]


class Halt(Exception): pass


class Machine:
    def __init__(self, code):
        self.code, self.pc, self.stack, self.calls, self.vars, self.out, self.steps = code, 0, [], [], {}, [], 0
        self.ops = {name[3:]: getattr(self, name) for name in dir(self) if name.startswith("op_")}

    def op_push(self, a): self.stack.append(a)
    def op_dup(self, _): self.stack.append(self.stack[-1])
    def op_swap(self, _): self.stack[-2:] = self.stack[:-3:-1]
    def op_add(self, _): self.binary(lambda a, b: a + b)
    def op_sub(self, _): self.binary(lambda a, b: a - b)
    def op_mul(self, _): self.binary(lambda a, b: a * b)
    def op_div(self, _): self.binary(lambda a, b: a // b)
    def op_lt(self, _): self.binary(lambda a, b: int(a < b))
    def op_load(self, a): self.stack.append(self.vars[a])
    def op_store(self, a): self.vars[a] = self.stack.pop()
    def op_jmp(self, a): self.pc = a
    def op_jz(self, a):
        if not self.stack.pop():
            self.pc = a
    def op_call(self, a):
        self.calls.append(self.pc)
        self.pc = a
    def op_ret(self, _): self.pc = self.calls.pop()
    def op_print(self, _): self.out.append(self.stack.pop())
    def op_halt(self, _): raise Halt

    def binary(self, f):
        b, a = self.stack.pop(), self.stack.pop()
        self.stack.append(f(a, b))

    def step(self):
        op, arg, line = self.code[self.pc]
        self.pc += 1
        self.steps += 1
        try:
            self.ops[op](arg)
        except KeyError as e:
            raise RuntimeError(f"line {line}: unknown {e}") from e
        except IndexError:
            raise RuntimeError(f"line {line}: stack is empty in {op}") from None

    def run(self, limit=10**6):
        try:
            while self.steps < limit:
                self.step()
            raise TimeoutError(f"{limit} steps")
        except Halt:
            return self.out

    def trace(self):
        try:
            while True:
                op, arg, _ = self.code[self.pc]
                yield f"{self.pc}:{op}{'' if arg is None else f' {arg}'}", tuple(self.stack)
                self.step()
        except Halt:
            return self.out


m = Machine(assemble(SOURCE))
print(m.run(), m.steps, m.vars, m.stack)


def show(gen):
    result = yield from gen
    print("result", result)


for what, stack in show(Machine(assemble("push 6\npush 7\nmul\nprint\nhalt")).trace()):
    print(f"{what:<10}{stack}")
for bad in ("add", "push 1\npush 0\ndiv\nhalt", "nope", "load x", "l: jmp l", "push 1"):
    try:
        print(Machine(assemble(bad)).run(100))
    except (RuntimeError, ZeroDivisionError, TimeoutError, IndexError) as e:
        print(repr(bad), "->", type(e).__name__, e, repr(e.__cause__))
