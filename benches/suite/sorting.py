"""Sorts records by keys: a key function in Python, tuples, a reversed sort, bisect."""
import bisect


class Record:
    def __init__(self, state):
        self.name = f"n{state % 9973}"
        self.group = state % 17
        self.weight = state % 1009 / 7


def records(n):
    state, out = 11, []
    for _ in range(n):
        state = state * 48271 % 2147483647
        out.append(Record(state))
    return out


all_records = records(12_000)
by_group = sorted(all_records, key=lambda r: (r.group, -r.weight, r.name))
by_name = sorted(all_records, key=lambda r: r.name, reverse=True)
weights = sorted(r.weight for r in all_records)
ranks = sum(bisect.bisect_left(weights, r.weight) for r in all_records)
print(by_group[0].name, by_group[-1].name, by_name[0].name, by_name[-1].name, ranks)
