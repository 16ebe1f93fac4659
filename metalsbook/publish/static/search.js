// Search over the edition's own index and that of the guide (publish/search.py).
(() => {
  const field = document.getElementById("q");
  const state = document.getElementById("search-state");
  const list = document.getElementById("search-finds");
  const LIMIT = 60;
  const RANK = [12, 0, -25];
  // What readers type and what the pages say.
  const SAME = [
    ["ndpr", "prnd", "nd-pr", "pr-nd", "praseodymium-neodymium", "镨钕"],
    ["氧化镨钕", "镨钕氧化物", "pr-nd oxide"],
    ["ev", "nev", "electric vehicle", "new-energy vehicle", "electric car", "新能源汽车"],
    ["mg", "magnesium"],
  ];
  const MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
  const HAN = /\p{Script=Han}/u;
  let sections = [];
  let awaited = 0;

  // Character by character, so that a place in the folded text is the same place in the text.
  const foldOne = (sign) => {
    const folded = sign.normalize("NFKC").toLowerCase().replace(/[\u2010-\u2015\u2212]/, "-").replace(/[\u2018\u2019]/, "'");
    return folded.length === sign.length ? folded : sign;
  };
  const fold = (text) => Array.from(text, foldOne).join("");
  const escape = (text) => text.replace(/[\^$\\.*+?()[\]{}|/]/g, "\\$&");

  // A figure is found with and without its commas; a word as a whole, in singular and plural; Chinese anywhere.
  const pattern = (word, whole) => {
    if (HAN.test(word)) return escape(word);
    const start = "(?<![\\p{L}\\p{N}]|\\p{N}[.,])";
    const end = whole ? "(?![\\p{L}\\p{N}]|,\\p{N})" : "";
    if (/^\d+(\.\d+)?$/.test(word)) return `${start}${word.replace(/\d(?=\d)/g, "$&,?").replace(".", "\\.")}${end}`;
    const stem = /[a-z]{3}s$/.test(word) && !word.endsWith("ss") ? word.slice(0, -1) : word;
    return `${start}${escape(stem)}(?:s|es)?${end}`;
  };
  const alternatives = (word) => {
    const [, year, month] = /^((?:19|20)\d\d)-(0[1-9]|1[0-2])$/.exec(word) ?? [];
    const same = SAME.find((words) => words.includes(word) || words.includes(word.replace(/s$/, ""))) ?? [];
    return [...new Set([word, ...same, ...(month ? [`${MONTHS[month - 1]} ${year}`] : [])])];
  };
  const wordsOf = (query) => fold(query).replace(/(\d),(?=\d{3})/g, "$1").split(/\s+/)
    .map((word) => word.replace(/^["“(]+|[")”,;:?!]+$/g, "")).filter(Boolean);
  const patterns = (words, whole) => words.map((word) =>
    new RegExp(alternatives(word).map((each) => pattern(each, whole)).join("|"), "gu"));

  const score = (section, wanted) => {
    let sum = RANK[section.rank];
    for (const each of wanted) {
      const inTitle = (section.foldedTitle.match(each) ?? []).length;
      const inText = (section.foldedText.match(each) ?? []).length;
      if (!inTitle && !inText) return null;
      sum += (inTitle ? 20 : 0) + (inText ? 4 + Math.min(4, inText) : 0);
    }
    return sum;
  };

  const excerpt = (section, wanted) => {
    const hits = wanted.flatMap((each) => [...section.foldedText.matchAll(each)].map((hit) => [hit.index, hit.index + hit[0].length]))
      .sort((one, other) => one[0] - other[0]);
    const from = Math.max(0, (hits[0]?.[0] ?? 0) - 60);
    const to = from + 220;
    const part = document.createElement("p");
    if (from > 0) part.append("… ");
    let at = from;
    for (const [start, end] of hits) {
      if (start < at || end > to) continue;
      const mark = document.createElement("mark");
      mark.textContent = section.text.slice(start, end);
      part.append(section.text.slice(at, start), mark);
      at = end;
    }
    part.append(section.text.slice(at, to));
    return part;
  };

  const find = (query) => {
    const words = wordsOf(query);
    list.replaceChildren();
    state.textContent = "";
    if (!words.length) return;
    const rate = (wanted) => sections.map((section) => [score(section, wanted), section]).filter(([points]) => points !== null);
    let wanted = patterns(words, true);
    let finds = rate(wanted);
    if (!finds.length) {
      // Nothing as a whole word: perhaps the reader is still typing.
      wanted = patterns(words, false);
      finds = rate(wanted);
    }
    if (!finds.length && awaited) return;
    finds.sort((one, other) => other[0] - one[0]);
    state.textContent = finds.length
      ? `${finds.length} ${finds.length === 1 ? "section" : "sections"} with “${query.trim()}”`
      : `Nothing in this edition or the guide with “${query.trim()}”.`;
    for (const [, section] of finds.slice(0, LIMIT)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `${section.folder}${section.page}.html${section.anchor ? `#${section.anchor}` : ""}`;
      link.textContent = section.title === section.pageTitle ? section.title : `${section.pageTitle}: ${section.title}`;
      item.append(link, excerpt(section, wanted));
      list.append(item);
    }
  };

  // Pages are named as seen from the folder of their index.
  window.metalsbookIndex = (rows) => {
    const folder = document.currentScript.getAttribute("src").replace(/[^/]*$/, "");
    const titles = new Map();
    for (const [page, , title] of rows) if (!titles.has(page)) titles.set(page, title);
    sections = sections.concat(rows.map(([page, anchor, title, text, rank]) => ({
      folder, page, anchor, title, text, rank, pageTitle: titles.get(page), foldedTitle: fold(title), foldedText: fold(text),
    })));
    awaited -= 1;
    find(field.value);
  };
  field.value = new URLSearchParams(location.search).get("q") || "";
  field.addEventListener("input", () => find(field.value));
  field.form.addEventListener("submit", (event) => { event.preventDefault(); find(field.value); });
  const indexes = list.dataset.indexes.split(" ");
  // From the guide, the edition that the reader came from is searched as well.
  const edition = window.metalsbookEdition;
  if (edition) indexes.unshift(`${document.documentElement.dataset.site}${edition}/search-index.js`);
  for (const address of indexes) {
    const script = document.createElement("script");
    script.src = address;
    awaited += 1;
    document.head.append(script);
  }
})();
