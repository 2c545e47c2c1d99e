import a.b.c as d
from e import f, g as h


class Base(metaclass=Meta):
    """Doc."""

    field: int = 1

    def method(self):
        self.value = super().method()
        return __class__


@decorator
class Generic[T: int, *Ts, **P](Base):
    def get[U](self, x: U) -> T: ...


type Alias[T] = list[T]
