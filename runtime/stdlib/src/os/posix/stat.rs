//! The `stat` family: results as struct sequences.
//!
//! CPython: Modules/posixmodule.c (_pystat_fromstructstat, os_stat_impl).

use super::path::{In, NAME, NAME_OR_FD, id_obj};
use crate::os::convert::new_bytes;
use crate::os::structs;
use crate::os::sys_calls as sys;
use crate::struct_seq;
use adder_object::bind::Bound;
use adder_object::{Obj, PyResult, Vm, float, int, singletons};

struct_seq!(STAT_DEF "os.stat_result" visible=10
"stat_result: Result from stat, fstat, or lstat.

This object may be accessed either as a tuple of
  (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime)
or via the attributes st_mode, st_ino, st_dev, st_nlink, st_uid, and so on." {
    "st_mode"; "st_ino"; "st_dev"; "st_nlink";
    "st_uid"; "st_gid"; "st_size";
    ""; ""; "";
    "st_atime"; "st_mtime"; "st_ctime";
    "st_atime_ns"; "st_mtime_ns";
    "st_ctime_ns"; "st_blksize";
    "st_blocks"; "st_rdev";
});
struct_seq!(STATVFS_DEF "os.statvfs_result" visible=10
"statvfs_result: Result from statvfs or fstatvfs.

This object may be accessed either as a tuple of
  (bsize, frsize, blocks, bfree, bavail, files, ffree, favail, flag, namemax),
or via the attributes f_bsize, f_frsize, f_blocks, f_bfree, and so on." {
    "f_bsize"; "f_frsize"; "f_blocks"; "f_bfree"; "f_bavail"; "f_files"; "f_ffree"; "f_favail";
    "f_flag"; "f_namemax"; "f_fsid";
});

pub fn stat_obj(st: &libc::stat) -> Obj {
    let times = [(st.st_atime, st.st_atime_nsec), (st.st_mtime, st.st_mtime_nsec), (st.st_ctime, st.st_ctime_nsec)];
    let mut v = vec![
        int::from_i64(st.st_mode as i64),
        int::from_u64(st.st_ino),
        int::from_u64(st.st_dev),
        int::from_u64(st.st_nlink),
        id_obj(st.st_uid),
        id_obj(st.st_gid),
        int::from_i64(st.st_size),
    ];
    v.extend(times.iter().map(|t| int::from_i64(t.0)));
    v.extend(times.iter().map(|t| float::from_f64(t.0 as f64 + 1e-9 * t.1 as f64)));
    v.extend(times.iter().map(|t| int::from_i128(t.0 as i128 * 1_000_000_000 + t.1 as i128)));
    v.extend([int::from_i64(st.st_blksize), int::from_i64(st.st_blocks), int::from_u64(st.st_rdev)]);
    structs::make(&STAT_DEF, v)
}

fn do_stat(a: &In<'_>, dir_fd: i32, follow: i32) -> PyResult {
    let p = a.path(0, "path", if a.name == "lstat" { NAME } else { NAME_OR_FD })?;
    if a.name != "lstat" {
        a.check_fd_path(&p, dir_fd, follow)?;
    }
    let r = a.vm.allow_threads(|| if p.is_fd() { sys::fstat(p.fd) } else { sys::fstatat(dir_fd, p.c(), follow) });
    r.map(|st| stat_obj(&st)).map_err(|n| p.error(n))
}
pub fn stat(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "stat");
    do_stat(&a, a.dir_fd(1)?, a.nofollow(2)?)
}
pub fn lstat(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "lstat");
    do_stat(&a, a.dir_fd(1)?, libc::AT_SYMLINK_NOFOLLOW)
}
pub fn fstat(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "fstat");
    let fd = a.int(0, 0)?;
    Ok(stat_obj(&a.run(|| sys::fstat(fd))?))
}
fn statvfs_obj(s: &libc::statvfs) -> Obj {
    let v = [
        s.f_bsize,
        s.f_frsize,
        s.f_blocks,
        s.f_bfree,
        s.f_bavail,
        s.f_files,
        s.f_ffree,
        s.f_favail,
        s.f_flag,
        s.f_namemax,
        s.f_fsid,
    ];
    structs::make(&STATVFS_DEF, v.iter().map(|&n| int::from_u64(n)).collect())
}
pub fn statvfs(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "statvfs");
    let p = a.path(0, "path", NAME_OR_FD)?;
    let r = vm.allow_threads(|| if p.is_fd() { sys::fstatvfs(p.fd) } else { sys::statvfs(p.c()) });
    r.map(|s| statvfs_obj(&s)).map_err(|n| p.error(n))
}
pub fn fstatvfs(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "fstatvfs");
    let fd = a.int(0, 0)?;
    Ok(statvfs_obj(&a.run(|| sys::fstatvfs(fd))?))
}
pub fn access(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "access");
    let p = a.path(0, "path", NAME)?;
    let mode = a.int(1, 0)?;
    let dir = a.dir_fd(2)?;
    let mut flags = if a.flag(3, false)? { libc::AT_EACCESS } else { 0 };
    flags |= a.nofollow(4)?;
    let ok = vm.allow_threads(|| sys::faccessat(dir, p.c(), mode, flags).is_ok());
    Ok(singletons::bool_obj(ok))
}
pub fn readlink(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "readlink");
    let p = a.path(0, "path", NAME)?;
    let dir = a.dir_fd(1)?;
    let r = vm.allow_threads(|| sys::readlinkat(dir, p.c()));
    match r {
        Ok(v) if p.is_bytes => Ok(new_bytes(&v)),
        Ok(v) => Ok(p.decode(&v)),
        Err(n) => Err(p.error(n)),
    }
}
