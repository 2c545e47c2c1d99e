# Evaluation order of operands, arguments, targets, displays, defaults and decorators.
log = []


def t(x, result=None):
    log.append(x)
    return x if result is None else result


def flush(title):
    print(title, " ".join(map(str, log)))
    log.clear()


t(1) + t(2) * t(3) - t(4)
flush("binary")
t(2) ** t(3) ** t(1)
flush("power")
[t(1), t(2), *[t(3), t(4)], t(5)]
flush("list")
{t("k1"): t("v1"), **{t("k2"): t("v2")}, t("k3"): t("v3")}
flush("dict")


def f(*args, **kwargs):
    return f


t("f", f)(t(1), *[t(2)], t(3), a=t("a"), **{"b": t("b")}, c=t("c"))
flush("call")
t("f", f)(t("g", f)(t(1)), t("h", f)(t(2)))
flush("nested")
d = {}
t("target", d)[t("key")] = t("value")
flush("item")


class O:
    pass


o = O()
t("obj", o).attr = t("value")
flush("attribute")
t("d1", d)[t("i1")] = t("d2", d)[t("i2")] = t("v")
flush("chain")
t("d1", d)[t("a")], t("d2", d)[t("b")] = t(1), t(2)
flush("tuple target")
t("d", d)["a"] += t(5)
flush("augmented")
t(1) if t(0, []) else t(2)
flush("conditional")
t(1) < t(2) < t(3)
flush("chain compare")
t(3) < t(2) < t(1)
flush("short compare")


def deco(name):
    log.append(f"make-{name}")

    def apply(target):
        log.append(f"apply-{name}")
        return target
    return apply


@deco("a")
@deco("b")
def g(x=t("default-x"), *, y=t("default-y")) -> t("annotation"):
    log.append("body")


flush("function")
g()
flush("call of it")


@deco("c")
class C(t("base", O), metaclass=t("meta", type)):
    log.append("class-body")
    x = t("x")


flush("class")
lambda x=t("lambda-default"): t("never")
flush("lambda")
[t(("in", i, j)) for i in t("outer", [1, 2]) for j in t("inner", [3]) if t("cond")]
flush("comprehension")
gen = (t(i) for i in t("source", [1, 2]))
flush("generator made")
list(gen)
flush("generator run")
f"{t('a')}{t('b')!r:{t('w', '>5')}}"
flush("f-string")
t([1, 2, 3])[t(0):t(2):t(1)]
flush("slice")
with t("cm", type("M", (), {"__enter__": lambda s: t("enter"), "__exit__": lambda s, *a: t("exit")})()) as d["x"]:
    t("inside")
flush("with")
del t("d", d)["x"], t("d", d)["a"]
flush("del")
assert t("cond", [1]), t("message")
flush("assert")
