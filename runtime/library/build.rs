//! Compiles the pure-Python library to one blob of marshalled code and one of compressed source, with a sorted index.

use adder_syntax::{Mode, Options};
use std::path::{Path, PathBuf};

/// Folders and files that are not frozen: graphical tools, bundled wheels, and dead code of the source's own.
const LEFT_OUT: [&str; 12] = [
    "idlelib",
    "tkinter",
    "turtledemo",
    "turtle.py",
    "ensurepip",
    "test",
    "__pycache__",
    "_pycodecs.py",
    "_dummy_thread.py",
    "dummy_threading.py",
    "_dummy_os.py",
    "lib-dynload",
];

/// What the source of the library says for another runtime, and what it says for this one.
const REPLACED: [(&str, &str, &str); 6] = [
    // There is no such op here.
    ("dis.py", "ENTER_EXECUTOR = opmap['ENTER_EXECUTOR']", "ENTER_EXECUTOR = None"),
    ("site.py", "return 'RustPython' # XXX: RUSTPYTHON; for site-packages", "return 'Python'"),
    ("site.py", "/lib/rustpython{", "/lib/python{"),
    ("sysconfig/__init__.py", "return 'RustPython'  # XXX: RUSTPYTHON; For site-packages", "return 'Python'"),
    ("platform.py", "if \"RustPython\" in sys_version:", "if \"Adder\" in sys_version:"),
    ("platform.py", "name = \"RustPython\"", "name = \"Adder\""),
];

/// Modules that every program loads. Their code lies together, so that starting reads few pages of the binary.
const EARLY: [&str; 18] = [
    "importlib._bootstrap",
    "importlib._bootstrap_external",
    "_adder_library",
    "zipimport",
    "encodings",
    "encodings.aliases",
    "codecs",
    "io",
    "abc",
    "site",
    "os",
    "stat",
    "_collections_abc",
    "posixpath",
    "genericpath",
    "_sitebuiltins",
    "encodings.utf_8",
    "runpy",
];

struct Module {
    name: String,
    is_package: bool,
    file: String,
    code: Vec<u8>,
    source: Vec<u8>,
    length: usize,
}

fn collect(dir: &Path, prefix: &str, out: &mut Vec<(String, bool, PathBuf)>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for e in entries.flatten() {
        let (path, file) = (e.path(), e.file_name().to_string_lossy().into_owned());
        if prefix.is_empty() && LEFT_OUT.contains(&file.as_str()) || file == "__pycache__" {
            continue;
        }
        if path.is_dir() {
            if path.join("__init__.py").exists() {
                collect(&path, &format!("{prefix}{file}."), out);
            }
        } else if file == "__init__.py" && !prefix.is_empty() {
            out.push((prefix.trim_end_matches('.').to_owned(), true, path));
        } else if let Some(stem) = file.strip_suffix(".py")
            && stem.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
        {
            out.push((format!("{prefix}{stem}"), false, path));
        }
    }
}

fn compile(name: &str, is_package: bool, path: &Path, root: &Path) -> Result<Module, String> {
    let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
    let mut text = match String::from_utf8(bytes) {
        Ok(t) => t.replace("\r\n", "\n"),
        Err(e) => e.into_bytes().iter().map(|&b| b as char).collect(),
    };
    let file = path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned();
    for (_, old, new) in REPLACED.iter().filter(|r| r.0 == file) {
        if !text.contains(old) {
            return Err(format!("{file}: no {old:?} to replace"));
        }
        text = text.replace(old, new);
    }
    let options = Options { name_lookup: adder_unicode::lookup_char, ..Options::default() };
    let parsed = adder_syntax::parse(&text, Mode::Exec, &options).map_err(|e| format!("{file}: {e}"))?;
    let (code, _) = adder_compile::compile(&parsed.ast, &file, adder_compile::Options::default())
        .map_err(|e| format!("{file}:{}: {}", e.lineno, e.message))?;
    let code = adder_isa::marshal::write(&code).map_err(|e| format!("{file}: {e:?}"))?;
    let source = miniz_oxide::deflate::compress_to_vec(text.as_bytes(), 8);
    Ok(Module { name: name.to_owned(), is_package, file, code, source, length: text.len() })
}

/// The modules that the op table writes; their folder.
fn generate() -> PathBuf {
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("generated");
    let texts = [
        ("opcode.py", adder_isa::python::opcode_module()),
        ("_opcode_metadata.py", adder_isa::python::opcode_metadata()),
    ];
    let written = std::fs::create_dir_all(&folder)
        .and_then(|()| texts.iter().try_for_each(|(name, text)| std::fs::write(folder.join(name), text)));
    if let Err(e) = written {
        println!("cargo:warning=opcode and _opcode_metadata are not those of the op table: {e}");
    }
    folder
}

fn main() {
    let overrides = Path::new("overrides");
    println!("cargo:rerun-if-changed=overrides");
    println!("cargo:rerun-if-changed=build.rs");
    let root = PathBuf::from(rustpython_pylib::LIB_PATH);
    let mut files = vec![];
    collect(&root, "", &mut files);
    let mut own = vec![];
    collect(overrides, "", &mut own);
    let generated = generate();
    let mut made = vec![];
    collect(&generated, "", &mut made);
    files.retain(|f| !made.iter().any(|o| o.0 == f.0));
    files.retain(|f| !own.iter().any(|o| o.0 == f.0));
    let mut modules: Vec<Module> = vec![];
    for (list, root) in [(files, root.as_path()), (own, overrides), (made, generated.as_path())] {
        for (name, is_package, path) in list {
            match compile(&name, is_package, &path, root) {
                Ok(m) => modules.push(m),
                Err(e) => println!("cargo:warning=left out of the library: {e}"),
            }
        }
    }
    let place = |m: &Module| EARLY.iter().position(|n| *n == m.name).unwrap_or(EARLY.len());
    modules.sort_by(|a, b| (place(a), &a.name).cmp(&(place(b), &b.name)));
    let (mut code, mut source, mut rows) = (vec![], vec![], vec![]);
    for m in &modules {
        let row = format!(
            "Entry {{ name: {:?}, is_package: {}, file: {:?}, code: {}..{}, source: {}..{}, length: {} }},\n",
            m.name,
            m.is_package,
            m.file,
            code.len(),
            code.len() + m.code.len(),
            source.len(),
            source.len() + m.source.len(),
            m.length
        );
        rows.push((&m.name, row));
        code.extend_from_slice(&m.code);
        source.extend_from_slice(&m.source);
    }
    rows.sort();
    let index = format!("&[\n{}]", rows.into_iter().map(|r| r.1).collect::<String>());
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    for (name, data) in [("code.bin", &code[..]), ("source.bin", &source[..]), ("index.rs", index.as_bytes())] {
        if let Err(e) = std::fs::write(out.join(name), data) {
            println!("cargo:warning={name}: {e}");
            std::process::exit(1);
        }
    }
}
