"""A queue of customers before counters: small objects, methods, properties, a class hierarchy."""
import heapq


class Numbers:
    """A linear congruential generator, so that every Python sees the same."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 1103515245 + 12345) % 2147483648
        return self.state * n // 2147483648


class Event:
    def __init__(self, time, number):
        self.time, self.number = time, number

    def __lt__(self, other):
        return (self.time, self.number) < (other.time, other.number)

    def happen(self, shop):
        raise NotImplementedError


class Arrival(Event):
    def happen(self, shop):
        shop.join(self.time)
        shop.later(Arrival, 1 + shop.numbers.below(5))


class Departure(Event):
    def happen(self, shop):
        shop.served += 1
        shop.leave(self.time)


class Shop:
    def __init__(self, counters):
        self.numbers, self.counters = Numbers(42), counters
        self.busy = self.served = self.waited = self.made = self.now = 0
        self.queue, self.events = [], []

    @property
    def free(self):
        return self.busy < self.counters

    def later(self, kind, delay):
        self.made += 1
        heapq.heappush(self.events, kind(self.now + delay, self.made))

    def join(self, time):
        if self.free:
            self.serve()
        else:
            self.queue.append(time)

    def serve(self):
        self.busy += 1
        self.later(Departure, 4 + self.numbers.below(8))

    def leave(self, time):
        self.busy -= 1
        if self.queue:
            self.waited += time - self.queue.pop(0)
            self.serve()

    def run(self, events):
        self.later(Arrival, 1)
        for _ in range(events):
            event = heapq.heappop(self.events)
            self.now = event.time
            event.happen(self)
        return self.now, self.served, self.waited


print(*Shop(3).run(20_000))
