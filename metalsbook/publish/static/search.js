// Search over the edition's own index and that of the guide. Words are looked for as parts of the text: that finds 镁锭 in any sentence.
(() => {
  const field = document.getElementById("q");
  const state = document.getElementById("search-state");
  const list = document.getElementById("search-finds");
  const LIMIT = 60;
  let sections = [];
  let awaited = 0;

  // Character by character, so that a place in the folded text is the same place in the text.
  const foldOne = (sign) => {
    const folded = sign.normalize("NFKC").toLowerCase();
    return folded.length === sign.length ? folded : sign;
  };
  const fold = (text) => Array.from(text, foldOne).join("");
  // A plural finds its singular and the other way round; Chinese words stay whole.
  const stem = (word) => (/^[a-z]{4,}s$/.test(word) && !word.endsWith("ss") ? word.slice(0, -1) : word);

  const score = (section, words) => {
    let sum = 0;
    for (const word of words) {
      const inTitle = section.foldedTitle.includes(word);
      const first = section.foldedText.indexOf(word);
      if (!inTitle && first < 0) return 0;
      const start = new RegExp(`(^|[^a-z0-9])${word.replace(/[\^$\\.*+?()[\]{}|/]/g, "\\$&")}`, "u");
      sum += (inTitle ? 20 : 0) + (start.test(section.foldedText) ? 4 : 1) + Math.min(4, section.foldedText.split(word).length - 1);
    }
    return sum;
  };

  const excerpt = (section, words) => {
    const places = words.map((word) => section.foldedText.indexOf(word)).filter((place) => place >= 0);
    const at = places.length ? Math.max(0, Math.min(...places) - 60) : 0;
    const part = document.createElement("p");
    if (at > 0) part.append("… ");
    let rest = section.text.slice(at, at + 220);
    while (rest) {
      const folded = fold(rest);
      const hits = words.map((word) => [folded.indexOf(word), word.length]).filter(([place]) => place >= 0);
      if (!hits.length) { part.append(rest); break; }
      hits.sort((one, other) => one[0] - other[0]);
      const [place, length] = hits[0];
      const mark = document.createElement("mark");
      mark.textContent = rest.slice(place, place + length);
      part.append(rest.slice(0, place), mark);
      rest = rest.slice(place + length);
    }
    return part;
  };

  const find = (query) => {
    const words = fold(query).split(/\s+/).filter(Boolean).map(stem);
    list.replaceChildren();
    if (!words.length) return;
    const finds = sections.map((section) => [score(section, words), section]).filter(([points]) => points > 0)
      .sort((a, b) => b[0] - a[0]);
    if (!finds.length && awaited) return;
    state.textContent = finds.length
      ? `${finds.length} ${finds.length === 1 ? "section" : "sections"} with “${query.trim()}”`
      : `Nothing in this edition or the guide with “${query.trim()}”.`;
    for (const [, section] of finds.slice(0, LIMIT)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `${section.folder}${section.page}.html${section.anchor ? `#${section.anchor}` : ""}`;
      link.textContent = section.title === section.pageTitle ? section.title : `${section.pageTitle}: ${section.title}`;
      item.append(link, excerpt(section, words));
      list.append(item);
    }
  };

  // Pages are named as seen from the folder of their index.
  window.metalsbookIndex = async (packed) => {
    const folder = document.currentScript.getAttribute("src").replace(/[^/]*$/, "");
    if (!("DecompressionStream" in window)) {
      state.textContent = "Search needs a browser of 2023 or newer.";
      return;
    }
    const rows = await metalsbookUnpack(packed);
    const titles = new Map();
    for (const [page, , title] of rows) if (!titles.has(page)) titles.set(page, title);
    sections = sections.concat(rows.map(([page, anchor, title, text]) => ({
      folder, page, anchor, title, text, pageTitle: titles.get(page), foldedTitle: fold(title), foldedText: fold(text),
    })));
    awaited -= 1;
    find(field.value);
  };
  field.value = new URLSearchParams(location.search).get("q") || "";
  field.addEventListener("input", () => find(field.value));
  field.form.addEventListener("submit", (event) => { event.preventDefault(); find(field.value); });
  for (const address of list.dataset.indexes.split(" ")) {
    const script = document.createElement("script");
    script.src = address;
    awaited += 1;
    document.head.append(script);
  }
})();
