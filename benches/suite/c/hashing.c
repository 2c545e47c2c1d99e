/* As hashing.py. */
#include <inttypes.h>
#include <stdio.h>
int main(void) {
    uint64_t x = 88172645463325252u, h = 14695981039346656037u;
    for (int i = 0; i < 100000; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        h = (h ^ (x & 255)) * 1099511628211u;
    }
    printf("%" PRIu64 " %" PRIu64 "\n", x, h);
}
