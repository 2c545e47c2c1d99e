//! Compares every function with what CPython answered; the files in `data` come from scripts/gen-num-expect.py.

use adder_num::complex::{self, Complex};
use adder_num::float::{self, FloatError};
use adder_num::format::{self, FormatError};
use adder_num::int::{self, ByteOrder};
use adder_num::{IBig, hash, percent};

/// Collects differences so that one run shows them all.
struct Report {
    file: &'static str,
    count: usize,
    wrong: Vec<String>,
}

impl Report {
    fn new(file: &'static str) -> Report {
        Report { file, count: 0, wrong: Vec::new() }
    }

    fn check(&mut self, case: &[String], got: &str, wanted: &str) {
        self.count += 1;
        if got != wanted {
            self.wrong.push(format!("{case:?}\n      got {got}\n   wanted {wanted}"));
        }
    }

    fn done(self) {
        let shown = self.wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
        assert!(self.wrong.is_empty(), "{}: {} of {} differ\n{shown}", self.file, self.wrong.len(), self.count);
        assert!(self.count > 0);
    }
}

fn cases(file: &str) -> Vec<Vec<String>> {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("data file");
    text.lines().map(|l| l.split('\t').map(str::to_owned).collect()).collect()
}

/// Undoes Python's unicode_escape.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let length = match chars.next() {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            Some('n') => {
                out.push('\n');
                continue;
            }
            Some('t') => {
                out.push('\t');
                continue;
            }
            other => {
                out.extend(other);
                continue;
            }
        };
        let code: String = chars.by_ref().take(length).collect();
        let code = u32::from_str_radix(&code, 16).expect("hex digits");
        out.push(char::from_u32(code).expect("a character"));
    }
    out
}

fn f(bits: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(bits, 16).expect("bits"))
}

fn bits(x: f64) -> String {
    // Every NaN counts as one, but for the sign.
    if x.is_nan() {
        return "nan".to_owned();
    }
    format!("{:016x}", x.to_bits())
}

fn same_bits(text: &str) -> String {
    match u64::from_str_radix(text, 16) {
        Ok(b) if text.len() == 16 => bits(f64::from_bits(b)),
        _ => text.to_owned(),
    }
}

fn same_pair(text: &str) -> String {
    text.split(',').map(same_bits).collect::<Vec<_>>().join(",")
}

fn z(pair: &str) -> Complex {
    let (re, im) = pair.split_once(',').expect("pair");
    Complex { re: f(re), im: f(im) }
}

fn show_z(z: Complex) -> String {
    format!("{},{}", bits(z.re), bits(z.im))
}

fn big(text: &str) -> IBig {
    text.parse().expect("int")
}

fn float_error(e: FloatError) -> String {
    match e {
        FloatError::ZeroDivision => "ZeroDivisionError",
        FloatError::Overflow | FloatError::Infinity => "OverflowError",
        FloatError::ComplexResult => "complex",
        FloatError::Nan => "ValueError",
    }
    .to_owned()
}

/// The result field, or the exception's name.
fn wanted(case: &[String]) -> String {
    if case[3] == "ok" { case[4].clone() } else { case[3].clone() }
}

#[test]
fn float_repr() {
    let mut report = Report::new("float_repr");
    for c in cases("float_repr.txt") {
        report.check(&c, &float::repr(f(&c[0])), &c[1]);
        report.check(&c, &float::hex(f(&c[0])), &c[2]);
    }
    report.done();
}

#[test]
fn float_parse() {
    let mut report = Report::new("float_parse");
    for c in cases("float_parse.txt") {
        let got = float::parse(&unescape(&c[0])).map_or("ValueError".to_owned(), bits);
        report.check(&c, &got, &if c[1] == "ok" { same_bits(&c[2]) } else { c[1].clone() });
    }
    for c in cases("float_fromhex.txt") {
        let got = match float::from_hex(&unescape(&c[0])) {
            Ok(x) => bits(x),
            Err(float::HexError::TooLarge) => "OverflowError".to_owned(),
            Err(_) => "ValueError".to_owned(),
        };
        report.check(&c, &got, &if c[1] == "ok" { same_bits(&c[2]) } else { c[1].clone() });
    }
    report.done();
}

#[test]
fn float_ops() {
    let mut report = Report::new("float_ops");
    for c in cases("float_ops.txt") {
        let (a, b) = (f(&c[1]), || f(&c[2]));
        let got = match c[0].as_str() {
            "divmod" => float::div_mod(a, b()).map(|(q, r)| format!("{},{}", bits(q), bits(r))),
            "mod" => float::modulo(a, b()).map(bits),
            "pow" => float::pow(a, b()).map(bits),
            "round" => float::round(a, c[2].parse().expect("places")).map(bits),
            "ratio" => float::as_integer_ratio(a).map(|(n, d)| format!("{n},{d}")),
            "round0" => float::round_to_int(a).map(|n| n.to_string()),
            _ => float::to_int(a).map(|n| n.to_string()),
        };
        let exact = matches!(c[0].as_str(), "ratio" | "round0" | "int");
        let wanted = if exact { wanted(&c) } else { same_pair(&wanted(&c)) };
        report.check(&c, &got.unwrap_or_else(float_error), &wanted);
    }
    report.done();
}

#[test]
fn format_language() {
    let mut report = Report::new("format");
    for c in cases("format.txt") {
        let spec = unescape(&c[2]);
        let value = unescape(&c[1]);
        let result = match c[0].as_str() {
            "str" => format::format_str(&spec, &value, value.chars().count(), "str"),
            "int" => format::format_int(&spec, &big(&value), "int"),
            "float" => format::format_f64(&spec, f(&value), "float"),
            _ => format::format_complex(&spec, z(&value), "complex"),
        };
        let got = match result {
            Ok(text) => format!("ok {text}"),
            Err(FormatError::Value(text)) => format!("ValueError {text}"),
            Err(FormatError::Overflow(text)) => format!("OverflowError {text}"),
            Err(other) => format!("{other:?}"),
        };
        report.check(&c, &got, &format!("{} {}", c[3], unescape(&c[4])));
    }
    report.done();
}

#[test]
fn percent_pieces() {
    let mut report = Report::new("percent");
    for c in cases("percent.txt") {
        let text: Vec<u32> = unescape(&c[0]).chars().map(|ch| ch as u32).collect();
        let got = match percent::parse(|i| text.get(i).copied(), 1) {
            Err(e) => e.text().to_owned(),
            Ok(parsed) if c[1] == "error" => percent::unsupported(parsed.spec.code, parsed.code_at),
            Ok(parsed) => match c[1].as_str() {
                "int" => {
                    let value = big(&c[2]);
                    let text = parsed.spec.int(&value);
                    if let Some(small) = int::to_i64(&value) {
                        report.check(&c, &parsed.spec.int_i64(small), &text);
                    }
                    text
                }
                "float" => parsed.spec.float(f(&c[2])),
                _ => {
                    let (before, keep, after) = parsed.spec.text_layout(c[2].len());
                    format!("{}{}{}", " ".repeat(before), &c[2][..keep], " ".repeat(after))
                }
            },
        };
        report.check(&c, &got, &unescape(&c[3]));
    }
    report.done();
}

#[test]
fn int_text() {
    let mut report = Report::new("int_text");
    for c in cases("int_text.txt") {
        let n = int::parse(c[0].as_bytes(), 10, 0).expect("decimal").value;
        let radix = c[1].parse().expect("radix");
        report.check(&c, &int::to_str(&n), &c[0]);
        report.check(&c, &int::to_radix(&n, radix), &c[2]);
        report.check(&c, &int::parse(c[2].as_bytes(), radix, 0).expect("radix digits").value.to_string(), &c[0]);
        report.check(&c, &int::bit_length(&n).to_string(), &c[3]);
        report.check(&c, &int::bit_count(&n).to_string(), &c[4]);
        report.check(&c, &hash::hash_int(&n).to_string(), &c[5]);
        if let Some(small) = int::to_i64(&n) {
            report.check(&c, &hash::hash_i64(small).to_string(), &c[5]);
            report.check(&c, &small.to_string(), &c[0]);
        }
        let got = int::to_f64(&n).map_or("int too large to convert to float".to_owned(), bits);
        report.check(&c, &got, &c[6]);
        let digits = c[0].trim_start_matches('-').len();
        for limit in [digits - 1, digits, digits + 1] {
            let wanted = limit > 0 && digits > limit;
            report.check(&c, &int::exceeds_digit_limit(&n, limit).to_string(), &wanted.to_string());
        }
    }
    for c in cases("int_parse.txt") {
        let result = int::parse(unescape(&c[0]).as_bytes(), c[1].parse().expect("base"), 4300);
        let got = result.map_or("ValueError".to_owned(), |p| p.value.to_string());
        report.check(&c, &got, if c[2] == "ok" { &c[3] } else { &c[2] });
    }
    assert_eq!(int::parse(&[b'1'; 700], 10, 640), Err(int::ParseError::TooManyDigits(700)));
    report.done();
}

fn int_error(e: int::IntError) -> String {
    match e {
        int::IntError::ZeroDivision => "ZeroDivisionError",
        int::IntError::TooLarge | int::IntError::FloatOverflow => "OverflowError",
        _ => "ValueError",
    }
    .to_owned()
}

fn byte_order(name: &str) -> ByteOrder {
    if name == "little" { ByteOrder::Little } else { ByteOrder::Big }
}

#[test]
fn int_ops() {
    let mut report = Report::new("int_ops");
    for c in cases("int_ops.txt") {
        let options: Vec<&str> = c[2].split(',').collect();
        let (a, b) = (|| big(&c[1]), || big(&c[2]));
        let show = |n: IBig| n.to_string();
        let got = match c[0].as_str() {
            "divmod" => int::div_mod(&a(), &b()).map(|(q, r)| {
                assert_eq!(int::floor_div(&a(), &b()).ok(), Some(q.clone()));
                assert_eq!(int::modulo(&a(), &b()).ok(), Some(r.clone()));
                format!("{q},{r}")
            }),
            "truediv" => int::true_div(&a(), &b()).map(bits),
            "gcd" => Ok(int::gcd(&a(), &b()).to_string()),
            "lcm" => Ok(int::lcm(&a(), &b()).to_string()),
            "shl" => int::shift_left(&a(), &b()).map(show),
            "shr" => int::shift_right(&a(), &b()).map(show),
            "pow" => int::pow(&a(), &b()).map(show),
            "powmod" => {
                let (base, exp) = c[1].split_once(',').expect("base and exponent");
                let power = int::pow_mod(&big(base), &big(exp), &b()).map(show);
                // Here Python words its error itself.
                power.or_else(|e| if e == int::IntError::ZeroDivision { Ok("ValueError".to_owned()) } else { Err(e) })
            }
            "isqrt" => int::isqrt(&a()).map(show),
            "tobytes" => {
                let order = byte_order(options[1]);
                let bytes = int::to_bytes(&a(), options[0].parse().expect("size"), order, options[2] == "True");
                Ok(bytes.map_or("OverflowError".to_owned(), |b| b.iter().map(|b| format!("{b:02x}")).collect()))
            }
            _ => {
                let bytes: Vec<u8> = (0..c[1].len() / 2)
                    .map(|i| u8::from_str_radix(&c[1][2 * i..2 * i + 2], 16).expect("hex"))
                    .collect();
                Ok(int::from_bytes(&bytes, byte_order(options[0]), options[1] == "True").to_string())
            }
        };
        let wanted = if c[0] == "truediv" { same_bits(&wanted(&c)) } else { wanted(&c) };
        report.check(&c, &got.unwrap_or_else(int_error), &wanted);
    }
    report.done();
}

#[test]
fn hashes() {
    let mut report = Report::new("hash");
    for c in cases("hash.txt") {
        let list = || c[1].split(',').filter(|s| !s.is_empty()).map(|s| s.parse::<i64>().expect("hash"));
        let got = match c[0].as_str() {
            "float" => hash::hash_float(f(&c[1])).expect("a number"),
            "tuple" => hash::hash_tuple(&list().collect::<Vec<_>>()),
            "frozenset" => hash::hash_frozenset(list()),
            "complex" => {
                let part = |x| hash::hash_float(x).expect("a number");
                hash::hash_complex(part(z(&c[1]).re), part(z(&c[1]).im))
            }
            _ => {
                let (seed, text) = c[1].split_once(',').expect("seed and text");
                hash::TextHasher::from_seed(seed.parse().expect("seed")).hash(text.as_bytes())
            }
        };
        report.check(&c, &got.to_string(), &c[2]);
    }
    report.done();
}

#[test]
fn complex_numbers() {
    let mut report = Report::new("complex");
    for c in cases("complex.txt") {
        let result = match c[0].as_str() {
            "repr" => {
                report.check(&c, &complex::repr(z(&c[1])), &c[4]);
                continue;
            }
            "parse" => {
                let got = complex::parse(&unescape(&c[1])).map_or("ValueError".to_owned(), show_z);
                report.check(&c, &got, &same_pair(&wanted(&c)));
                continue;
            }
            "mul" => Ok(complex::mul(z(&c[1]), z(&c[2]))),
            "div" => complex::div(z(&c[1]), z(&c[2])),
            "divreal" => complex::div_by_real(z(&c[1]), f(&c[2])),
            "realdiv" => complex::real_div(f(&c[2]), z(&c[1])),
            "pow" => complex::pow(z(&c[1]), z(&c[2])),
            _ => complex::abs(z(&c[1])).map(Complex::from),
        };
        let got = match result {
            Ok(z) if c[0] == "abs" => bits(z.re),
            Ok(z) => show_z(z),
            Err(complex::ComplexError::ZeroDivision) => "ZeroDivisionError".to_owned(),
            Err(complex::ComplexError::Overflow) => "OverflowError".to_owned(),
        };
        report.check(&c, &got, &same_pair(&wanted(&c)));
    }
    report.done();
}
