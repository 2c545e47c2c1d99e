//! Pages shown in headless Chromium.
//!
//! Invariant: with `ADDER_TEST_BROWSER` set, as CI does, a browser that is not found or does not start is a failure; without, the test is
//! skipped with a word on standard error.

use std::path::Path;
use std::process::Command;

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

fn browser() -> Option<String> {
    let starts = |b: &str| Command::new(b).arg("--version").output().is_ok_and(|o| o.status.success());
    match std::env::var("ADDER_TEST_BROWSER") {
        Ok(wanted) => {
            assert!(starts(&wanted), "ADDER_TEST_BROWSER={wanted} does not start");
            Some(wanted)
        }
        Err(_) => BROWSERS.iter().find(|b| starts(b)).map(|b| (*b).to_owned()),
    }
}

/// The page after a script ran in it, in a window of a width, light or dark; None where there is no browser. Errors are in the body's
/// attribute `data-wrong`, and `data-wide` says whether the page is wider than its window.
pub fn shown(page: &str, script: &str, width: u32, dark: bool) -> Option<String> {
    let Some(browser) = browser() else {
        eprintln!("skipped: no Chromium ({}) to show the page in", BROWSERS.join(", "));
        return None;
    };
    let name = format!("{width}-{dark}-{}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("browser-{name}"));
    std::fs::create_dir_all(&folder).expect("the target folder is writable");
    let watch = "<script>window.wrong=[];addEventListener('error',e=>wrong.push(e.message))</script>";
    let page = page.replacen("<meta charset=utf-8>", &format!("<meta charset=utf-8>{watch}"), 1);
    assert!(page.contains(watch), "no head to watch errors from");
    let end = "document.body.dataset.wrong=wrong.join();\
               document.body.dataset.wide=document.documentElement.scrollWidth>innerWidth;\
               document.body.dataset.dark=matchMedia('(prefers-color-scheme: dark)').matches";
    let path = folder.join("page.html");
    std::fs::write(&path, format!("{page}<script>{script};{end}</script>")).expect("the target folder is writable");
    let o = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--virtual-time-budget=5000", "--dump-dom"])
        .arg(format!("--window-size={width},900"))
        .arg(format!("--blink-settings=preferredColorScheme={}", u8::from(!dark)))
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("file://{}", path.display()))
        .output()
        .expect("the browser starts");
    let dom = String::from_utf8_lossy(&o.stdout).into_owned();
    assert!(
        dom.contains("data-wrong=\"\""),
        "the page has errors: {}\n{}",
        body(&dom),
        String::from_utf8_lossy(&o.stderr)
    );
    assert!(dom.contains("data-wide=\"false\""), "wider than {width}: {}", body(&dom));
    assert!(dom.contains(&format!("data-dark=\"{dark}\"")), "{}", body(&dom));
    let _ = std::fs::remove_dir_all(&folder);
    Some(dom)
}

/// The tag of the body, with what the script put there.
pub fn body(dom: &str) -> &str {
    dom.lines().find(|l| l.contains("<body")).map_or(dom, |l| &l[..l.len().min(2000)])
}
