"""dis shows the code that runs."""
import dis
import io
import opcode


def small(a, b):
    total = len(a)
    for x in a:
        if x > b:
            total += x * 2
    return [total, *a]


def shown(f):
    names = [i.opname.replace("_BORROW", "") for i in dis.get_instructions(f)]
    text = io.StringIO()
    dis.dis(f, file=text)
    return names, all(i.opname in text.getvalue() for i in dis.get_instructions(f))


names, whole = shown(small)
print(whole, names[0], names.count("RETURN_VALUE"), "LOAD_GLOBAL" in names, names.count("CALL"), "FOR_ITER" in names)
print([n for n in names if n.startswith(("BINARY", "COMPARE", "BUILD", "LIST", "STORE"))])
print(shown(lambda: print("a" + str(1)))[0])
offsets = [i.offset for i in dis.get_instructions(small)]
print(offsets == sorted(set(offsets)), max(offsets) < len(small.__code__.co_code), dis.stack_effect(opcode.opmap["POP_TOP"]))
print([opcode.opname[opcode.opmap[n]] for n in ("LOAD_FAST", "CALL", "RETURN_VALUE")], len(opcode.opname))
b = dis.Bytecode(small)
print(b.codeobj is small.__code__, [i.argval for i in b if i.opname == "LOAD_GLOBAL"])
