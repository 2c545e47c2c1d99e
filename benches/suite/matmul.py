"""Product of matrices that are lists of lists: the innermost loop adds floats. Beside c/matmul.c."""

N = 70


def product(a, b):
    columns = list(zip(*b))
    out = []
    for row in a:
        new = []
        for column in columns:
            total = 0.0
            for i in range(N):
                total += row[i] * column[i]
            new.append(total)
        out.append(new)
    return out


a = [[(i * j % 7) / 3.0 for j in range(N)] for i in range(N)]
b = [[(i - j) / (i + j + 1.0) for j in range(N)] for i in range(N)]
c = product(a, b)
print(f"{c[3][5]:.9f} {sum(map(sum, c)):.6f}")
