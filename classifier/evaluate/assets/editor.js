// The editor's report: marks, filters and tags a set of judged documents. No network, no storage.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const settings = JSON.parse($("settings").textContent);
  const documents = JSON.parse($("documents").textContent);
  const LABELS = ["violence", "profanity"], LETTER = ["V", "P"], CLASS = ["v", "p"];
  const TAGS = ["graphic-violence", "profanity"];
  const PAGE = 100;
  const FEW = 3; // sentences that one sees at a glance: a strip of them would say no more
  const shipped = LABELS.map((label) => settings.thresholds[label]);
  const state = {
    thresholds: shipped.map((cuts) => [...cuts]), current: null, shown: PAGE,
    revealed: new Set(), order: [], labels: [true, true], level: 1, sure: 0, find: "", which: "all",
  };

  // --- What the page knows: levels and tags under the thresholds in force ------------------------

  // A sentence is [start, end, [levels], [six scores in 1/10,000]]; where a level is or may be, there follow
  // evidence, reasons of violence and profanity, [whether the house has set the level].
  const byHouse = (sentence, label) => sentence.length > 6 && sentence[6][label];
  const moved = (label) => state.thresholds[label].some((cut, i) => cut !== shipped[label][i]);
  function levelOf(sentence, label) {
    if (!moved(label) || byHouse(sentence, label)) return sentence[2][label];
    for (let cut = 2; cut >= 0; cut--)
      if (sentence[3][label * 3 + cut] >= state.thresholds[label][cut]) return cut + 1;
    return 0;
  }
  const levelsOf = (sentence) => [levelOf(sentence, 0), levelOf(sentence, 1)];
  const chanceOf = (sentence, label, level) => sentence[3][label * 3 + Math.max(level, 1) - 1];

  // The rule of the policy, as classifier/policy.py has it.
  function retag(doc) {
    doc.levels = doc.s.map(levelsOf);
    doc.now = TAGS.filter((tag, label) => {
      const cut = settings.tagLevels[tag], values = doc.levels.map((both) => both[label]);
      if (cut && values.some((value) => value >= cut)) return true;
      if (!cut || label) return false;
      const pile = settings.piling, reached = values.filter((value) => value >= pile.level).length;
      return pile.sentences > 0 && reached >= Math.max(pile.sentences, 1) && reached >= pile.share * values.length - 1e-9;
    });
    if (!moved(0) && !moved(1)) doc.now = doc.tags;
    doc.changed = doc.now.join() !== doc.tags.join();
    const top = doc.levels.map((both) => Math.max(...both));
    const count = (level) => top.filter((value) => value === level).length;
    doc.top = [0, 1].map((label) => doc.levels.reduce((most, both) => Math.max(most, both[label]), 0));
    doc.severity = [+(doc.now.length > 0), Math.max(...doc.top), doc.top[0] + doc.top[1],
      count(3), count(2), count(1), +Boolean(doc.na)];
  }
  function compare(a, b) {
    for (let i = 0; i < a.severity.length; i++)
      if (a.severity[i] !== b.severity[i]) return b.severity[i] - a.severity[i];
    return a.index - b.index;
  }

  // Does the sentence pass the filters for this label?
  function passes(doc, i, label) {
    const level = doc.levels[i][label];
    return state.labels[label] && level >= state.level && chanceOf(doc.s[i], label, level) * 100 >= state.sure;
  }
  const flagged = (doc) => doc.s.map((_, i) => i).filter((i) => passes(doc, i, 0) || passes(doc, i, 1));

  function listed(doc) {
    if (state.find && !doc.hay.includes(state.find)) return false;
    const narrowed = !state.labels[0] || !state.labels[1] || state.level > 1 || state.sure > 0;
    if (narrowed && !flagged(doc).length) return false;
    switch (state.which) {
      case "tagged": return doc.now.length > 0;
      case "untagged": return doc.now.length === 0;
      case "na": return Boolean(doc.na);
      case "changed": return doc.changed;
      case "all": return true;
      default: return doc.now.includes(state.which);
    }
  }

  // --- Small pieces of markup --------------------------------------------------------------------

  function el(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes))
      if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
    made.append(...children.filter((child) => child !== null));
    return made;
  }
  const percent = (chance) => (chance > 0.995 ? "> 99" : chance < 0.005 ? "< 1" : Math.round(chance * 100)) + " %";
  const named = (label, level) => settings.names[LABELS[label]][level];

  // An editor knows an article by its headline: a short first line of its own with more below it.
  // Level 3 is not shown without being asked for, not even here.
  function headline(doc) {
    const first = doc.text.trimStart().split("\n", 1)[0].trim();
    const own = first.length <= 160 && doc.text.trim().length > first.length && /[\p{L}\p{N}]/u.test(first);
    if (!own) return null;
    const last = doc.text.indexOf(first) + first.length;
    const graphic = doc.s.some((sentence, i) => sentence[0] < last && Math.max(...doc.levels[i]) === 3);
    return graphic && !$("open3").checked ? null : first;
  }
  // "folder/file.txt": the file as the name, the folder small.
  function title(doc) {
    const cut = /^[^ ]*\//.exec(doc.name);
    return el("h2", {}, cut ? doc.name.slice(cut[0].length) : doc.name, cut ? el("small", { class: "folder" }, cut[0]) : null);
  }
  // In the list the headline stands for the document, with the file below it.
  function entry(doc) {
    // Of "name (folder/table.csv:3)" the folder is left out as well.
    const file = doc.name.replace(/^[^ ]*\/|(?<=\()[^()]*\//, ""), head = headline(doc);
    return head ? [el("span", { class: "name" }, head), el("span", { class: "folder file" }, file)]
      : [el("span", { class: "name file" }, file)];
  }

  function tags(doc) {
    const found = doc.now.map((tag) => {
      const label = TAGS.indexOf(tag);
      return el("span", { class: `tag ${CLASS[label]}` }, tag,
        el("span", { class: "pips", "aria-hidden": true }, "●".repeat(doc.top[label]) + "○".repeat(3 - doc.top[label])),
        el("span", { class: "sr" }, `, level ${doc.top[label]}`));
    });
    if (doc.na) found.push(el("span", { class: "tag na" }, "not assessed"));
    if (!found.length) found.push(el("span", { class: "tag none" }, "no tag"));
    if (doc.changed) found.push(el("span", { class: "hint" }, `was: ${doc.tags.join(", ") || "no tag"}`));
    return found;
  }

  // Violence upward, profanity downward, in the order of the sentences.
  function strip(doc, buckets, big) {
    const NS = "http://www.w3.org/2000/svg", svg = document.createElementNS(NS, "svg");
    const count = Math.max(1, Math.min(buckets, doc.s.length)), height = big ? 56 : 26, mid = height / 2;
    svg.setAttribute("class", big ? "strip big" : "strip");
    // A half without bars is not drawn: it would be a gap.
    const top = doc.top[0] ? 0 : mid - 2, bottom = doc.top[1] ? height : mid + 2;
    svg.setAttribute("viewBox", `0 ${top} ${count * 4} ${bottom - top}`);
    svg.style.height = `${bottom - top}px`;
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    svg.style.width = `${count * (big ? 20 : 14)}px`;
    const add = (name, attributes) => {
      const shape = document.createElementNS(NS, name);
      for (const key in attributes) shape.setAttribute(key, attributes[key]);
      svg.append(shape);
    };
    add("line", { class: "mid", x1: 0, x2: count * 4, y1: mid, y2: mid, "vector-effect": "non-scaling-stroke" });
    const most = [];
    doc.levels.forEach((both, i) => {
      const at = Math.floor((i * count) / doc.s.length);
      most[at] = most[at] ? most[at].map((value, label) => Math.max(value, both[label])) : [...both];
    });
    most.forEach((both, at) => both.forEach((level, label) => {
      if (!level) return;
      const tall = (level / 3) * (mid - 1.5);
      add("rect", { class: `${CLASS[label]} l${level}`, x: at * 4 + 0.4, width: 3.2, y: label ? mid + 0.75 : mid - 0.75 - tall, height: tall });
    }));
    if (big) svg.addEventListener("click", (event) => {
      const box = svg.getBoundingClientRect(), goal = ((event.clientX - box.left) / box.width) * doc.s.length;
      const nearest = flagged(doc).sort((a, b) => Math.abs(a + 0.5 - goal) - Math.abs(b + 0.5 - goal))[0];
      if (nearest !== undefined) visit(nearest);
    });
    return svg;
  }

  // --- The list of documents ---------------------------------------------------------------------

  function drawList() {
    state.order = documents.filter(listed);
    $("list").replaceChildren(...state.order.slice(0, state.shown).map((doc) => {
      const hits = flagged(doc).length;
      const button = el("button", { type: "button", class: "doc", "aria-current": doc === state.current ? "true" : null, "data-index": doc.index },
        ...entry(doc), el("span", { class: "tags" }, ...tags(doc)), doc.s.length > FEW && doc.top.some(Boolean) ? strip(doc, 64, false) : null,
        el("span", { class: "count" }, `${hits} of ${doc.s.length} sentence${doc.s.length === 1 ? "" : "s"} flagged`));
      button.addEventListener("click", () => open(doc, true));
      return el("li", {}, button);
    }));
    const left = state.order.length - state.shown;
    $("more").hidden = left <= 0;
    $("more").textContent = `Show ${Math.min(PAGE, left)} more of ${left.toLocaleString("en")}`;
    tell();
  }
  function tell() {
    const changed = documents.filter((doc) => doc.changed);
    const gains = changed.filter((doc) => doc.now.length > doc.tags.length).length;
    let text = `${state.order.length.toLocaleString("en")} of ${documents.length.toLocaleString("en")} documents`;
    if (moved(0) || moved(1))
      text += changed.length ? `; other thresholds: ${gains} with more tags, ${changed.length - gains} with fewer or others` : "; other thresholds: no tag changes";
    $("status").textContent = text;
  }

  // --- One document ------------------------------------------------------------------------------

  function open(doc, focus) {
    state.current = doc;
    for (const button of $("list").querySelectorAll(".doc")) {
      if (+button.dataset.index === doc.index) {
        button.setAttribute("aria-current", "true");
        if (!focus) button.scrollIntoView({ block: "nearest" });
      } else button.removeAttribute("aria-current");
    }
    drawDocument();
    if (focus) { document.body.classList.add("reading"); scrollTo(0, 0); $("article").focus({ preventScroll: true }); }
  }

  function drawDocument() {
    const doc = state.current;
    if (!doc) { $("article").replaceChildren(el("p", { class: "empty" }, documents.length ? "No document passes the filters." : "No documents.")); return; }
    const back = el("button", { type: "button", class: "button back" }, "← All documents");
    back.addEventListener("click", leave);
    const hits = flagged(doc);
    const walk = (text, step) => { const b = el("button", { type: "button", class: "button", disabled: !hits.length }, text); b.addEventListener("click", () => go(step)); return b; };
    const why = doc.now.map((tag) => el("li", {}, el("b", {}, tag), ": ", doc.changed || !doc.why[tag] ? "by the thresholds set here" : doc.why[tag].replace(/>=/g, "\u2265")));
    const head = el("header", { class: "head" }, title(doc), el("div", { class: "tags" }, ...tags(doc)),
      why.length ? el("ul", { class: "why" }, ...why) : null,
      doc.na ? el("p", { class: "notice" }, el("b", {}, "Not assessed. "), `${doc.na}. What was found is marked, but an unmarked sentence says nothing here.`) : null,
      doc.s.length > FEW ? strip(doc, 240, true) : null,
      el("div", { class: "walk" }, walk("← Previous", -1), walk("Next →", 1),
        el("span", { id: "at" }, `${hits.length} of ${doc.s.length} flagged`)),
      hits.length ? legend() : null);
    $("article").replaceChildren(el("article", { "aria-label": doc.name }, back, head, body(doc)));
  }

  // What the signs in the text mean, beside the text.
  function legend() {
    const key = (label) => el("span", {}, ...[1, 2, 3].flatMap((level) =>
      [el("b", { class: `key ${CLASS[label]} l${level}` }, `${LETTER[label]}${level}`), ` ${named(label, level)} `]));
    const evidence = [0, 1].map((label) => el("u", { class: `ev ${CLASS[label]}` }, LABELS[label]));
    return el("div", { class: "legend" }, key(0), key(1),
      el("span", {}, "Evidence: ", evidence[0], ", ", evidence[1]), el("span", {}, "Press a sign in the text to see why"));
  }

  function body(doc) {
    const head = headline(doc);
    const text = el("div", { class: "text" });
    let para = el("div", { class: "para" }), last = 0;
    const gap = (between) => {
      if (/\n\s*\n|\n/.test(between)) { if (para.childNodes.length) text.append(para); para = el("div", { class: "para" }); }
      else if (between && para.childNodes.length) para.append(between);
    };
    doc.s.forEach((sentence, i) => {
      gap(doc.text.slice(last, sentence[0]));
      para.append(...rendered(doc, i));
      last = sentence[1];
    });
    if (para.childNodes.length) text.append(para);
    if (head) text.firstChild.classList.add("headline");
    if (!doc.s.length) text.append(el("p", { class: "empty" }, "This document has no sentences."));
    return text;
  }

  function rendered(doc, i) {
    const sentence = doc.s[i], words = doc.text.slice(sentence[0], sentence[1]);
    const marks = [0, 1].filter((label) => passes(doc, i, label));
    const graphic = doc.levels[i].some((level) => level === 3);
    const key = `${doc.index}.${i}`;
    if (graphic && !$("open3").checked && !state.revealed.has(key)) return [hidden(doc, i, key)];
    if (!marks.length) return [words];
    const heaviest = marks.reduce((a, b) => (doc.levels[i][b] > doc.levels[i][a] ? b : a));
    const mark = el("mark", { id: `s${i}`, class: `${CLASS[heaviest]}${doc.levels[i][heaviest]}` }, chip(doc, i, marks), ...evidence(doc, i, words, marks));
    return [mark];
  }

  function hidden(doc, i, key) {
    const button = el("button", { type: "button", class: "reveal stop", "data-i": i });
    [0, 1].filter((label) => doc.levels[i][label]).forEach((label) =>
      button.append(el("span", {}, el("b", { class: CLASS[label] }, `${LETTER[label]}${doc.levels[i][label]}`), ` ${LABELS[label]}, ${named(label, doc.levels[i][label])}`)));
    button.append(el("i", {}, "Show sentence"));
    button.addEventListener("click", () => {
      state.revealed.add(key);
      const made = rendered(doc, i);
      button.replaceWith(...made);
      const next = made[0].querySelector ? made[0].querySelector(".chip") : null;
      if (next) next.focus();
    });
    return button;
  }

  function chip(doc, i, marks) {
    const said = marks.map((label) => `${LABELS[label]} ${doc.levels[i][label]}, ${named(label, doc.levels[i][label])}`).join("; ");
    const button = el("button", { type: "button", class: "chip stop", "data-i": i, "aria-expanded": "false" },
      ...marks.map((label) => el("span", { class: `${CLASS[label]} l${doc.levels[i][label]}` }, `${LETTER[label]}${doc.levels[i][label]}`)),
      el("em", { class: "sr" }, `${said}. Reasons`));
    button.addEventListener("click", () => {
      const mark = button.closest("mark"), shown = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!shown));
      if (shown) mark.nextElementSibling.remove();
      else mark.after(because(doc, i, marks));
    });
    return button;
  }

  function evidence(doc, i, words, marks) {
    const start = doc.s[i][0], parts = [];
    let last = 0;
    for (const [from, to, label] of doc.s[i][4] || []) {
      if (from - start < last || !marks.includes(label)) continue;
      parts.push(words.slice(last, from - start), el("u", { class: `ev ${CLASS[label]}` }, words.slice(from - start, to - start)));
      last = to - start;
    }
    parts.push(words.slice(last));
    return parts.filter((part) => part !== "");
  }

  // Why a sentence stands where it stands: its six probabilities and its strongest n-grams.
  function because(doc, i, marks) {
    const sentence = doc.s[i], box = el("div", { class: "because", role: "group", "aria-label": "Reasons" });
    for (const label of marks) {
      const level = doc.levels[i][label], section = el("section", { class: CLASS[label] });
      section.append(el("h3", { class: CLASS[label] }, `${LABELS[label][0].toUpperCase()}${LABELS[label].slice(1)} ${level}: ${named(label, level)}`,
        el("small", {}, byHouse(sentence, label) ? "level set by house rules" : "bar: probability, line: threshold")));
      const ladder = el("div", { class: "ladder" });
      [1, 2, 3].forEach((cut) => {
        const chance = sentence[3][label * 3 + cut - 1], limit = state.thresholds[label][cut - 1];
        ladder.append(el("span", {}, `${cut} ${named(label, cut)}${cut < 3 ? " or more" : ""}`),
          el("span", { class: "track", title: `threshold ${percent(limit)}` },
            el("span", { class: `fill ${chance >= limit ? `on ${CLASS[label]}` : ""}`, style: `width:${chance * 100}%` }),
            el("span", { class: "cut", style: `left:calc(${limit * 100}% - 1px)` })),
          el("span", { class: "of" }, percent(chance), el("span", { class: "sr" }, `, threshold ${percent(limit)}`)));
      });
      section.append(ladder);
      const grams = sentence[5] ? sentence[5][label] : [];
      if (grams.length) {
        const most = Math.max(...grams.map(([, weight]) => Math.abs(weight)));
        const table = el("table", { class: "grams" }, el("caption", {}, "Strongest words and n-grams: weight in log-odds, + raises, − lowers"));
        for (const [feature, weight] of grams)
          table.append(el("tr", { class: weight < 0 ? "down" : "up" }, el("th", { scope: "row" }, feature),
            el("td", { class: "bar" }, el("i", { style: `width:${(Math.abs(weight) / most) * 100}%` })),
            el("td", { class: "w" }, (weight < 0 ? "−" : "+") + Math.abs(weight).toFixed(2))));
        section.append(table);
      }
      box.append(section);
    }
    return box;
  }

  // --- Moving about ------------------------------------------------------------------------------

  const stops = () => [...$("article").querySelectorAll(".stop")];
  function go(step) {
    const all = stops();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const middle = innerHeight / 3;
    let next = at >= 0 ? at + step : step > 0 ? all.findIndex((stop) => stop.getBoundingClientRect().top > (state.walked ? middle : 0)) : all.length - 1;
    state.walked = true;
    next = (next + all.length) % all.length;
    land(all[next]);
  }
  function visit(i) { const stop = stops().find((one) => +one.dataset.i === i); if (stop) land(stop); }
  function land(stop) {
    stop.focus({ preventScroll: true });
    const all = stops();
    $("at").textContent = `${all.indexOf(stop) + 1} of ${all.length} flagged`;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    stop.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  }
  function turn(step) {
    const at = state.order.indexOf(state.current), next = state.order[at + step];
    if (!next) return;
    if (at + step >= state.shown) { state.shown += PAGE; drawList(); }
    open(next, false);
    scrollTo(0, 0);
    $("article").focus({ preventScroll: true });
  }
  function leave() {
    document.body.classList.remove("reading");
    const button = $("list").querySelector("[aria-current=true]");
    if (button) { button.focus(); button.scrollIntoView({ block: "center" }); }
  }

  // --- Filters and thresholds --------------------------------------------------------------------

  function redraw(sorted) {
    documents.forEach(retag);
    if (sorted) documents.sort(compare);
    drawList();
    if (!state.order.includes(state.current)) state.current = state.order[0] || null;
    if (state.current) open(state.current, false); else drawDocument();
  }
  function refilter() {
    state.labels = [...document.getElementsByName("label")].map((box) => box.checked);
    state.level = +[...document.getElementsByName("level")].find((radio) => radio.checked).value;
    state.sure = +$("sure").value;
    $("sure-is").textContent = `${state.sure} %`;
    state.find = $("find").value.trim().toLowerCase();
    state.which = $("which").value;
    state.shown = PAGE;
    redraw(false);
  }
  function sliders() {
    $("sliders").replaceChildren(...LABELS.map((label, l) => el("fieldset", {},
      el("legend", { class: CLASS[l] }, label[0].toUpperCase() + label.slice(1)),
      ...[1, 2, 3].map((cut) => {
        const id = `t-${label}-${cut}`, value = state.thresholds[l][cut - 1];
        const input = el("input", { type: "range", id, min: 0.01, max: 0.99, step: 0.01, value });
        const output = el("output", { for: id }, percent(value));
        const row = el("div", { class: "slide" }, el("label", { for: id }, `${cut} ${named(l, cut)}`), input, output);
        const take = (sorted) => {
          const near = Math.abs(+input.value - shipped[l][cut - 1]) < 0.005;
          state.thresholds[l][cut - 1] = near ? shipped[l][cut - 1] : +input.value;
          output.textContent = percent(state.thresholds[l][cut - 1]);
          row.classList.toggle("moved", !near);
          redraw(sorted);
        };
        input.addEventListener("input", () => { clearTimeout(state.timer); state.timer = setTimeout(() => take(false), 60); });
        input.addEventListener("change", () => { clearTimeout(state.timer); take(true); });
        return row;
      }))));
  }
  function policy() {
    return LABELS.map((label, l) => `[thresholds.${label}]\n` + state.thresholds[l].map((cut, i) => `${i + 1} = ${cut}`).join("\n")).join("\n\n") + "\n";
  }

  $("filters").addEventListener("submit", (event) => event.preventDefault());
  for (const name of ["label", "level"]) for (const input of document.getElementsByName(name)) input.addEventListener("change", refilter);
  for (const id of ["which"]) $(id).addEventListener("change", refilter);
  for (const id of ["sure", "find"]) $(id).addEventListener("input", () => { clearTimeout(state.timer); state.timer = setTimeout(refilter, 80); });
  $("open3").addEventListener("change", () => { drawList(); drawDocument(); });
  $("more").addEventListener("click", () => { state.shown += PAGE; drawList(); });
  $("reset").addEventListener("click", () => { state.thresholds = shipped.map((cuts) => [...cuts]); sliders(); redraw(true); });
  $("copy").addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(policy()); $("status").textContent = "Copied: paste it into a policy file for --policy."; }
    catch { prompt("Copy these lines into a policy file:", policy()); }
  });
  $("keys").addEventListener("click", () => $("help").showModal());

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !$("help").open && document.body.classList.contains("reading")) return leave();
    if (event.ctrlKey || event.metaKey || event.altKey || $("help").open || !$("shortcuts").checked) return;
    if (event.target.matches("input[type=search], select, textarea")) { if (event.key === "Escape") event.target.blur(); return; }
    const act = { j: () => go(1), k: () => go(-1), n: () => turn(1), p: () => turn(-1),
      "/": () => { leave(); $("find").focus(); }, "?": () => $("help").showModal(),
      t: () => { leave(); $("knobs").open = true; $("sliders").querySelector("input").focus(); } }[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  for (const doc of documents) for (const sentence of doc.s) sentence[3] = sentence[3].map((score) => score / 10000);
  documents.forEach((doc, index) => { doc.index = index; doc.hay = `${doc.name}\n${doc.text}`.toLowerCase(); });
  sliders();
  redraw(true);
})();
