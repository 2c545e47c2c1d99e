# stdin: first line\nsecond line\n42\n\nlast é日
# Reading standard input: input(), iteration, read, EOF.
import sys

print(repr(input()), repr(input("prompt> ")), int(input()) + 1, repr(input()))
print(repr(sys.stdin.readline()), repr(sys.stdin.readline()), repr(sys.stdin.read()), list(sys.stdin))
try:
    input("at the end? ")
except EOFError as e:
    print(repr(e))
sys.stdout.write("written\n")
print(sys.stdout.write("éü日\n"), sys.stdin.encoding, sys.stdin.errors, sys.stdin.isatty(), sys.stdin.mode, sys.stdin.newlines)
sys.stdout.buffer.write(b"raw bytes\n")
sys.stdout.flush()
try:
    sys.stdin.write("x")
except Exception as e:
    print(type(e).__name__, e)
