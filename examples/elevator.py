"""A simulation of lifts in a tall house: classes, method calls, queues, an event heap and a seeded generator of its own.

usage: elevator.py [SECONDS]       (default 600000)
"""
import heapq
import sys
import time
from collections import deque


class Dice:
    """A linear congruential generator, so that every runtime throws the same numbers."""

    def __init__(self, seed):
        self.state = seed

    def throw(self, sides):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return (self.state >> 33) % sides


class Person:
    def __init__(self, number, born, start, goal):
        self.number, self.born, self.start, self.goal = number, born, start, goal


class Event:
    order = 0

    def __init__(self, when):
        self.when = when
        Event.order += 1
        self.rank = Event.order

    def __lt__(self, other):
        return (self.when, self.rank) < (other.when, other.rank)


class Arrival(Event):
    def happen(self, house):
        dice = house.dice
        start = dice.throw(house.floors)
        goal = (start + 1 + dice.throw(house.floors - 1)) % house.floors
        house.people += 1
        house.waiting[start].append(Person(house.people, self.when, start, goal))
        house.plan(Arrival(self.when + 1 + dice.throw(20)))
        house.wake(self.when)


class Stop(Event):
    def __init__(self, when, lift):
        super().__init__(when)
        self.lift = lift

    def happen(self, house):
        self.lift.stop(house, self.when)


class Lift:
    capacity = 8

    def __init__(self, name):
        self.name, self.floor, self.direction = name, 0, 1
        self.inside, self.asleep, self.travelled = [], True, 0

    @property
    def full(self):
        return len(self.inside) >= self.capacity

    def wanted(self, house, floor):
        return any(p.goal == floor for p in self.inside) or (house.waiting[floor] and not self.full)

    def stop(self, house, now):
        leaving = [p for p in self.inside if p.goal == self.floor]
        self.inside = [p for p in self.inside if p.goal != self.floor]
        for person in leaving:
            house.arrive(person, now)
        queue = house.waiting[self.floor]
        while queue and not self.full:
            self.inside.append(queue.popleft())
        ahead = range(self.floor + 1, house.floors) if self.direction > 0 else range(self.floor - 1, -1, -1)
        if not any(self.wanted(house, f) for f in ahead):
            self.direction = -self.direction
            ahead = range(self.floor + 1, house.floors) if self.direction > 0 else range(self.floor - 1, -1, -1)
        goal = next((f for f in ahead if self.wanted(house, f)), None)
        if goal is None:
            self.asleep = True
            return
        distance = abs(goal - self.floor)
        self.travelled += distance
        self.floor = goal
        house.plan(Stop(now + 2 * distance + 3, self))


class House:
    def __init__(self, floors, lifts, seed):
        self.floors, self.dice = floors, Dice(seed)
        self.waiting = [deque() for _ in range(floors)]
        self.lifts = [Lift(f"lift {i}") for i in range(lifts)]
        self.agenda, self.people, self.served, self.patience, self.worst = [], 0, 0, 0, 0

    def plan(self, event):
        heapq.heappush(self.agenda, event)

    def wake(self, now):
        for lift in self.lifts:
            if lift.asleep:
                lift.asleep = False
                self.plan(Stop(now, lift))
                return

    def arrive(self, person, now):
        self.served += 1
        self.patience += now - person.born
        self.worst = max(self.worst, now - person.born)

    def run(self, seconds):
        self.plan(Arrival(0))
        events = 0
        while self.agenda[0].when <= seconds:
            event = heapq.heappop(self.agenda)
            event.happen(self)
            events += 1
        return events


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 600_000
    house = House(floors=20, lifts=3, seed=2026)
    start = time.perf_counter()
    events = house.run(seconds)
    took = time.perf_counter() - start
    inside = sum(len(lift.inside) for lift in house.lifts) + sum(map(len, house.waiting))
    print(f"{events} events, {house.served} of {house.people} people served, worst wait {house.worst} s")
    for lift in house.lifts:
        print(f"  {lift.name} passed {lift.travelled} floors")
    assert house.served + inside == house.people, "somebody got lost"
    figures = (events, house.served, house.people, house.patience)
    assert seconds != 600_000 or figures == (210853, 56978, 56987, 3253492), f"other figures than expected: {figures}"
    print(f"ok: {took:.2f} s")


main()
