"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (what) => [...document.querySelectorAll(what)];
  const cube = JSON.parse($("cube").textContent);
  const last = Math.max(0, cube.cells - 1);
  const everything = () => ({ from: 0, to: last, b: -1, c: -1, g: -1, v: -1, q: "" });
  let chosen = everything();

  // The cube as rows of [t, b, c, g, v, n].
  const failed = [], served = [];
  for (const [b, g, c, v, ...cells] of cube.failed)
    for (let i = 0; i < cells.length; i += 2) failed.push({ t: cells[i], b, c, g, v, n: cells[i + 1] });
  for (const [b, g, ...cells] of cube.served)
    for (let i = 0; i < cells.length; i += 2) served.push({ t: cells[i], b, g, n: cells[i + 1] });
  for (const row of [...failed, ...served]) {
    row.s = Math.floor(row.t / cube.slice);
    row.h = Math.floor((cube.start + row.t * cube.width) / 3600000);
    if (row.c !== undefined) row.z = row.v < 0 ? 2 : cube.verdicts[row.v].z;
  }

  // What people read: as the program writes it.
  const number = (n) => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, " ");
  const tenths = (x) => { const t = Math.round(Math.min(Math.max(x, 0), 1e12) * 10); return t % 10 ? (t / 10).toFixed(1) : String(t / 10); };
  const percent = (share) => {
    const p = share * 100;
    return p <= 0 ? "0%" : p < 0.1 ? "<0.1%" : p < 10 ? tenths(p) + "%" : p > 99 && p < 100 ? tenths(Math.min(p, 99.9)) + "%" : Math.round(p) + "%";
  };
  const duration = (s) => {
    if (s < 1) return Math.round(s * 1000) + " ms";
    if (s < 10 && s !== Math.round(s)) return tenths(s) + " s";
    const w = Math.round(s), two = (a, u, b, v) => a + " " + u + (b ? " " + b + " " + v : "");
    return w < 60 ? w + " s" : w < 3600 ? two(Math.floor(w / 60), "min", w % 60, "s")
      : w < 86400 ? two(Math.floor(w / 3600), "h", Math.floor(w % 3600 / 60), "min") : two(Math.floor(w / 86400), "d", Math.floor(w % 86400 / 3600), "h");
  };
  const moment = (cell) => new Date(cube.start + cell * cube.width).toISOString().slice(0, 19).replace("T", " ") + "Z";

  // What is counted.
  /** Whether a cell of a backend lies in the time of a verdict, from its first failure to its last. */
  const inside = (v, b, t) => { const told = cube.verdicts[v]; return told.b.includes(b) && t >= told.t[0][0] && t <= told.t[told.t.length - 1][1]; };
  const isAll = () => chosen.from === 0 && chosen.to === last && chosen.b < 0 && chosen.c < 0 && chosen.g < 0 && chosen.v < 0 && !chosen.q;
  const named = (b) => !chosen.q || cube.backends[b].toLowerCase().includes(chosen.q.toLowerCase());
  const ofVerdict = (row) => chosen.v < 0 || (row.v !== undefined && !cube.verdicts[chosen.v].group ? row.v === chosen.v : inside(chosen.v, row.b, row.t));
  const fits = (row, whenever) => (whenever || (row.t >= chosen.from && row.t <= chosen.to)) && (chosen.b < 0 || row.b === chosen.b)
    && (chosen.g < 0 || row.g === chosen.g) && (row.c === undefined || chosen.c < 0 || row.c === chosen.c) && named(row.b) && ofVerdict(row);
  const parse = (ask) => ask.split(" ").filter(Boolean).map((part) => [part[0], Number(part.slice(1))]);

  /** Answers sums over rows: one pass for each set of dimensions that is asked for. */
  const tally = (rows) => {
    const maps = new Map();
    const map = (dims) => {
      if (!maps.has(dims)) {
        const sums = new Map();
        for (const row of rows) { let key = ""; for (const d of dims) key += row[d] + " "; sums.set(key, (sums.get(key) || 0) + row.n); }
        maps.set(dims, sums);
      }
      return maps.get(dims);
    };
    const sum = (parts) => {
      const w = parts.find(([d]) => d === "w");
      if (w) return rows.reduce((n, row) => inside(w[1], row.b, row.t) ? n + row.n : n, 0);
      const sorted = [...parts].sort((a, b) => a[0] < b[0] ? -1 : 1);
      return map(sorted.map(([d]) => d).join("")).get(sorted.map(([, x]) => x + " ").join("")) || 0;
    };
    /** By time cell. */
    const series = (parts) => {
      const counts = new Array(cube.cells).fill(0);
      for (const row of rows) if (parts.every(([d, x]) => d === "w" ? inside(x, row.b, row.t) : row[d] === x)) counts[row.t] += row.n;
      return counts;
    };
    return { sum, series };
  };
  /** Exchanges served in the time of a verdict stand for it: they have none of their own. */
  const servedParts = (parts) => parts.filter(([d]) => d !== "c" && d !== "z").map(([d, x]) => d === "v" ? ["w", x] : [d, x]);

  const outline = (counts, base, most) => {
    let path = "";
    counts.forEach((n, i) => {
      if (n <= 0 || most <= 0) return;
      const low = 1000 - Math.floor(1000 * (base ? base[i] : 0) / most), high = Math.max(10, Math.floor(1000 * n / most));
      path += "M" + i + " " + low / 10 + "v-" + high / 10 + "h1v" + high / 10 + "z";
    });
    return path;
  };
  const most = (counts) => counts.reduce((a, b) => Math.max(a, b), 0);
  const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };

  // What the page says when everything is counted: the program's own words.
  const first = new Map();
  for (const e of all("data.n,[data-peak],[data-gap-words],[data-duration-words],.axis:not(.log) span")) first.set(e, e.textContent);

  const recount = () => {
    const f = tally(failed.filter((row) => fits(row))), s = tally(served.filter((row) => fits(row)));
    const total = f.sum([]), ok = s.sum([]);
    document.body.classList.toggle("chosen", !isAll());
    const shares = lookAgain();
    for (const e of all("data.n")) {
      const measure = e.dataset.m, ask = e.dataset.q;
      if (!measure) continue;
      if (isAll()) { e.value = measure === "f" ? f.sum(parse(ask)) : 0; put(e, first.get(e)); continue; }
      if (measure[0] === "t") { put(e, shares.trait(ask, measure)); continue; }
      if (measure === "d") { put(e, number(shares.near(Number(ask)))); continue; }
      if (measure === "do") { put(e, number(shares.octave(Number(ask)))); continue; }
      const parts = parse(ask), n = f.sum(parts);
      const m = measure === "s" || measure === "r" || measure === "p" ? s.sum(servedParts(parts)) : 0;
      const shown = { f: () => number(n), s: () => number(m), r: () => number(n + m), p: () => ok && n + m ? percent(n / (n + m)) : "",
        o: () => percent(total ? n / total : 0), nb: () => number(new Set(failed.filter((r) => fits(r)).map((r) => r.b)).size),
        nv: () => number(new Set(failed.filter((r) => fits(r) && r.z === 0).map((r) => r.v)).size) }[measure];
      if (shown) put(e, shown());
      e.value = n;
    }
    charts(f, s);
    bars(f);
    heat();
    for (const e of all("[data-v]")) e.classList.toggle("dim", !isAll() && !touched(Number(e.dataset.v), f));
    for (const e of all("[data-b]")) e.classList.toggle("dim", !isAll() && f.sum([["b", Number(e.dataset.b)]]) === 0);
    for (const e of all("tr[data-c]")) e.classList.toggle("dim", !isAll() && f.sum([["c", Number(e.dataset.c)]]) === 0);
    tell(total, ok);
  };
  const touched = (v, f) => f.sum([[cube.verdicts[v].group ? "w" : "v", v]]) > 0;

  const charts = (f, s) => {
    const box = (e) => { const height = e.getAttribute("viewBox").split(" ")[3]; e.setAttribute("viewBox", chosen.from + " 0 " + (chosen.to - chosen.from + 1) + " " + height); };
    all("svg.tv").forEach(box);
    for (const e of all("path[data-series]")) {
      if (e.closest("[data-stack]")) continue;
      const counts = f.series(parse(e.dataset.series));
      e.setAttribute("d", outline(counts, null, most(counts)));
    }
    for (const stack of all("[data-stack]")) {
      const base = new Array(cube.cells).fill(0), high = most(f.series([]));
      for (const e of stack.querySelectorAll("path[data-series]")) {
        const counts = f.series(parse(e.dataset.series));
        e.setAttribute("d", outline(counts, base, high));
        counts.forEach((n, i) => { base[i] += n; });
      }
    }
    for (const area of all("[data-area]")) {
      const bad = f.series([]), good = s.series([]), high = most(bad.map((n, i) => n + good[i]));
      area.querySelector("[data-failed]").setAttribute("d", outline(bad, null, high));
      area.querySelector("[data-served]").setAttribute("d", outline(good, bad, high));
    }
    for (const e of all("[data-peak]")) {
      const counts = f.series(parse(e.dataset.peak)), high = most(counts);
      put(e, isAll() ? first.get(e) : high ? "at most " + number(high) + " in " + duration(cube.width / 1000) + ", from " + moment(counts.indexOf(high)) : "no failures");
    }
    for (const axis of all(".axis:not(.log)")) {
      if (axis.closest(".durations")) continue;
      const length = (chosen.to - chosen.from + 1) * cube.width, labels = [...axis.children];
      labels.forEach((e, i) => {
        const text = new Date(cube.start + chosen.from * cube.width + length * i / 4).toISOString();
        put(e, isAll() ? first.get(e) : length > 86400000 ? text.slice(5, 16).replace("T", " ") : text.slice(11, length > 1200000 ? 16 : 19));
      });
    }
    gaps();
  };

  /** How far apart the failures of each verdict lie, in the chosen time. */
  const gaps = () => {
    for (const e of all("path[data-gaps]")) {
      const v = Number(e.dataset.gaps), told = cube.verdicts[v], mine = cube.moments.find((row) => row[0] === told.b[0]);
      if (!mine) continue;
      const from = told.t[0][0], to = told.t[told.t.length - 1][1], counts = new Array(28).fill(0);
      let n = 0, sum = 0, before = null;
      const add = (ms, times) => { counts[Math.min(27, Math.floor((Math.log10(Math.max(10, ms)) - 1) * 4))] += times; n += times; sum += ms * times; };
      for (let i = 1; i < mine.length; i += 3) {
        const [a, z, times] = [mine[i], mine[i + 1], mine[i + 2]], t = Math.floor(a / cube.width);
        if (t < Math.max(from, chosen.from) || t > Math.min(to, chosen.to)) continue;
        if (before !== null) add(a - before, 1);
        if (times > 1) add((z - a) / (times - 1), times - 1);
        before = z;
      }
      const mean = n ? sum / n : 0, edge = (i) => i === 0 ? 0 : Math.pow(10, 1 + i / 4);
      const law = counts.map((_, i) => mean ? n * (Math.exp(-edge(i) / mean) - Math.exp(-Math.pow(10, 1 + (i + 1) / 4) / mean)) : 0);
      const high = Math.max(1, most(counts), most(law));
      e.setAttribute("d", outline(counts, null, Math.ceil(high)));
      const line = document.querySelector("path[data-gap-ref='" + v + "']");
      if (line) line.setAttribute("d", n ? law.map((x, i) => (i ? "L" : "M") + i + ".5 " + Math.max(0, Math.round(100 - 100 * x / high))).join("") : "");
      const words = document.querySelector("[data-gap-words='" + v + "']");
      if (words) put(words, isAll() ? first.get(words) : n ? number(n) + (n === 1 ? " gap, " : " gaps, ") + duration(mean / 1000) + " on average" : "fewer than two failures here");
    }
  };

  const bars = (f) => {
    for (const group of all("[data-bars]")) {
      const rects = [...group.querySelectorAll("[data-bar]")], sums = rects.map((e) => f.sum(parse(e.dataset.bar))), high = most(sums);
      rects.forEach((e, i) => e.setAttribute("width", sums[i] && high ? Math.max(1, Math.floor(sums[i] * 100 / high)) : 0));
    }
  };
  const heat = () => {
    for (const group of all("[data-heat]")) {
      const cells = [...group.querySelectorAll("td")].map((td) => [td, td.querySelector("data[data-m=f]")]).filter(([, n]) => n && n.dataset.q.match(/^h|g/));
      const high = most(cells.map(([, n]) => Number(n.value)));
      for (const [td, n] of cells) {
        const level = Number(n.value) > 0 ? Math.max(1, Math.min(8, Math.floor(Math.sqrt(n.value / high) * 8 + 0.5))) : 0;
        td.className = td.className.replace(/\bh\d\b/, "h" + level);
      }
    }
  };

  /** Sections 6 and 8: the exchanges that were looked at, those that fit. */
  const lookAgain = () => {
    const durations = new Array(80).fill(0), near = new Map(cube.timers.map((t) => [t, 0]));
    let looked = 0, known = 0;
    const parts = cube.looked.map((backend) => {
      const one = (row, isFailed) => ({ t: row[0], b: backend.b, g: row[1], c: isFailed ? row[2] : undefined });
      const bad = backend.failed.filter((row) => fits(one(row, true))), good = backend.served.filter((row) => fits(one(row, false)));
      for (const row of bad) {
        looked += 1;
        const ms = row[3];
        if (ms < 0) continue;
        known += 1;
        durations[Math.min(79, Math.floor(Math.log2(Math.max(1, ms)) * 4))] += 1;
        for (const t of cube.timers) if (ms >= t * 990 && ms <= t * 1020 + 250) near.set(t, near.get(t) + 1);
      }
      return { bad, good, rows: backend.rows };
    });
    for (const e of all("[data-durations]")) e.setAttribute("d", outline(durations, null, most(durations)));
    for (const e of all("[data-duration-words]"))
      put(e, isAll() ? first.get(e) : number(known) + (known === 1 ? " duration" : " durations") + " of the " + number(looked) + " failed exchanges that were looked at and fit; the tallest bar holds " + number(most(durations)));
    const trait = (ask, measure) => {
      const [i, k] = ask.split("/").map(Number), part = parts[i], [dim, value] = part.rows[k];
      const count = (rows, skip) => [rows.filter((r) => r[skip + dim] === value).length, rows.filter((r) => r[skip + dim] !== -2).length];
      const [a, n] = count(part.bad, 4), [b, m] = count(part.good, 2);
      if (measure === "tf") return number(a);
      if (measure === "tp") return percent(n ? a / n : 0);
      if (measure === "ts") return number(b);
      if (measure === "tq") return m ? percent(b / m) : "";
      if (!m || !a) return "not known";
      const half = Math.max(0.5, b), ratio = (a / n) / (half / m), least = ratio * Math.exp(-1.96 * Math.sqrt(1 / a - 1 / n + 1 / half - 1 / m));
      return (b ? "×" + tenths(Math.min(ratio, 9999)) : "none served") + " (at least ×" + tenths(Math.min(least, 9999)) + ")";
    };
    return { trait, near: (t) => near.get(t) || 0, octave: (o) => durations.slice(o * 4, o * 4 + 4).reduce((a, b) => a + b, 0) };
  };

  const tell = (total, ok) => {
    const words = [];
    if (chosen.v >= 0) words.push("finding " + (chosen.v + 1));
    if (chosen.b >= 0) words.push(cube.backends[chosen.b]);
    if (chosen.q) words.push("backends with “" + chosen.q + "”");
    if (chosen.c >= 0) words.push(cube.classes[chosen.c]);
    if (chosen.g >= 0) words.push("gateway " + (cube.gateways[chosen.g] || "(not named)"));
    words.push(chosen.from === 0 && chosen.to === last ? "the whole time" : moment(chosen.from) + " to " + moment(chosen.to + 1));
    const sums = number(total) + " failed" + (ok ? ", " + number(ok) + " served" : "");
    put($("lens-state"), isAll() ? "Every number counts the whole log: " + sums + ". Drag over the bars, or choose, to count a part." : "Every number counts " + words.join(", ") + ": " + sums + ".");
    const counts = tally(failed.filter((row) => fits(row, true))).series([]);
    $("brush-bars").setAttribute("d", outline(counts, null, most(counts)));
    const left = $("brush-left"), right = $("brush-right");
    left.setAttribute("x", 0); left.setAttribute("width", chosen.from);
    right.setAttribute("x", chosen.to + 1); right.setAttribute("width", Math.max(0, last - chosen.to));
    $("from").value = chosen.from; $("to").value = chosen.to;
    $("from").setAttribute("aria-valuetext", moment(chosen.from)); $("to").setAttribute("aria-valuetext", moment(chosen.to + 1));
    $("lens-b").value = chosen.b < 0 ? "" : chosen.b; $("lens-c").value = chosen.c < 0 ? "" : chosen.c; $("lens-g").value = chosen.g < 0 ? "" : chosen.g;
    if (document.activeElement !== $("lens-q")) $("lens-q").value = chosen.q;
    for (const e of all("button.only")) e.setAttribute("aria-pressed", Number(e.dataset.only) === chosen.v);
  };

  // The choice stands in the URL: a link shows the same view. Names, not places, so that it lasts.
  const spelled = () => {
    const parts = [];
    if (chosen.from > 0 || chosen.to < last) parts.push("t=" + moment(chosen.from).replace(" ", "T") + "/" + moment(chosen.to).replace(" ", "T"));
    if (chosen.b >= 0) parts.push("backend=" + encodeURIComponent(cube.backends[chosen.b]));
    if (chosen.c >= 0) parts.push("class=" + cube.classes[chosen.c]);
    if (chosen.g >= 0) parts.push("gateway=" + encodeURIComponent(cube.gateways[chosen.g]));
    if (chosen.v >= 0) parts.push("finding=" + (chosen.v + 1));
    if (chosen.q) parts.push("name=" + encodeURIComponent(chosen.q));
    return parts.join("&");
  };
  let anchor = "";
  const remember = () => {
    const hash = [anchor, spelled()].filter(Boolean).join("&");
    history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
  };
  const decoded = (text) => { try { return decodeURIComponent(text); } catch { return ""; } };
  const read = () => {
    const next = everything();
    anchor = "";
    for (const part of location.hash.slice(1).split("&").filter(Boolean)) {
      const at = part.indexOf("="), name = at < 0 ? "" : part.slice(0, at), value = decoded(part.slice(at + 1));
      if (at < 0) { if ($(part)) anchor = part; continue; }
      if (name === "t") {
        const [from, to] = value.split("/").map((t) => Math.floor((Date.parse(t) - cube.start) / cube.width));
        if (from >= 0 && to >= from) { next.from = Math.min(from, last); next.to = Math.min(to, last); }
      }
      if (name === "backend") next.b = cube.backends.indexOf(value);
      if (name === "class") next.c = cube.classes.indexOf(value);
      if (name === "gateway") next.g = cube.gateways.indexOf(value);
      if (name === "finding" && cube.verdicts[Number(value) - 1]) next.v = Number(value) - 1;
      if (name === "name") next.q = value;
    }
    return next;
  };
  let isDue = false;
  const choose = (change) => {
    Object.assign(chosen, change);
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => { isDue = false; recount(); remember(); });
  };
  const onlyVerdict = (v) => {
    if (v === chosen.v || v < 0) return choose(everything());
    const cells = cube.verdicts[v].t;
    choose({ ...everything(), v, from: most([0, cells[0][0]]), to: Math.min(last, most(cells.map(([, to]) => to))) });
  };
  const go = (id) => {
    const e = $(id);
    if (!e) return;
    anchor = id;
    remember();
    for (let box = e.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    e.scrollIntoView();
    if (!e.hasAttribute("tabindex")) e.setAttribute("tabindex", "-1");
    e.focus({ preventScroll: true });
  };

  // Hands.
  const options = (select, names) => names.forEach((name, i) => {
    const option = document.createElement("option");
    option.value = i; option.textContent = name || "(not named)";
    select.append(option);
  });
  options($("lens-b"), cube.backends); options($("lens-c"), cube.classes); options($("lens-g"), cube.gateways);
  const pick = (id, key) => $(id).addEventListener("change", (e) => choose({ [key]: e.target.value === "" ? -1 : Number(e.target.value) }));
  pick("lens-b", "b"); pick("lens-c", "c"); pick("lens-g", "g");
  $("lens-q").addEventListener("input", (e) => choose({ q: e.target.value.trim() }));
  $("lens").addEventListener("submit", (e) => e.preventDefault());
  $("lens-reset").addEventListener("click", () => choose(everything()));
  for (const id of ["from", "to"]) $(id).max = last;
  $("from").addEventListener("input", (e) => choose({ from: Number(e.target.value), to: Math.max(chosen.to, Number(e.target.value)) }));
  $("to").addEventListener("input", (e) => choose({ to: Number(e.target.value), from: Math.min(chosen.from, Number(e.target.value)) }));
  const brush = $("brush");
  let grip = -1;
  const cellAt = (e) => { const box = brush.getBoundingClientRect(); return Math.max(0, Math.min(last, Math.floor((e.clientX - box.left) / box.width * cube.cells))); };
  brush.addEventListener("pointerdown", (e) => { grip = cellAt(e); brush.setPointerCapture(e.pointerId); choose({ from: grip, to: grip }); e.preventDefault(); });
  brush.addEventListener("pointermove", (e) => { if (grip >= 0) { const at = cellAt(e); choose({ from: Math.min(grip, at), to: Math.max(grip, at) }); } });
  const release = (e) => { if (grip >= 0 && cellAt(e) === grip) choose({ from: 0, to: last }); grip = -1; };
  brush.addEventListener("pointerup", release);
  brush.addEventListener("pointercancel", () => { grip = -1; });
  for (const e of all(".js")) e.hidden = false;
  document.addEventListener("click", (e) => {
    const only = e.target.closest("button.only"), copy = e.target.closest("button.copy"), link = e.target.closest("a[href^='#']");
    if (only) onlyVerdict(Number(only.dataset.only));
    if (copy) copyText(copy.previousElementSibling.textContent, copy);
    if (link) { e.preventDefault(); go(link.getAttribute("href").slice(1)); }
  });
  const copyText = (text, button) => {
    const done = () => { const was = "copy"; button.textContent = "copied"; setTimeout(() => { button.textContent = was; }, 1500); };
    const byHand = () => { const area = document.createElement("textarea"); area.value = text; document.body.append(area); area.select(); document.execCommand("copy"); area.remove(); button.focus(); done(); };
    if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(text).then(done, byHand); else byHand();
  };
  const sections = ["verdicts", "story", "next", "timeline", "shape", "breaks", "wide", "traits", "impact"];
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, select, textarea, dialog")) return;
    if (e.key >= "1" && e.key <= "9") go(sections[Number(e.key) - 1]);
    else if (e.key === "0") choose(everything());
    else if (e.key === "/") { e.preventDefault(); $("lens-q").focus(); }
    else if (e.key === "e" || e.key === "E") {
      const count = cube.verdicts.length, step = e.key === "e" ? 1 : -1;
      if (!count) return;
      const v = chosen.v < 0 ? (step > 0 ? 0 : count - 1) : (chosen.v + step + count) % count;
      chosen.v = -1;
      onlyVerdict(v);
      go(cube.verdicts[v].anchor);
    } else if (e.key === "?") $("help").showModal();
  });
  $("help-open").addEventListener("click", () => $("help").showModal());
  window.addEventListener("hashchange", () => { chosen = read(); recount(); if (anchor) go(anchor); });
  // Paper cannot be unfolded; what was closed is closed again.
  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    unfolded = all("details:not(.data):not([open])");
    unfolded.forEach((d) => { d.open = true; });
  });
  window.addEventListener("afterprint", () => unfolded.forEach((d) => { d.open = false; }));
  if (cube.cells > 0) { $("lens").hidden = false; document.documentElement.classList.add("lensed"); }
  chosen = read();
  recount();
  if (anchor) go(anchor);
})();
