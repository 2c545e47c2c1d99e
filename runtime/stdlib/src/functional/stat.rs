//! `_stat`: file modes (the numbers of Linux).

use adder_object::spec::{Native, method};
use adder_object::{ModuleSpec, Obj, PyResult, Vm, error, int, module, ops, singletons, str};

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "S_IFMT_: file type bits\nS_ISxxx: tests of them\nfilemode: the text ls prints",
    functions: &[
        method(
            "S_ISDIR($self, object, /)",
            Native::One(is::<0o040000>),
            "S_ISDIR(mode) -> bool\n\nReturn True if mode is from a directory.",
        ),
        method(
            "S_ISCHR($self, object, /)",
            Native::One(is::<0o020000>),
            "S_ISCHR(mode) -> bool\n\nReturn True if mode is from a character special device file.",
        ),
        method(
            "S_ISBLK($self, object, /)",
            Native::One(is::<0o060000>),
            "S_ISBLK(mode) -> bool\n\nReturn True if mode is from a block special device file.",
        ),
        method(
            "S_ISREG($self, object, /)",
            Native::One(is::<0o100000>),
            "S_ISREG(mode) -> bool\n\nReturn True if mode is from a regular file.",
        ),
        method(
            "S_ISFIFO($self, object, /)",
            Native::One(is::<0o010000>),
            "S_ISFIFO(mode) -> bool\n\nReturn True if mode is from a FIFO (named pipe).",
        ),
        method(
            "S_ISLNK($self, object, /)",
            Native::One(is::<0o120000>),
            "S_ISLNK(mode) -> bool\n\nReturn True if mode is from a symbolic link.",
        ),
        method(
            "S_ISSOCK($self, object, /)",
            Native::One(is::<0o140000>),
            "S_ISSOCK(mode) -> bool\n\nReturn True if mode is from a socket.",
        ),
        method(
            "S_ISDOOR($self, object, /)",
            Native::One(never),
            "S_ISDOOR(mode) -> bool\n\nReturn True if mode is from a door.",
        ),
        method(
            "S_ISPORT($self, object, /)",
            Native::One(never),
            "S_ISPORT(mode) -> bool\n\nReturn True if mode is from an event port.",
        ),
        method(
            "S_ISWHT($self, object, /)",
            Native::One(never),
            "S_ISWHT(mode) -> bool\n\nReturn True if mode is from a whiteout.",
        ),
        method(
            "S_IMODE($self, object, /)",
            Native::One(|vm, _, m| Ok(int::from_i64((mode(vm, m)? & 0o7777) as i64))),
            "Return the portion of the file's mode that can be set by os.chmod().",
        ),
        method(
            "S_IFMT($self, object, /)",
            Native::One(|vm, _, m| Ok(int::from_i64((mode(vm, m)? & 0o170000) as i64))),
            "Return the portion of the file's mode that describes the file type.",
        ),
        method(
            "filemode($self, object, /)",
            Native::One(filemode),
            "Convert a file's mode to a string of the form '-rwxrwxrwx'",
        ),
    ],
    init: Some(|_, m| {
        let d = module::dict(m.obj());
        CONSTANTS.iter().for_each(|&(name, n)| d.set_str(name, int::from_i64(n)));
        Ok(())
    }),
    ..ModuleSpec::new("_stat")
};

static CONSTANTS: &[(&::std::primitive::str, i64)] = &[
    ("S_IFDIR", 0o040000),
    ("S_IFCHR", 0o020000),
    ("S_IFBLK", 0o060000),
    ("S_IFREG", 0o100000),
    ("S_IFIFO", 0o010000),
    ("S_IFLNK", 0o120000),
    ("S_IFSOCK", 0o140000),
    ("S_IFDOOR", 0),
    ("S_IFPORT", 0),
    ("S_IFWHT", 0),
    ("S_ISUID", 0o4000),
    ("S_ISGID", 0o2000),
    ("S_ISVTX", 0o1000),
    ("S_ENFMT", 0o2000),
    ("S_IREAD", 0o400),
    ("S_IWRITE", 0o200),
    ("S_IEXEC", 0o100),
    ("S_IRWXU", 0o700),
    ("S_IRUSR", 0o400),
    ("S_IWUSR", 0o200),
    ("S_IXUSR", 0o100),
    ("S_IRWXG", 0o070),
    ("S_IRGRP", 0o040),
    ("S_IWGRP", 0o020),
    ("S_IXGRP", 0o010),
    ("S_IRWXO", 0o007),
    ("S_IROTH", 0o004),
    ("S_IWOTH", 0o002),
    ("S_IXOTH", 0o001),
    ("UF_SETTABLE", 0xFFFF),
    ("UF_NODUMP", 0x1),
    ("UF_IMMUTABLE", 0x2),
    ("UF_APPEND", 0x4),
    ("UF_OPAQUE", 0x8),
    ("UF_NOUNLINK", 0x10),
    ("UF_COMPRESSED", 0x20),
    ("UF_TRACKED", 0x40),
    ("UF_DATAVAULT", 0x80),
    ("UF_HIDDEN", 0x8000),
    ("SF_SETTABLE", 0xFFFF_0000),
    ("SF_ARCHIVED", 0x1_0000),
    ("SF_IMMUTABLE", 0x2_0000),
    ("SF_APPEND", 0x4_0000),
    ("SF_NOUNLINK", 0x10_0000),
    ("SF_SNAPSHOT", 0x20_0000),
    ("SF_FIRMLINK", 0x80_0000),
    ("SF_DATALESS", 0x4000_0000),
    ("ST_MODE", 0),
    ("ST_INO", 1),
    ("ST_DEV", 2),
    ("ST_NLINK", 3),
    ("ST_UID", 4),
    ("ST_GID", 5),
    ("ST_SIZE", 6),
    ("ST_ATIME", 7),
    ("ST_MTIME", 8),
    ("ST_CTIME", 9),
];

fn mode(vm: &Vm, o: &Obj) -> PyResult<u32> {
    let n = ops::to_i64(vm, o)?;
    if n < 0 {
        return Err(error::overflow_error("can't convert negative value to unsigned int"));
    }
    u32::try_from(n).map_err(|_| error::overflow_error("mode out of range"))
}
fn is<const KIND: u32>(vm: &Vm, _: &Obj, m: &Obj) -> PyResult {
    Ok(singletons::bool_obj(mode(vm, m)? & 0o170000 == KIND))
}
fn never(vm: &Vm, _: &Obj, m: &Obj) -> PyResult {
    mode(vm, m)?;
    Ok(singletons::false_obj())
}
fn filemode(vm: &Vm, _: &Obj, m: &Obj) -> PyResult {
    let m = mode(vm, m)?;
    let kind = match m & 0o170000 {
        0o100000 => '-',
        0o040000 => 'd',
        0o120000 => 'l',
        0o060000 => 'b',
        0o020000 => 'c',
        0o010000 => 'p',
        0o140000 => 's',
        _ => '?',
    };
    let mut text = String::from(kind);
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = m >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (m & special != 0, bits & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    Ok(str::from_str(&text).into_obj())
}
