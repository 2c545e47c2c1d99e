//! A few facts of every codec; the broad comparison is scripts/check-codecs.py. Expected values are CPython's.

use adder_unicode::codec::errors::{self, Utf};
use adder_unicode::codec::{
    self, DecodeProblem, DecodeRepair, EncodeProblem, EncodeRepair, Mapped, Order, Replacement,
};

type Problems = Vec<(&'static str, &'static str, usize, usize)>;

/// Puts a question mark for everything malformed, and keeps the problems.
fn question(log: &mut Problems) -> impl FnMut(DecodeProblem<'_>) -> Result<DecodeRepair, ()> {
    |p| {
        log.push((p.encoding, p.reason, p.start, p.end));
        Ok((vec!['?' as u32], p.end).into())
    }
}

fn question_chars(log: &mut Problems) -> impl FnMut(EncodeProblem) -> Result<EncodeRepair, ()> {
    |p| {
        log.push((p.encoding, p.reason, p.start, p.end));
        Ok((Replacement::Chars(vec!['?' as u32]), p.end))
    }
}

fn shown(chars: &[u32]) -> String {
    chars.iter().map(|&c| char::from_u32(c).unwrap_or('~')).collect()
}

#[test]
fn utf8() {
    let (mut out, mut log) = (Vec::new(), Problems::new());
    let bytes = b"a\xe2\x82\xac\xff\xe2\x82b\xf0\x9f";
    assert_eq!(codec::decode_utf8(bytes, true, &mut out, &mut question(&mut log)), Ok(10));
    assert_eq!(shown(&out), "a€??b?");
    let reasons = [
        ("utf-8", "invalid start byte", 4, 5),
        ("utf-8", "invalid continuation byte", 5, 7),
        ("utf-8", "unexpected end of data", 8, 10),
    ];
    assert_eq!(log, reasons);
    out.clear();
    assert_eq!(codec::decode_utf8(bytes, false, &mut out, &mut question(&mut log)), Ok(8));
}

#[test]
fn utf16_marks() {
    let (mut out, mut log) = (Vec::new(), Problems::new());
    let result =
        codec::decode_utf16(b"\xfe\xff\0a\xd8\x3d\xdc\x0d\0", Order::Marked, true, &mut out, &mut question(&mut log));
    assert_eq!(result, Ok((9, Order::Big)));
    assert_eq!(shown(&out), "a\u{1f40d}?");
    assert_eq!(log, [("utf-16-be", "truncated data", 8, 9)]);
}

#[test]
fn charmap() {
    let (mut out, mut log) = (Vec::new(), Problems::new());
    let table = ['x' as u32, 0xFFFE];
    let lookup = |b: u8| {
        Ok(match table.get(usize::from(b)) {
            None | Some(0xFFFE) => Mapped::Undefined,
            Some(&c) => Mapped::One(c),
        })
    };
    assert_eq!(codec::decode_charmap(b"\0\x01\x02", lookup, &mut out, &mut question(&mut log)), Ok(3));
    assert_eq!(shown(&out), "x??");
    assert_eq!(log.len(), 2);
    log.clear();
    let map = codec::EncodingMap::build(b"a?cccccccccb".as_slice());
    let lookup = |c| Ok(map.get(c).map_or(Mapped::Undefined, |b| Mapped::One(u32::from(b))));
    let mut bytes = Vec::new();
    codec::encode_charmap(b"abde".as_slice(), lookup, &mut bytes, &mut question_chars(&mut log)).expect("repaired");
    assert_eq!(bytes, [0, 11, 1]);
    assert_eq!(log, [("charmap", "character maps to <undefined>", 2, 4)]);
}

#[test]
fn handlers_may_change_the_input() {
    let mut out = Vec::new();
    let handler = &mut |p: DecodeProblem<'_>| {
        Ok::<_, ()>(DecodeRepair { chars: vec!['!' as u32], resume: p.end, input: Some(b"\xffnew".to_vec()) })
    };
    assert_eq!(codec::decode_utf8(b"\xff", true, &mut out, handler), Ok(4));
    assert_eq!(shown(&out), "!new");
}

#[test]
fn unencodable_answers_are_fatal() {
    let mut out = Vec::new();
    let handler = &mut |p: EncodeProblem| {
        if p.fatal { Err(p.start) } else { Ok((Replacement::Chars(vec![0xE9]), p.end)) }
    };
    assert_eq!(codec::encode_ascii(b"A\xe9".as_slice(), &mut out, handler), Err(1));
}

#[test]
fn policies() {
    assert_eq!(errors::escape_bytes(b"\xff\x80a"), Some(vec![0xDCFF, 0xDC80]));
    assert_eq!(errors::escape_bytes(b"a"), None);
    assert_eq!(errors::name_references([0x20AC, 0xE000]), "\\N{EURO SIGN}\\ue000");
    assert_eq!(Utf::from_name("UTF_16be"), Some(Utf::Utf16(Order::Big)));
    assert_eq!(Utf::Utf8.pass_bytes(b"\xed\xa0\x80"), Some((0xD800, 3)));
}

#[test]
fn escapes() {
    let (mut out, mut log) = (Vec::new(), Problems::new());
    let e =
        codec::decode_unicode_escape(br"\x41\q\N{SNAKE}\400", true, &mut out, &mut question(&mut log)).expect("fine");
    assert_eq!((e.first_invalid, e.first_invalid_at), (Some('q' as u32), 5));
    assert_eq!(shown(&out), "A\\q\u{1f40d}\u{100}");
}
