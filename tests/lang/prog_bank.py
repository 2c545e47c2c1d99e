# A small bank: classes, properties, exceptions with data, events, observers, undo with closures, reports.
class BankError(Exception): pass


class Insufficient(BankError):
    def __init__(self, account, wanted):
        self.account, self.wanted = account, wanted
        super().__init__(f"{account.owner} has {account.balance}, wants {wanted}")


class Frozen(BankError): pass


class Account:
    _numbers = iter(range(1000, 10000))
    fee = 0

    def __init__(self, owner, balance=0):
        self.number, self.owner, self._balance, self.frozen, self.watchers = next(Account._numbers), owner, balance, False, []

    @property
    def balance(self): return self._balance

    @balance.setter
    def balance(self, value):
        if self.frozen:
            raise Frozen(self.owner)
        if value < self.limit:
            raise Insufficient(self, self._balance - value)
        old, self._balance = self._balance, value
        for w in self.watchers:
            w(self, old, value)

    limit = property(lambda self: 0)

    def __repr__(self): return f"<{type(self).__name__} {self.number} {self.owner} {self.balance}>"
    def __lt__(self, other): return self.balance < other.balance
    def __iadd__(self, amount):
        self.balance += amount
        return self
    def __isub__(self, amount):
        self.balance -= amount + self.fee
        return self


class Checking(Account):
    fee = 1
    limit = property(lambda self: -100)


class Savings(Account):
    rate = 5

    def interest(self):
        self += self.balance * self.rate // 100


class Bank:
    def __init__(self): self.accounts, self.log, self.undo_stack = {}, [], []

    def open(self, kind, owner, balance=0):
        a = kind(owner, balance)
        a.watchers.append(lambda acc, old, new: self.log.append((acc.owner, new - old)))
        self.accounts[owner] = a
        return a

    def transfer(self, source, target, amount):
        a, b = self.accounts[source], self.accounts[target]
        before = a.balance, b.balance
        try:
            a -= amount
            try:
                b += amount
            except BankError:
                a += amount + a.fee
                raise
        except BankError as e:
            e.add_note(f"transfer {source}->{target}")
            raise

        def undo():
            a._balance, b._balance = before
        self.undo_stack.append(undo)

    def undo(self): self.undo_stack.pop()()
    def __getitem__(self, owner): return self.accounts[owner]
    def __contains__(self, owner): return owner in self.accounts
    def __iter__(self): return iter(sorted(self.accounts.values(), reverse=True))
    def report(self):
        for a in self:
            yield f"{a.owner:<6}|{a.balance:>8,}|{type(a).__name__[0]}"
        yield f"{'total':<6}|{sum(a.balance for a in self):>8,}|"


bank = Bank()
bank.open(Checking, "ann", 500)
bank.open(Savings, "bob", 12000)
bank.open(Account, "cy")
bank.transfer("ann", "cy", 200)
bank.transfer("bob", "ann", 2500)
print(*bank.report(), sep="\n")
bank.undo()
bank["bob"].interest()
print(*bank.report(), sep="\n")
for args in [("cy", "ann", 201), ("ann", "bob", 1000), ("cy", "zed", 1), ("ann", "cy", 398)]:
    try:
        bank.transfer(*args)
        print(args, "done")
    except Insufficient as e:
        print(type(e).__name__, e, e.__notes__, e.wanted, e.account is bank[args[0]])
    except KeyError as e:
        print("no account", e)
bank["bob"].frozen = True
try:
    bank.transfer("cy", "bob", 10)
except Frozen as e:
    print("frozen", e, bank["cy"].balance, e.__notes__)
print(bank.log, list(bank), "ann" in bank, min(bank), sum(d for _, d in bank.log))
try:
    bank["ann"].limit = 5
except AttributeError as e:
    print(e)
