//! Prints what the tables say of every character, or of texts and names read from standard input, for
//! scripts/check-unicode.py.

use adder_unicode::{CURRENT, Database, Form, Found, V3_2_0, case};
use std::io::{self, BufRead, BufWriter, Write};

fn hex(chars: &[u32]) -> String {
    chars.iter().map(|c| format!("{c:x}")).collect::<Vec<_>>().join(" ")
}

fn database(out: &mut impl Write, d: &Database, cp: u32) -> io::Result<()> {
    let small = |v: Option<u8>| v.map_or("-".to_owned(), |v| v.to_string());
    let number = d.numeric(cp).map_or("-".to_owned(), |n| format!("{:016x}", n.to_bits()));
    let name = d.name(cp).unwrap_or_default();
    write!(
        out,
        "|{}|{}|{}|{}|{}",
        d.category(cp),
        d.bidirectional(cp),
        d.combining(cp),
        d.east_asian_width(cp),
        u8::from(d.mirrored(cp))
    )?;
    write!(out, "|{}|{}|{number}|{}|{name}", small(d.decimal(cp)), small(d.digit(cp)), d.decomposition(cp))?;
    for form in [Form::Nfd, Form::Nfkd, Form::Nfc, Form::Nfkc] {
        write!(out, "|{}|{}", hex(&d.normalize(form, &[cp])), u8::from(d.is_normalized(form, &[cp])))?;
    }
    Ok(())
}

fn all(out: &mut impl Write) -> io::Result<()> {
    for cp in 0..0x11_0000 {
        write!(out, "{cp:x}|{:x}", adder_unicode::flags(cp).0)?;
        for mapping in [case::to_lower(cp), case::to_upper(cp), case::to_title(cp), case::to_folded(cp)] {
            write!(out, "|{}", hex(mapping.as_slice()))?;
        }
        write!(out, "|{:x}|{:x}", case::simple_lower(cp), case::simple_upper(cp))?;
        database(out, &CURRENT, cp)?;
        database(out, &V3_2_0, cp)?;
        writeln!(out)?;
    }
    Ok(())
}

fn text(out: &mut impl Write, t: &[u32]) -> io::Result<()> {
    let maps =
        [case::lower(t), case::upper(t), case::title(t), case::casefold(t), case::swapcase(t), case::capitalize(t)];
    let maps = maps.iter().map(|m| hex(m)).collect::<Vec<_>>().join("|");
    let asked = [case::is_titled(t), case::is_lowered(t), case::is_uppered(t)].map(u8::from);
    write!(out, "{maps}|{asked:?}")?;
    for d in [CURRENT, V3_2_0] {
        for form in [Form::Nfd, Form::Nfkd, Form::Nfc, Form::Nfkc] {
            write!(out, "|{}|{}", hex(&d.normalize(form, t)), u8::from(d.is_normalized(form, t)))?;
        }
    }
    writeln!(out)
}

fn found(f: Option<Found>) -> String {
    match f {
        None => "-".to_owned(),
        Some(Found::One(c)) => hex(&[c]),
        Some(Found::Sequence(s)) => hex(s),
    }
}

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    if std::env::args().nth(1).as_deref() == Some("all") {
        return all(&mut out);
    }
    for line in io::stdin().lock().lines() {
        let line = line?;
        if let Some(name) = line.strip_prefix("name ") {
            writeln!(out, "{}|{}", found(CURRENT.lookup(name)), found(V3_2_0.lookup(name)))?;
        } else {
            let chars: Vec<u32> = line.split_whitespace().filter_map(|h| u32::from_str_radix(h, 16).ok()).collect();
            text(&mut out, &chars)?;
        }
    }
    Ok(())
}
