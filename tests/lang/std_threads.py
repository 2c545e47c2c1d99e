# threading, queue, locks, thread-local data, signals, time slices, concurrent.futures.
import queue
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

total, lock = 0, threading.Lock()


def add(n):
    global total
    for _ in range(n):
        with lock:
            total += 1


threads = [threading.Thread(target=add, args=(2000,), name=f"t{i}") for i in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(total, [t.name for t in threads], any(t.is_alive() for t in threads), threading.current_thread().name, threading.active_count(), threading.main_thread() is threading.current_thread())
q, out = queue.Queue(maxsize=3), []


def producer():
    for i in range(10):
        q.put(i)
    q.put(None)


def consumer():
    while (item := q.get()) is not None:
        out.append(item * 2)
        q.task_done()


ts = [threading.Thread(target=f) for f in (producer, consumer)]
[t.start() for t in ts], [t.join() for t in ts]
print(out, q.empty(), q.qsize())
pq, lq = queue.PriorityQueue(), queue.LifoQueue()
for x in (3, 1, 2):
    pq.put(x), lq.put(x)
print([pq.get() for _ in range(3)], [lq.get() for _ in range(3)])
for bad in (lambda: queue.Queue().get_nowait(), lambda: queue.Queue().get(timeout=0.01), lambda: threading.Lock().release(), lambda: threading.Thread(target=add).join(), lambda: threads[0].start(), lambda: threading.RLock().release(), lambda: threading.Semaphore(-1), lambda: threading.current_thread().join(), lambda: threading.Thread(5), lambda: queue.SimpleQueue().get(False)):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
local = threading.local()
local.x = "main"
seen = []


def use_local():
    seen.append(hasattr(local, "x"))
    local.x = threading.current_thread().name
    seen.append(local.x)


t = threading.Thread(target=use_local, name="other")
t.start(), t.join()
print(seen, local.x)
event, cond, barrier, sem = threading.Event(), threading.Condition(), threading.Barrier(2), threading.Semaphore(1)
order = []


def waiter():
    event.wait()
    order.append("woken")
    with cond:
        cond.notify_all()
    barrier.wait()


t = threading.Thread(target=waiter, daemon=True)
t.start()
with cond:
    event.set()
    print(cond.wait(timeout=5))
barrier.wait()
t.join()
print(order, event.is_set(), t.daemon, lock.locked(), lock.acquire(blocking=False), lock.acquire(timeout=0.01), lock.release(), sem.acquire(), sem.acquire(blocking=False), event.wait(0.001))
r = threading.RLock()
with r, r:
    print("re-entered")
timer = threading.Timer(0.01, lambda: order.append("timer"))
timer.start(), timer.join()
print(order)
with ThreadPoolExecutor(max_workers=3) as pool:
    print(list(pool.map(lambda x: x * x, range(5))), pool.submit(pow, 2, 5).result(), sorted(f.result() for f in as_completed([pool.submit(len, "x" * i) for i in range(3)])))
    f = pool.submit(lambda: 1 / 0)
    try:
        f.result()
    except ZeroDivisionError as e:
        print(e, f.done(), type(f.exception()).__name__)
got = []
signal.signal(signal.SIGUSR1, lambda n, frame: got.append((signal.Signals(n).name, frame is not None)))
signal.raise_signal(signal.SIGUSR1)
print(got, signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.SIGTERM, signal.strsignal(15))
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("interrupted")


def alarm(n, f): raise TimeoutError("alarm")


signal.signal(signal.SIGALRM, alarm)
signal.setitimer(signal.ITIMER_REAL, 0.02)
try:
    while True:
        pass
except TimeoutError as e:
    print("busy loop stopped by", e)
signal.setitimer(signal.ITIMER_REAL, 0.02)
try:
    time.sleep(10)
except TimeoutError as e:
    print("sleep stopped by", e)
counts = [0, 0]
stop = False


def spin(i):
    while not stop:
        counts[i] += 1


ts = [threading.Thread(target=spin, args=(i,)) for i in range(2)]
[t.start() for t in ts]
time.sleep(0.1)
stop = True
[t.join() for t in ts]
print(all(c > 100 for c in counts))
try:
    signal.signal(signal.SIGKILL, alarm)
except OSError as e:
    print(e)
d = threading.Thread(target=lambda: time.sleep(100), daemon=True)
d.start()
late = threading.Thread(target=lambda: (time.sleep(0.05), print("non-daemon finished")))
late.start()
print("main ends")
