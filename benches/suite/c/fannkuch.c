/* As fannkuch.py. */
#include <stdio.h>
#include <string.h>
enum { N = 8 };
int main(void) {
    int order[N], count[N], flipped[N], most = 0, checksum = 0;
    for (int i = 0; i < N; i++) order[i] = i, count[i] = i + 1;
    for (int turn = 0;; turn++) {
        int first = order[0], flips = 0;
        memcpy(flipped, order, sizeof order);
        while (first) {
            for (int i = 0, j = first; i < j; i++, j--) {
                int t = flipped[i];
                flipped[i] = flipped[j], flipped[j] = t;
            }
            flips++, first = flipped[0];
        }
        if (flips > most) most = flips;
        checksum += turn & 1 ? -flips : flips;
        int i = 1;
        for (; i < N; i++) {
            int t = order[0];
            memmove(order, order + 1, i * sizeof *order);
            order[i] = t;
            if (--count[i]) break;
            count[i] = i + 1;
        }
        if (i == N) break;
    }
    printf("%d %d\n", checksum, most);
}
