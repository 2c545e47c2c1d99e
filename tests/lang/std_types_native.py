import _sysconfig, _types, datetime, sysconfig, types

for name in sorted(dir(_types)):
    if not name.startswith("__"):
        print(name, getattr(_types, name), getattr(types, name) is getattr(_types, name))
print(sorted(types.__all__))
print(type(datetime.datetime_CAPI) is types.CapsuleType, repr(datetime.datetime_CAPI).split(" at ")[0])
for call in (types.CapsuleType, lambda: type("C", (types.CapsuleType,), {})):
    try:
        call()
    except TypeError as e:
        print(e)
print(_sysconfig.config_vars(), _sysconfig.__doc__)
print(sysconfig.get_config_var("Py_GIL_DISABLED"), sysconfig.get_config_var("Py_DEBUG"))
