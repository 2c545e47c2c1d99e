"""Flips of prefixes over all permutations: list indexing, slices and small ints. Beside c/fannkuch.c."""


def fannkuch(n):
    order, count = list(range(n)), list(range(1, n + 1))
    most = checksum = turn = 0
    while True:
        first = order[0]
        if first:
            flipped, flips = order[:], 0
            while first:
                flipped[:first + 1] = flipped[first::-1]
                flips += 1
                first = flipped[0]
            most = max(most, flips)
            checksum += -flips if turn & 1 else flips
        turn += 1
        for i in range(1, n):
            order.insert(i, order.pop(0))
            count[i] -= 1
            if count[i]:
                break
            count[i] = i + 1
        else:
            return checksum, most


print(*fannkuch(8))
