# Files: text and binary, modes, seek and tell, newlines, encodings, buffering, errors; StringIO, BytesIO; pathlib, os, tempfile, shutil.
import io
import os
import pathlib
import shutil
import tempfile

tmp = pathlib.Path(tempfile.mkdtemp())
os.chdir(tmp)
with open("a.txt", "w", encoding="utf-8") as f:
    print(f.write("line one\nzwei é\n日本\n"), f.tell(), f.name, f.mode, f.encoding, f.closed, f.writable(), f.readable(), f.seekable(), f.line_buffering, f.newlines)
print(f.closed, os.path.getsize("a.txt"), repr(f).replace("'a.txt'", "A"))
with open("a.txt") as f:
    print(repr(f.readline()), repr(f.read(4)), repr(f.read()), repr(f.read()), f.seek(0), list(f), f.seek(0), f.readlines(3), f.seek(0), f.readlines())
with open("a.txt", "rb") as f:
    print(f.read(5), f.tell(), f.seek(-4, 2), f.read(), f.seek(0), f.readline(), f.readinto(b := bytearray(3)), b, f.peek(2)[:2], f.mode, f.raw.__class__.__name__)
with open("a.txt", "a") as f:
    f.write("appended")
with open("a.txt", "r+") as f:
    f.seek(5)
    f.write("ONE")
    f.seek(0)
    print(f.read().splitlines())
with open("nl.txt", "wb") as f:
    f.write(b"a\r\nb\rc\nd")
for nl in (None, "", "\n", "\r", "\r\n"):
    with open("nl.txt", newline=nl) as f:
        print(repr(nl), f.readlines(), f.newlines)
with open("nl2.txt", "w", newline="\r\n") as f:
    f.write("x\ny\n")
print(open("nl2.txt", "rb").read(), open("a.txt", encoding="latin-1").read()[14:20], open("a.txt", encoding="ascii", errors="replace").readlines()[1], open("a.txt", encoding="ascii", errors="ignore").readlines()[2])
for args in [("nope.txt",), ("a.txt", "x"), ("a.txt", "q"), ("a.txt", "rw"), ("a.txt", "rb", 0, "utf-8"), (".",), ("a.txt", "r", 0), ("a\0b",), (5.5,), ("a.txt", "r", -1, "nope"), ("a.txt", "rbt"), (-1,), ("no/dir/file", "w"), ("a.txt", "")]:
    try:
        open(*args).close()
        print(args, "ok")
    except Exception as e:
        print(args, "->", type(e).__name__, e)
f = open("a.txt")
f.close()
for use in (lambda: f.read(), lambda: f.write("x"), lambda: next(f), lambda: f.seek(0), lambda: f.__enter__(), lambda: open("a.txt").write("x"), lambda: open("b.bin", "wb").write("text"), lambda: open("c.txt", "w").write(b"x"), lambda: open("c.txt", "w").read(), lambda: open("a.txt", encoding="ascii").read(), lambda: open("a.txt").seek(-1), lambda: open("a.txt").seek(1, 2)):
    try:
        use()
    except Exception as e:
        print(type(e).__name__, e)
s = io.StringIO("one\ntwo\n")
print(s.read(3), s.tell(), s.readline(), s.write("XX"), s.getvalue(), s.seek(0), list(s), s.truncate(3), s.getvalue(), s.closed, s.seek(0, 2))
b = io.BytesIO(b"abc")
print(b.read(1), b.getvalue(), b.seek(0, 2), b.write(b"def"), b.getvalue(), b.getbuffer()[1], b.readable(), io.TextIOWrapper(io.BytesIO(b"wr\r\nap")).read(), io.BufferedReader(io.BytesIO(b"xyz")).read(2), b.seek(1), b.readlines())
p = tmp / "dir" / "sub" / "file.tar.gz"
p.parent.mkdir(parents=True)
p.write_text("content")
print(p.name, p.stem, p.suffix, p.suffixes, p.parent.name, p.read_text(), p.exists(), p.is_file(), p.with_suffix(".zip").name, p.with_name("x").name, p.relative_to(tmp), p.stat().st_size, sorted(q.name for q in tmp.iterdir()), sorted(q.name for q in tmp.rglob("*.gz")), [q.name for q in tmp.glob("*.txt") if q.stem == "a"], pathlib.PurePosixPath("/a/../b//c/."), pathlib.Path("a") / "b" == pathlib.Path("a/b"), p.read_bytes(), p.rename(tmp / "moved").name, p.exists())
print(os.path.join("a", "/b", "c"), os.path.split("/a/b/c.txt"), os.path.splitext("x.tar.gz"), os.path.normpath("a/./b/../c//d"), os.path.basename("/x/"), os.path.dirname("/x/y"), os.path.isabs("a"), os.path.commonpath(["/a/b", "/a/c"]), os.path.relpath("/a/b", "/a/c"), os.path.expanduser("nohome"), os.path.exists("nope"), sorted(os.listdir("dir")), os.path.isdir("dir"), [(sorted(d), sorted(fs)) for _, d, fs in os.walk("dir")], sorted(e.name for e in os.scandir(".") if e.is_file()))
os.rename("nl.txt", "renamed.txt")
os.remove("renamed.txt")
os.makedirs("x/y", exist_ok=True)
shutil.copy("a.txt", "x/copy.txt")
shutil.copytree("x", "z")
shutil.move("z", "w")
print(sorted(os.listdir("w")), shutil.rmtree("x"), os.path.exists("x"))
for bad in (lambda: os.remove("nope"), lambda: os.mkdir("dir"), lambda: os.rmdir("w"), lambda: os.listdir("nope"), lambda: os.rename("nope", "x"), lambda: os.chdir("a.txt"), lambda: os.stat(""), lambda: pathlib.Path("nope").read_text(), lambda: pathlib.Path("a").relative_to("b"), lambda: os.open("nope", os.O_RDONLY), lambda: os.close(999), lambda: os.read(999, 1), lambda: os.path.join(1, "a"), lambda: os.fspath(5), lambda: os.symlink("a", "a.txt")):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
fd = os.open("raw", os.O_RDWR | os.O_CREAT)
print(os.write(fd, b"low level"), os.lseek(fd, 0, 0), os.read(fd, 3), os.fstat(fd).st_size, os.close(fd))
r, w = os.pipe()
os.write(w, b"through")
os.close(w)
with os.fdopen(r) as pf:
    print(pf.read())
with tempfile.TemporaryFile("w+") as t:
    t.write("temp")
    t.seek(0)
    print(t.read())
os.chdir("/")
shutil.rmtree(tmp)
print(tmp.exists())
