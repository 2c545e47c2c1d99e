# Identifiers of version 1 from the clock, and of the other versions.
import uuid
import _uuid

made = [uuid.UUID(bytes=_uuid.generate_time_safe()[0]) for _ in range(1000)]
print({u.version for u in made}, {u.variant for u in made}, len(set(made)), [u.time for u in made] == sorted(u.time for u in made), len({u.node for u in made}), len({u.clock_seq for u in made}))
print(_uuid.generate_time_safe()[1], _uuid.has_uuid_generate_time_safe, _uuid.has_stable_extractable_node, uuid.uuid1().is_safe, uuid.uuid1(1, 2).fields[3:])
print(uuid.uuid3(uuid.NAMESPACE_DNS, "python.org"), uuid.uuid5(uuid.NAMESPACE_DNS, "python.org"), uuid.uuid4().version, uuid.uuid6().version, uuid.uuid7().version, uuid.uuid8(1, 2, 3))
try:
    _uuid.generate_time_safe(1)
except TypeError as e:
    print(e)
