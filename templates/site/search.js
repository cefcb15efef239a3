// Searches the text of every edition, newest first, in the browser alone. Each edition's part of
// the index is a script that calls reportgenShard, so that it loads from a server and a folder.
(() => {
  "use strict";
  const form = document.getElementById("search");
  const field = document.getElementById("words");
  const status = document.getElementById("status");
  const results = document.getElementById("results");
  const editions = Array.from(document.querySelectorAll("a[data-shard]"), (link) => ({
    name: link.textContent.trim(),
    report: link.getAttribute("href"),
    shard: link.dataset.shard,
  }));
  const SHOWN = 3;
  const BEFORE = 40;
  const AFTER = 110;
  let turn = 0;
  let timer = 0;

  // Full-width and half-width, capital and small forms are the same to a reader who searches.
  const folded = (text) => text.normalize("NFKC").toLowerCase();

  const filled = (text, values) =>
    text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function load(edition) {
    if (!edition.loading) {
      edition.loading = new Promise((resolve, reject) => {
        const script = document.createElement("script");
        window.reportgenShard = (data) => {
          const told = data.passages.map(([anchor, heading, text]) => ({
            anchor, heading, text, folded: folded(`${heading}\n${text}`),
          }));
          // The opening repeats what the sections say.
          edition.passages = [...told.filter((one) => one.anchor), ...told.filter((one) => !one.anchor)];
        };
        script.onload = () => (edition.passages ? resolve() : reject(new Error(edition.name)));
        script.onerror = () => {
          edition.loading = null;
          reject(new Error(edition.name));
        };
        script.src = edition.shard;
        document.head.append(script);
      });
    }
    return edition.loading;
  }

  // The text folded sign by sign, with the place each folded sign came from.
  function mapped(text) {
    const places = [];
    let found = "";
    let place = 0;
    for (const sign of text) {
      const form = folded(sign);
      found += form;
      for (let i = 0; i < form.length; i += 1) places.push(place);
      place += sign.length;
    }
    places.push(text.length);
    return { found, places };
  }

  function marks(text, words) {
    const { found, places } = mapped(text);
    const spans = [];
    for (const word of words) {
      for (let at = found.indexOf(word); at >= 0; at = found.indexOf(word, at + word.length)) {
        spans.push([places[at], places[at + word.length]]);
      }
    }
    return spans.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  }

  function spaceBefore(text, place) {
    const near = text.lastIndexOf(" ", place);
    return near >= 0 && place - near < 15 ? near + 1 : place;
  }

  function excerpt(text, words) {
    const line = element("p");
    const spans = marks(text, words);
    const first = spans.length ? spans[0][0] : 0;
    let from = first > BEFORE ? spaceBefore(text, first - BEFORE) : 0;
    const wide = /[\u3040-\u30ff\u3400-\u9fff]/.test(text) ? 1 : 1.7;
    const until = Math.min(text.length, Math.round(first + AFTER * wide));
    if (from > 0) line.append("…");
    for (const [start, end] of spans) {
      if (start < from || start >= until) continue;
      line.append(text.slice(from, start), element("mark", text.slice(start, end)));
      from = Math.max(from, end);
    }
    line.append(text.slice(from, Math.max(from, until)));
    if (until < text.length) line.append("…");
    return line;
  }

  function item(edition, passage, words) {
    const made = element("li");
    const link = element("a", passage.heading || form.dataset.start);
    link.href = passage.anchor ? `${edition.report}#${encodeURIComponent(passage.anchor)}` : edition.report;
    made.append(link, excerpt(passage.text, words));
    return made;
  }

  function show(edition, found, words) {
    const group = element("section", "", "found");
    group.append(element("h2", edition.name));
    const first = element("ol");
    found.slice(0, SHOWN).forEach((one) => first.append(item(edition, one, words)));
    group.append(first);
    if (found.length > SHOWN) {
      const rest = element("details");
      rest.append(element("summary", filled(form.dataset.more, { n: found.length - SHOWN })));
      const list = element("ol");
      found.slice(SHOWN).forEach((one) => list.append(item(edition, one, words)));
      rest.append(list);
      group.append(rest);
    }
    results.append(group);
  }

  async function search() {
    const mine = (turn += 1);
    const words = folded(field.value).split(/\s+/).filter(Boolean);
    results.replaceChildren();
    status.textContent = "";
    remember(field.value.trim());
    if (!words.length) return;
    let count = 0;
    let read = 0;
    for (const edition of editions) {
      try {
        await load(edition);
      } catch {
        if (mine !== turn) return;
        status.textContent = filled(form.dataset.lost, { name: edition.name });
        continue;
      }
      if (mine !== turn) return;
      const found = edition.passages.filter((one) => words.every((word) => one.folded.includes(word)));
      read += 1;
      count += found.length;
      if (found.length) show(edition, found, words);
      status.textContent = filled(form.dataset.found, { found: count, read, all: editions.length });
    }
  }

  function remember(words) {
    const address = words ? `?q=${encodeURIComponent(words)}` : window.location.pathname;
    try {
      window.history.replaceState(null, "", address);
    } catch {
      // A page from a folder may not change its address.
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  field.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(search, 250);
  });
  field.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 250);
  });
  form.hidden = false;
  field.value = new URLSearchParams(window.location.search).get("q") || "";
  if (field.value) search();
})();
