/* As sieve.py. */
#include <stdio.h>
#include <string.h>
enum { N = 300000 };
static char prime[N + 1];
int main(void) {
    memset(prime, 1, sizeof prime);
    prime[0] = prime[1] = 0;
    for (long i = 2; i * i <= N; i++)
        if (prime[i])
            for (long k = i * i; k <= N; k += i) prime[k] = 0;
    long count = 0, last = 0;
    for (long i = 0; i <= N; i++)
        if (prime[i]) count++, last = i;
    printf("%ld %ld\n", count, last);
}
