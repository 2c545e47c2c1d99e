# Data wrangling as scripts do it: parsing a table, grouping, joining, aggregating, sorting, formatting.
CSV = '''id,name,category,price,stock,added
1,"Widget, large",tools,19.99,5,2024-01-15
2,Gadget,tools,5.50,0,2023-11-02
3,"Thing ""special""",toys,12.00,12,2024-02-20
4,Doohickey,toys,3.25,100,2022-07-07
5,Gizmo,,7.77,3,2024-01-01
6,Broken,tools,oops,1,2024-01-01
'''


def parse_line(line):
    field, quoted, i = [], False, 0
    while i < len(line):
        c = line[i]
        if quoted:
            if c == '"' and line[i + 1:i + 2] == '"':
                field.append('"')
                i += 1
            elif c == '"':
                quoted = False
            else:
                field.append(c)
        elif c == '"':
            quoted = True
        elif c == ",":
            yield "".join(field)
            field = []
        else:
            field.append(c)
        i += 1
    yield "".join(field)


def rows(text):
    lines = iter(text.strip().split("\n"))
    header = list(parse_line(next(lines)))
    for number, line in enumerate(lines, 2):
        row = dict(zip(header, parse_line(line), strict=True))
        try:
            yield {**row, "id": int(row["id"]), "price": float(row["price"]), "stock": int(row["stock"]), "category": row["category"] or None}
        except ValueError as e:
            print(f"line {number}: {e}")


items = list(rows(CSV))
for r in items:
    print(r)
by_cat = {}
for r in items:
    by_cat.setdefault(r["category"] or "(none)", []).append(r)
print(f"{'category':<10} {'count':>5} {'value':>10} {'average':>8}")
for cat, rs in sorted(by_cat.items()):
    value = sum(r["price"] * r["stock"] for r in rs)
    print(f"{cat:<10} {len(rs):>5} {value:>10,.2f} {sum(r['price'] for r in rs) / len(rs):>8.3f}")
orders = [(1, 3), (3, 2), (9, 1), (2, 4), (1, 4), (4, 100)]
index = {r["id"]: r for r in items}
shipped, missing = [], []
for item, n in orders:
    try:
        r = index[item]
        if r["stock"] < n:
            raise LookupError(f"only {r['stock']} of {r['name']}")
    except KeyError as e:
        missing.append(f"no item {e}")
    except LookupError as e:
        missing.append(str(e))
    else:
        r["stock"] -= n
        shipped.append((r["name"], n, n * r["price"]))
print(shipped)
print(missing)
total = sum(s[2] for s in shipped)
print(f"total {total:.2f} with tax {total * 1.19:.2f} rounded {round(total * 1.19, 1)}")
years = {}
for r in items:
    y, m, _ = map(int, r["added"].split("-"))
    years.setdefault(y, {}).setdefault(m, []).append(r["name"])
print(dict(sorted(years.items())), {y: sorted(ms) for y, ms in years.items()})
cheapest, *_, dearest = sorted(items, key=lambda r: r["price"])
print(cheapest["name"], dearest["name"], [r["name"] for r in sorted(items, key=lambda r: (r["category"] is None, r["category"] or "", -r["price"]))])
pivot = {(r["category"], r["stock"] > 0): r["name"] for r in items}
print(pivot, sorted(pivot, key=str))
histogram = {}
for r in items:
    bucket = int(r["price"] // 5) * 5
    histogram[bucket] = histogram.get(bucket, 0) + 1
for b in range(0, 25, 5):
    print(f"{b:>3}-{b + 5:<3}{'#' * histogram.get(b, 0)}")
print("\n".join(",".join(f'"{v}"' if isinstance(v, str) and ("," in v or '"' in v) else str(v) for v in r.values()) for r in items[:3]))
try:
    list(rows("a,b\n1,2,3"))
except ValueError as e:
    print(e)
