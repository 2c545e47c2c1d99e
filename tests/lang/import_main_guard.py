# args: one two --flag
# The program as a module: sys.argv, __main__, sys attributes that programs look at.
import __main__
import sys

print(__name__, __main__.__name__, sys.argv[1:], sys.argv[0].endswith("import_main_guard.py"))
value = 42
print(__main__.value, sys.modules["__main__"] is __main__, vars(__main__) is globals())
print(sys.version_info[:2], sys.byteorder, sys.maxsize == 2**63 - 1, sys.maxunicode, sys.platform, sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.float_repr_style, sys.hash_info.width, sys.hash_info.modulus, sys.int_info.bits_per_digit in (30, 62, 61, 64), sys.getrecursionlimit())
print(sys.flags.optimize, sys.flags.dev_mode, sys.flags.utf8_mode in (0, 1), sys.dont_write_bytecode, type(sys.flags).__name__, sys.hexversion >> 16 == 0x30E, sys.api_version, sys.copyright.startswith("Copyright"), sys.exec_prefix != "", sys.executable != "")
print(sys.stdin.name, sys.stdout.encoding, sys.stderr.name, sys.__stdout__ is sys.stdout, sys.stdout.fileno(), sys.stdout.isatty(), sys.displayhook is sys.__displayhook__, sys.excepthook is sys.__excepthook__)
print(sys.path[0] != "", sys.getswitchinterval(), sys.getallocatedblocks() > 0, sys.intern("a") is sys.intern("a"), sys.is_finalizing(), sys.warnoptions, sys.orig_argv[-1], sys.thread_info.name, sys.getsizeof(1) > 0, sys.gettrace(), sys.getprofile())
for bad in (lambda: sys.intern(5), lambda: sys.exit.x, lambda: sys.nope, lambda: sys.setswitchinterval(-1), lambda: sys.getsizeof(), lambda: sys.getrefcount(), lambda: sys.intern(type("S", (str,), {})())):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
sys.displayhook("shown")
sys.displayhook(None)
sys.ps1 = "custom"


class Size:
    def __sizeof__(self): return 10


print(sys.getsizeof(Size()) >= 10, sys.getsizeof(Size(), 5) >= 5, sys.implementation.version[:2], sys.implementation.cache_tag.endswith("314"), len(sys.implementation.name) > 0)
if __name__ == "__main__":
    print("guarded")
    sys.exit(0)
