"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const main = document.getElementById("main");
  const TIERS = ["interpreter", "JIT code", "native", "compiler"];
  const el = (tag, props, ...inside) => {
    const e = document.createElement(tag);
    for (const [k, v] of Object.entries(props || {})) {
      if (k === "class") e.className = v;
      else if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
      else if (v !== false && v != null) e.setAttribute(k, v);
    }
    e.append(...inside.flat().filter((x) => x != null));
    return e;
  };
  const sum = (t) => t.reduce((a, b) => a + b, 0);
  const share = (n) => (data.samples ? (100 * n / data.samples).toFixed(1) + "%" : "");
  const bar = (own) => {
    const all = Math.max(1, sum(own));
    const title = TIERS.map((t, i) => `${t} ${(100 * own[i] / all).toFixed(0)} %`).join(", ");
    return el("span", { class: "bar4", title }, own.map((n, i) => {
      const part = el("i", { class: "t" + i });
      part.style.width = 100 * n / all + "%";
      return part;
    }));
  };

  // ---- search and legend
  const search = el("input", { type: "search", placeholder: "search functions, files, source", "aria-label": "search", oninput: find });
  main.append(el("div", { class: "tools" }, search,
    el("small", {}, el("kbd", {}, "/"), " search  ", el("kbd", {}, "j"), " ", el("kbd", {}, "k"), " next and previous line  ",
      el("kbd", {}, "Enter"), " open  ", el("kbd", {}, "Esc"), " close")));
  main.append(el("p", { class: "legend" }, TIERS.map((t, i) => el("span", { class: "t" + i }, el("i"), t))));

  // ---- flame graph
  const ROW = 20;
  const flame = el("div", { class: "flame", role: "group", "aria-label": "flame graph" });
  const told = el("div", { id: "told" });
  let zoomed = data.flame;
  const depth = (n) => 1 + Math.max(0, ...n.c.map(depth));
  // The end of a path says more than its beginning.
  const short = (n) => (n.t === 2 && n.n.includes("::") ? n.n.replace(/<[^<>]*>/g, "").split("::").slice(-2).join("::") : n.n);
  function draw() {
    flame.textContent = "";
    const rows = depth(zoomed);
    flame.style.height = rows * ROW + "px";
    const put = (n, x, w, row) => {
      if (w < 0.15) return;
      const b = el("button", { class: "t" + n.t, onclick: () => { zoomed = n === zoomed ? data.flame : n; draw(); show(n); first(); } }, short(n));
      b.node = n;
      b.style.left = x + "%"; b.style.width = w + "%"; b.style.top = row * ROW + "px";
      b.title = label(n);
      b.addEventListener("focus", () => show(n));
      b.addEventListener("mouseenter", () => show(n));
      b.tabIndex = row ? -1 : 0;
      flame.append(b);
      let at = x;
      for (const c of n.c) { const cw = w * c.v / Math.max(1, n.v); put(c, at, cw, row + 1); at += cw; }
    };
    put(zoomed, 0, 100, 0);
    mark();
  }
  const first = () => flame.firstChild && flame.firstChild.focus();
  const label = (n) => `${n.n}${n.l ? " line " + n.l : ""}: ${n.v} samples, ${share(n.v)}${n.t >= 0 ? ", " + TIERS[n.t] : ""}${n.f ? " — " + n.f : ""}`;
  function show(n) { told.textContent = label(n); }
  flame.addEventListener("keydown", (e) => {
    const all = [...flame.children], here = document.activeElement, top = parseFloat(here.style.top), left = parseFloat(here.style.left);
    const pick = (ok, cost) => all.filter(ok).sort((a, b) => cost(a) - cost(b))[0];
    const L = (b) => parseFloat(b.style.left), T = (b) => parseFloat(b.style.top);
    let to;
    if (e.key === "ArrowDown") to = pick((b) => T(b) === top + ROW, (b) => Math.abs(L(b) - left));
    if (e.key === "ArrowUp") to = pick((b) => T(b) === top - ROW && L(b) <= left + 1e-6, (b) => left - L(b));
    if (e.key === "ArrowRight") to = pick((b) => T(b) === top && L(b) > left, (b) => L(b) - left);
    if (e.key === "ArrowLeft") to = pick((b) => T(b) === top && L(b) < left, (b) => left - L(b));
    if (e.key === "Escape") { zoomed = data.flame; draw(); first(); }
    if (to) { to.focus(); e.preventDefault(); }
  });
  if (data.samples) main.append(el("h2", {}, "Where the time goes"), flame, told);

  // ---- table of functions
  const counted = data.functions.some((f) => f.calls != null);
  const heads = ["function", "own", "total", "by tier", counted ? "calls" : null, "compiled", "exits"].filter(Boolean);
  const rows = data.functions.map((f, i) => el("tr", {},
    el("td", {}, el("button", { onclick: () => document.getElementById("f" + i).scrollIntoView({ behavior: "smooth" }) }, f.name)),
    el("td", {}, share(sum(f.own))), el("td", {}, share(f.total)), el("td", {}, bar(f.own)),
    counted ? el("td", {}, String(f.calls ?? 0)) : null, el("td", {}, String(f.made)), el("td", {}, String(f.exits))));
  main.append(el("h2", {}, "Functions"), el("div", { class: "scroll" }, el("table", {}, el("tr", {}, heads.map((h) => el("th", {}, h))), rows)));

  // ---- sources
  const hottest = Math.max(1, ...data.functions.flatMap((f) => Object.values(f.lines).map((l) => sum(l.own))));
  const sections = data.functions.map((f, i) => {
    const file = data.files[f.file];
    const code = el("div", { class: "code" });
    const end = Math.min(file.lines.length, extent(f, file.lines));
    for (let n = Math.max(1, f.first); n <= end; n++) code.append(line(f, n, file.lines[n - 1]));
    return el("section", { id: "f" + i }, el("h2", {}, f.name, " ", el("small", {}, `${file.name}:${f.first}`)),
      el("ul", {}, f.summary.map((s) => el("li", {}, s))), file.lines.length ? code : el("p", {}, "The source is not there."));
  });
  main.append(...sections);

  // The last line of a function: up to what is told of it, and on while lines are indented deeper than its first.
  function extent(f, lines) {
    let last = Math.max(f.last, f.first);
    const indent = (t) => t.search(/\S/);
    const base = indent(lines[f.first - 1] || "");
    if (f.name === "<module>") return last + 1;
    for (let n = f.first + 1; n <= lines.length; n++) {
      const k = indent(lines[n - 1]);
      if (k >= 0 && k <= base && !/^\s*[)\]}]/.test(lines[n - 1]) && n > last) break;
      if (k >= 0) last = Math.max(last, n);
    }
    return last;
  }
  function line(f, n, text) {
    const l = f.lines[n];
    const own = l ? sum(l.own) : 0;
    const heat = el("span", { class: "heat" }, own ? bar(l.own) : null);
    const s = el("span", { class: "share" }, own ? share(own) : "");
    const e = el("div", { class: "line" + (l && l.exits ? " exits" : ""), tabindex: 0, role: "button", "aria-expanded": "false", "data-line": n,
      onclick: () => toggle(e) }, el("span", { class: "no" }, String(n)), s, heat, el("span", {}, text || " "));
    if (own) { s.style.background = `color-mix(in srgb, var(--bad) ${(6 + 60 * own / hottest).toFixed(0)}%, transparent)`; s.style.color = "var(--ink)"; }
    e.info = { f, n, l };
    return e;
  }
  function toggle(e) {
    const open = e.classList.toggle("open");
    e.setAttribute("aria-expanded", String(open));
    if (!open) { e.nextSibling.remove(); return; }
    const { f, n, l } = e.info;
    const box = el("div", { class: "opened" });
    if (l && l.notes.length) box.append(el("ul", { class: "notes" }, l.notes.map((t) => el("li", { class: t.trim().startsWith("change:") ? "change" : "" }, t))));
    const versions = f.stages ? f.stages.versions : [];
    const panes = el("div", { class: "panes" });
    const fill = (k) => {
      panes.textContent = "";
      const v = versions[k] || {};
      pane(panes, "bytecode", f.stages && f.stages.bytecode, n, "the function was not compiled");
      pane(panes, "HIR", v.hir, n, versions.length ? "nothing of this line is left" : "not compiled");
      pane(panes, "CLIF", v.clif, n, versions.length ? "nothing of this line is left" : "not compiled");
      pane(panes, "machine code", v.machine, n, versions.length ? "nothing of this line is left" : "not compiled");
    };
    // The version that has most of this line.
    const size = (v) => (v.machine || []).filter((x) => x[0] === n).length;
    let best = 0;
    versions.forEach((v, k) => { if (size(v) >= size(versions[best])) best = k; });
    if (versions.length > 1) {
      const buttons = versions.map((v, k) => el("button", { "aria-pressed": String(k === best), onclick: (ev) => {
        buttons.forEach((b) => b.setAttribute("aria-pressed", String(b === ev.target))); fill(k); } }, `${k + 1} (entered at line ${v.line})`));
      box.append(el("div", { class: "versions" }, "versions: ", buttons));
    }
    fill(best);
    box.append(panes);
    e.after(box);
  }
  function pane(panes, name, lines, n, nothing) {
    const pre = el("pre", { tabindex: 0 });
    const own = (lines || []).filter((x) => x[0] === n);
    let from = "";
    for (const [, text, home, at] of own) {
      const tag = home == null ? "" : `${data.homes[home]}:${at}`;
      if (tag !== from) pre.append(el("em", {}, tag ? `; inlined from ${tag}\n` : "; here again\n"));
      from = tag;
      pre.append((name === "bytecode" ? text.trimStart().replace(/ {2,}/g, " ") : text) + "\n");
    }
    if (!own.length) pre.append(nothing);
    panes.append(el("div", { class: "pane" }, el("h3", {}, `${name} (${own.length})`), pre));
  }

  // ---- search, keys
  function find() {
    const q = search.value.trim().toLowerCase();
    data.functions.forEach((f, i) => {
      const file = data.files[f.file];
      const source = () => file.lines.slice(Math.max(0, f.first - 1), f.last).join("\n").toLowerCase();
      const hit = !q || f.name.toLowerCase().includes(q) || file.name.toLowerCase().includes(q) || source().includes(q);
      sections[i].classList.toggle("hidden", !hit);
      rows[i].classList.toggle("hidden", !hit);
    });
    mark();
  }
  function mark() {
    const q = search.value.trim().toLowerCase();
    for (const b of flame.children) b.classList.toggle("dim", !!q && !b.node.n.toLowerCase().includes(q));
  }
  document.addEventListener("keydown", (e) => {
    if (e.target === search) { if (e.key === "Escape") { search.value = ""; find(); search.blur(); } return; }
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const lines = [...document.querySelectorAll("section:not(.hidden) .line")];
    const at = lines.indexOf(document.activeElement);
    const arrows = at >= 0 && { ArrowDown: 1, ArrowUp: -1 }[e.key];
    const step = { j: 1, k: -1 }[e.key] || arrows;
    if (e.key === "/") { search.focus(); e.preventDefault(); }
    else if (step && lines.length) { lines[Math.max(0, Math.min(lines.length - 1, at < 0 ? 0 : at + step))].focus(); e.preventDefault(); }
    else if (at >= 0 && (e.key === "Enter" || e.key === " ")) { toggle(lines[at]); e.preventDefault(); }
    else if (at >= 0 && e.key === "Escape" && lines[at].classList.contains("open")) toggle(lines[at]);
  });
  if (data.samples) draw();
  document.body.dataset.ready = "yes";
})();
