//! A few facts of every table; the exhaustive comparison is scripts/check-unicode.py. Expected values are CPython's.

use adder_unicode::{CURRENT, Form, Found, V3_2_0, case, lookup, lookup_char};

fn text(s: &str) -> Vec<u32> {
    s.chars().map(u32::from).collect()
}

#[test]
fn properties() {
    assert_eq!(adder_unicode::category(0x378), "Cn");
    assert_eq!(adder_unicode::category('A' as u32), "Lu");
    assert_eq!(CURRENT.bidirectional(0x5D0), "R");
    assert_eq!(CURRENT.combining(0x301), 230);
    assert_eq!(CURRENT.east_asian_width(0x4E00), "W");
    assert!(CURRENT.mirrored('(' as u32));
    assert_eq!(adder_unicode::decimal(0x667), Some(7));
    assert_eq!(adder_unicode::digit(0xB2), Some(2));
    assert_eq!(adder_unicode::numeric(0xBD), Some(0.5));
    assert!(adder_unicode::xid_start(0x4E00) && !adder_unicode::xid_start('1' as u32));
    assert!(!adder_unicode::is_printable(0xD800));
}

#[test]
fn case_of_strings() {
    assert_eq!(case::lower(text("ΑΣ ΑΣΑ").as_slice()), text("ας ασα"));
    assert_eq!(case::upper(b"stra\xdfe".as_slice()), text("STRASSE"));
    assert_eq!(case::title(text("ǆ они're").as_slice()), text("ǅ Они'Re"));
    assert_eq!(case::casefold(text("ẞ").as_slice()), text("ss"));
    assert!(case::is_titled(b"Hello World".as_slice()));
}

#[test]
fn normal_forms() {
    assert_eq!(CURRENT.normalize(Form::Nfc, &text("e\u{301}")), text("é"));
    assert_eq!(CURRENT.normalize(Form::Nfd, &text("각")), [0x1100, 0x1161, 0x11A8]);
    assert_eq!(CURRENT.normalize(Form::Nfkc, &text("ﬁ")), text("fi"));
    assert_eq!(V3_2_0.normalize(Form::Nfd, &[0x2F868]), [0x2136A]);
    assert!(CURRENT.is_normalized(Form::Nfc, &[0xD800, 0x41]));
}

#[test]
fn names() {
    assert_eq!(CURRENT.name(0x1F40D).as_deref(), Some("SNAKE"));
    assert_eq!(V3_2_0.name(0x1F40D), None);
    assert_eq!(CURRENT.name(0xAC01).as_deref(), Some("HANGUL SYLLABLE GAG"));
    assert_eq!(lookup("snake"), Some(Found::One(0x1F40D)));
    assert_eq!(lookup_char("CJK UNIFIED IDEOGRAPH-4E00"), Some(0x4E00));
    assert_eq!(lookup_char("NULL"), Some(0));
    assert_eq!(lookup_char("LATIN SMALL LETTER R WITH TILDE"), None);
    assert_eq!(lookup("LATIN SMALL LETTER R WITH TILDE"), Some(Found::Sequence(&[0x72, 0x303])));
}
