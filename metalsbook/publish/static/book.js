// Light and dark, code of the cells, the edition menu, links into folds, menus over tables, copying code.
(() => {
  // Storage may be switched off.
  const remember = (store, key, value) => { try { window[store].setItem(key, value); } catch { /* so be it */ } };
  const recall = (store, key) => { try { return window[store].getItem(key); } catch { return null; } };

  // Who follows a link to a folded part wants to read it.
  const openTarget = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = target?.closest("details");
    for (let outer = fold; outer; outer = outer.parentElement.closest("details")) outer.open = true;
    if (fold) target.scrollIntoView();
  };
  if (performance.getEntriesByType("navigation")[0]?.type === "navigate") addEventListener("load", openTarget);
  addEventListener("hashchange", openTarget);

  // Long lists are printed whole.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.mb-group:not([open])")];
    opened.forEach((fold) => { fold.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((fold) => { fold.open = false; }));

  const page = document.documentElement;
  const darkSystem = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (page.dataset.theme ? page.dataset.theme === "dark" : darkSystem.matches);
  const scheme = document.getElementById("scheme");
  const label = () => { scheme.textContent = isDark() ? "Light" : "Dark"; };
  if (scheme) {
    label();
    darkSystem.addEventListener("change", label);
    scheme.addEventListener("click", () => {
      page.dataset.theme = isDark() ? "light" : "dark";
      remember("localStorage", "scheme", page.dataset.theme);
      label();
    });
  }

  // Code of the cells is there for who asks for it: one button for the page, remembered for the next.
  const code = document.getElementById("code");
  const showCode = (shown) => {
    page.dataset.code = shown ? "shown" : "hidden";
    code.setAttribute("aria-pressed", shown);
    code.textContent = shown ? "Hide code" : "Show code";
    document.querySelectorAll(".cell:not(.tag_hide-cell) > details.hide").forEach((fold) => { fold.open = shown; });
  };
  if (code) {
    showCode(recall("localStorage", "code") === "shown");
    code.addEventListener("click", () => {
      showCode(page.dataset.code !== "shown");
      remember("localStorage", "code", page.dataset.code);
    });
  }

  const all = window.metalsbookEditions ?? [];
  const select = document.querySelector("#edition-menu select");
  const { site, month } = page.dataset;
  const address = (edition) =>
    `${site}${edition.month}/${edition.pages.includes(page.dataset.page) ? page.dataset.page : "index"}.html`;
  // The guide belongs to all editions: from it a reader goes back to the edition that they came from.
  if (month) remember("sessionStorage", "edition", month);
  const own = all.find((edition) => edition.month === (month || recall("sessionStorage", "edition"))) ?? all[0];
  if (own && select) {
    if (!month) {
      window.metalsbookEdition = own.month;
      for (const link of document.querySelectorAll(`a[href^="${site}latest/"]`)) {
        const place = link.getAttribute("href").slice(`${site}latest/`.length);
        if (own.pages.includes(place.replace(/\.html(#.*)?$/, ""))) link.setAttribute("href", `${site}${own.month}/${place}`);
      }
    }
    const short = ({ name }) => name.replace(/^(\w{3})\w*/, "$1");
    select.replaceChildren(...all.map((edition) => new Option(short(edition), edition.month)));
    select.value = own.month;
    select.disabled = false;
    select.addEventListener("change", () => {
      location.href = address(all.find((edition) => edition.month === select.value));
    });
    const notice = document.getElementById("newer");
    if (notice && month && month < all[0].month) {
      const link = document.createElement("a");
      link.href = address(all[0]);
      link.textContent = `Read this page in the edition ${all[0].name}`;
      notice.append("This is an old edition, kept as it was. ", link, ".");
      notice.hidden = false;
    }
  }

  // Tables whose rows carry keys (data-verdict="...") get a menu for each key and a count of what is shown.
  for (const table of document.querySelectorAll(".mb-table")) {
    const rows = [...(table.tBodies[0]?.rows ?? [])];
    const keys = rows.length ? Object.keys(rows[0].dataset) : [];
    if (!keys.length) continue;
    const bar = document.createElement("div");
    bar.className = "mb-filters";
    const count = document.createElement("output");
    const menus = keys.map((key) => {
      const label = document.createElement("label");
      const menu = document.createElement("select");
      const values = [...new Set(rows.map((row) => row.dataset[key]))].sort();
      menu.append(new Option("all", ""), ...values.map((value) => new Option(value.replaceAll("_", " "), value)));
      label.append(key, menu);
      bar.append(label);
      return [key, menu];
    });
    const choose = () => {
      for (const row of rows) row.hidden = menus.some(([key, menu]) => menu.value && row.dataset[key] !== menu.value);
      count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows`;
    };
    bar.addEventListener("change", choose);
    bar.append(count);
    choose();
    (table.closest(".mb-scroll") ?? table).before(bar);
  }

  // On a phone the rows of a wide table are cards: each cell says of which column it is (book.css).
  for (const table of document.querySelectorAll(".mb-table")) {
    const names = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent);
    if (names.length < 4 || table.tHead.rows.length > 1) continue;
    for (const row of table.tBodies[0].rows) [...row.cells].forEach((cell, place) => { cell.dataset.label = names[place]; });
    // Laid out as blocks, a table would no longer be told as one.
    for (const [role, parts] of [["table", "&"], ["rowgroup", "thead, tbody"], ["row", "tr"], ["columnheader", "thead th"], ["rowheader", "tbody th"], ["cell", "td"]]) {
      (parts === "&" ? [table] : table.querySelectorAll(parts)).forEach((part) => part.setAttribute("role", role));
    }
  }

  for (const block of navigator.clipboard ? document.querySelectorAll("div.highlight") : []) {
    const copy = document.createElement("button");
    copy.type = "button";
    copy.className = "copy";
    copy.textContent = "Copy";
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.querySelector("pre").textContent);
      copy.textContent = "Copied";
      setTimeout(() => { copy.textContent = "Copy"; }, 1500);
    });
    block.append(copy);
  }
})();
