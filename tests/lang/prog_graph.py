# Graph algorithms: Dijkstra, BFS, DFS with generators, topological order, union-find, Floyd-Warshall, strongly connected components.
from heapq import heappop, heappush

edges = [("a", "b", 4), ("a", "c", 2), ("c", "b", 1), ("b", "d", 5), ("c", "d", 8), ("c", "e", 10), ("d", "e", 2), ("e", "f", 3), ("f", "d", 1), ("g", "h", 1), ("h", "g", 1)]
graph = {}
for u, v, w in edges:
    graph.setdefault(u, {})[v] = w
    graph.setdefault(v, {})


def dijkstra(start):
    dist, prev, heap = {start: 0}, {}, [(0, start)]
    while heap:
        d, u = heappop(heap)
        if d > dist[u]:
            continue
        for v, w in graph[u].items():
            if (nd := d + w) < dist.get(v, float("inf")):
                dist[v], prev[v] = nd, u
                heappush(heap, (nd, v))
    return dist, prev


def path(prev, end):
    out = [end]
    while out[-1] in prev:
        out.append(prev[out[-1]])
    return out[::-1]


def bfs(start):
    seen, queue = [start], [start]
    for u in queue:
        for v in graph[u]:
            if v not in seen:
                seen.append(v)
                queue.append(v)
    return seen


def dfs(u, seen=None):
    seen = set() if seen is None else seen
    seen.add(u)
    yield "enter", u
    for v in graph[u]:
        if v not in seen:
            yield from dfs(v, seen)
    yield "leave", u


class UnionFind(dict):
    def find(self, x):
        root = x
        while self.setdefault(root, root) != root:
            root = self[root]
        while self[x] != root:
            self[x], x = root, self[x]
        return root

    def union(self, a, b):
        a, b = self.find(a), self.find(b)
        if a == b:
            return False
        self[b] = a
        return True


def components():
    index, low, stack, on, out, counter = {}, {}, [], set(), [], [0]

    def visit(v):
        index[v] = low[v] = counter[0]
        counter[0] += 1
        stack.append(v)
        on.add(v)
        for w in graph[v]:
            if w not in index:
                visit(w)
                low[v] = min(low[v], low[w])
            elif w in on:
                low[v] = min(low[v], index[w])
        if low[v] == index[v]:
            comp = []
            while True:
                comp.append(w := stack.pop())
                on.discard(w)
                if w == v:
                    break
            out.append(sorted(comp))
    for v in graph:
        if v not in index:
            visit(v)
    return out


dist, prev = dijkstra("a")
print(dist, path(prev, "f"), bfs("a"))
print(" ".join(("+" if k == "enter" else "-") + v for k, v in dfs("a")))
uf = UnionFind()
mst = [(u, v) for u, v, w in sorted(edges, key=lambda e: (e[2], e)) if uf.union(u, v)]
print(mst, uf.find("b") == uf.find("f"), uf.find("a") == uf.find("g"))
print(components())
nodes = sorted(graph)
inf = float("inf")
d = {(u, v): 0 if u == v else graph[u].get(v, inf) for u in nodes for v in nodes}
for k in nodes:
    for u in nodes:
        for v in nodes:
            d[u, v] = min(d[u, v], d[u, k] + d[k, v])
for u in nodes:
    print(u, *(d[u, v] for v in nodes))
print(all(d["a", v] == dist.get(v, inf) for v in nodes))


def topological(deps):
    order, state = [], {}

    def visit(n, trail):
        if state.get(n) == "done":
            return
        if state.get(n) == "open":
            raise ValueError(" -> ".join(trail[trail.index(n):] + (n,)))
        state[n] = "open"
        for m in sorted(deps.get(n, ())):
            visit(m, trail + (n,))
        state[n] = "done"
        order.append(n)
    for n in sorted(deps):
        visit(n, ())
    return order


print(topological({"shoes": {"socks"}, "jacket": {"shirt"}, "belt": {"shirt", "trousers"}, "shoes2": {"trousers"}}))
try:
    topological({"a": {"b"}, "b": {"c"}, "c": {"a"}})
except ValueError as e:
    print("cycle:", e)
