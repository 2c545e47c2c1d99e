# f-strings: nesting, specs, conversions, debugging form, quotes, multi-line, lambdas, escapes; t-strings.
name, value, items = "World", 3.14159, [1, 2, 3]
print(f"Hello {name}! {value:.2f} {items[0]} {items!r} {name!s:>8} {name!a:*^10} {'nested ' + f'{name}'}")
print(f"{value:{8}.{3}}|{value:{'>10'}}|{name:{'<'}{8}}|{1:0{5}}", f"{{literal}} {{{name}}}", f"{'a' if value > 3 else 'b'}", f"{(lambda x: x * 2)(4)}")
print(f"{name=} {value = :.1f} {items[1] = } {name = !s} {1 + 1=} { name = } {value=:>10.2f} {f'{name=}'}")
print(f"{name.upper()} {len(items)} {items[-1]} {[x * 2 for x in items]} { {'k': 1}['k'] } {(1, 2)} {not value} {items and name}")
print(f"{'quotes in quotes'} {"same quotes"} {f"{f"{'deep'}"}"} {"\n".join(["a", "b"])!r} {'\t'!r} {"\N{BULLET}"}")
print(f"""multi
{name}
  {value
:.1f} end""", f'''{
    name  # a comment
    .lower()
}''')
print(rf"\n{name}\t" f"{1}" "plain" f'{2}', Rf"\d{3}", f"" == "", f"{''}", f"a{''}b")
print(f"{1_000_000:,} {255:#x} {0.5:%} {-5:+d} {5:+d} {1e10:g} {True} {None} {...} {1+2j}", f"{10:b}{'':>3}|", f"{'x':\x3e5}", f"{3:\n<5}".encode())
w, p = 10, 4
print(f"{value:{w}.{p}f}|{value:<{w}}|{name:^{w+2}}|{value!r:>{w}}|{value:{'*'}>{w}}")


class F:
    def __format__(self, spec): return f"<{spec}>"
    def __repr__(self): return "F()"
    def __str__(self): return "str F"


f = F()
print(f"{f} {f!r} {f!s} {f:spec} {f:{1}{2}} {f:a{'b'}c} {f:%Y-%m-%d} {f=} {f=!s} {f=:x}", f"{f:{{}}}" if False else "-")
x = 5
print(f"{x!r}", f"{x:d}", f"{(x:=6)}", f"{x:=6}", x, f"{x==6} {x!=6} {x>=6} {x<=5}", f"{x if x else 0}", f"{lambda_ if (lambda_ := 1) else 2}")
print(f"{'{'}{'}'}", f"{'}'!r}", f"{{}}", f"{{{{", f"}}}}", f"{{{x}}}", f"{'a' 'b'}", f"{'#'}", f'{"#" * 3}', f"{x:{'{'}>5}" if True else "")


def gen():
    yield f"{(yield 'inner')}"


g = gen()
print(next(g), g.send("sent"))
print([f"{i}{j}" for i in range(2) for j in "ab"], {f"{k}": v for k, v in [("a", 1)]}, f"{[f'{y}' for y in 'xy']}", f"{','.join(f'{i}' for i in items)}")
for src in ["f'{}'", "f'{'", "f'}'", "f'{x!}'", "f'{x!z}'", "f'{x:{y:{z}}}'", "f'{a b}'", "f'{x!r }'", "f'{ }'", "f'{=}'", "f'{!r}'", "f'{:x}'", "f'{lambda x: 1}'", "f'{x'", "f'{x]}'", "f'{(}'", "f'{a $ b}'", "f'{*x}'",
            "f'{**x}'", "f'{x = !}'", "f'{yield}'", "f'{x:{}}'", "f'{x!r:{y!z}}'", "f'\\{6}'", "fb'x'", "f'{a.b = }'", "f'{\"\"\"'", "f'{x:}}'", "f'{x;y}'", "f'{import os}'", "f'{x\n}'", "f'{# comment}'", "t'{}'", "t'{x!z}'", "ft'x'", "f'{await x}'"]:
    try:
        compile(src, "s", "eval")
        print("ok", repr(src))
    except SyntaxError as e:
        print(repr(src), "->", e.msg)
for code in ["f'{undefined_f}'", "f'{1/0}'", "f'{1:q}'", "f'{[]:5}'", "f'{1:{\"x\"}y}'", "f'{None:>5}'"]:
    try:
        eval(code)
    except Exception as e:
        print(code, "->", type(e).__name__, e)
t = t"Hello {name} {value:.2f} {x!r:>{w}} {items = }"
print(type(t).__name__, t.strings, t.values, [(i.value, i.expression, i.conversion, i.format_spec) for i in t.interpolations])
print([p if isinstance(p, str) else ("I", p.value) for p in t"a{1}{2}b"], (t"a" + t"{1}").strings, repr(t"x{1}"), t"".strings, list(t""))
