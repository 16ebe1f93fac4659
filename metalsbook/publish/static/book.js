// Folded parts, light and dark, the edition menu, the notice of a newer edition, copying code, unpacking.
(() => {
  // From base64 of deflated JSON, as publish/packed.py packs it.
  window.metalsbookUnpack = async (packed) => {
    const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
  };

  // Storage may be switched off.
  const remember = (store, key, value) => { try { window[store].setItem(key, value); } catch { /* so be it */ } };
  const recall = (store, key) => { try { return window[store].getItem(key); } catch { return null; } };

  // What folds hold travels packed at the end of the page, in the order of their summaries (publish/folds.py).
  const fillFolds = async () => {
    const packed = document.getElementById("folds");
    if (!packed) return;
    try {
      const held = await window.metalsbookUnpack(packed.textContent);
      const summaries = [...document.querySelectorAll("main details:not(.chart-data) > summary:only-child")];
      summaries.filter((summary) => !summary.nextSibling).forEach((summary, place) => {
        summary.insertAdjacentHTML("afterend", held[place]);
      });
      packed.remove();
    } catch {
      // A browser that cannot unpack shows the page as one without scripts does.
      delete document.documentElement.dataset.script;
    }
  };

  // Who follows a link to a folded part wants to read it; who comes back or reloads is where they were.
  const openTarget = (y) => {
    const reached = document.querySelector(":target");
    const target = reached ?? document.getElementById(location.hash.slice(1));
    const fold = target?.closest("details");
    for (let outer = fold; outer; outer = outer.parentElement.closest("details")) outer.open = true;
    if (fold && !reached) {
      target.tabIndex = -1;
      target.focus({ preventScroll: true });
    }
    if (y) scrollTo(0, y);
    else if (fold) target.scrollIntoView();
  };
  const scrolled = `scrolled in ${location.pathname}`;
  addEventListener("pagehide", () => remember("sessionStorage", scrolled, scrollY));
  const comesBack = ["reload", "back_forward"].includes(performance.getEntriesByType("navigation")[0]?.type);

  // Long lists are printed whole.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.mb-group:not([open])")];
    opened.forEach((fold) => { fold.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((fold) => { fold.open = false; }));

  const page = document.documentElement;
  const isDark = () =>
    page.dataset.theme ? page.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  const button = document.getElementById("scheme");
  const label = () => { button.textContent = isDark() ? "Light" : "Dark"; };
  if (button) {
    button.hidden = false;
    label();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
    button.addEventListener("click", () => {
      page.dataset.theme = isDark() ? "light" : "dark";
      remember("localStorage", "scheme", page.dataset.theme);
      label();
    });
  }

  // Code of the cells is there for who asks for it: one button for the page, remembered for the next.
  const folds = document.querySelectorAll(".cell:not(.tag_hide-cell) > details.hide");
  const code = document.getElementById("code");
  const showCode = (shown) => {
    page.dataset.code = shown ? "shown" : "hidden";
    code.setAttribute("aria-pressed", shown);
    code.textContent = shown ? "Hide code" : "Show code";
    folds.forEach((fold) => { fold.open = shown; });
  };
  if (code && folds.length) {
    code.hidden = false;
    showCode(recall("localStorage", "code") === "shown");
    code.addEventListener("click", () => {
      showCode(page.dataset.code !== "shown");
      remember("localStorage", "code", page.dataset.code);
    });
  }

  const all = window.metalsbookEditions;
  const menu = document.getElementById("edition-menu");
  const { site, month } = page.dataset;
  const address = (edition) =>
    `${site}${edition.month}/${edition.pages.includes(page.dataset.page) ? page.dataset.page : "index"}.html`;

  // The guide belongs to all editions: from it a reader goes back to the edition that they came from. An old edition
  // names itself in its links to the guide, for a tab of its own; while a tab stays in the guide, it remembers.
  let here = month || new URLSearchParams(location.search).get("edition") || recall("sessionStorage", "edition");
  if (here) remember("sessionStorage", "edition", here);
  const nameEdition = () => {
    if (!all?.length || !month || month >= all[0].month) return;
    for (const link of document.querySelectorAll(`a[href^="${site}guide/"]`)) {
      link.setAttribute("href", link.getAttribute("href").replace(/(?=#|$)/, `?edition=${month}`));
    }
  };
  if (all?.length && menu && !month) {
    const own = all.find((edition) => edition.month === here) ?? all[0];
    here = own.month;
    for (const [selector, name] of [["a", "href"], ["form", "action"]]) {
      for (const one of document.querySelectorAll(`${selector}[${name}^="${site}latest/"]`)) {
        const place = one.getAttribute(name).slice(`${site}latest/`.length);
        if (own.pages.includes(place.replace(/\.html(#.*)?$/, ""))) one.setAttribute(name, `${site}${here}/${place}`);
      }
    }
  }

  if (all && menu) {
    const select = document.createElement("select");
    select.setAttribute("aria-label", "Edition");
    for (const edition of all) {
      const option = new Option(edition === all[0] ? `${edition.name} (latest)` : edition.name, edition.month);
      option.selected = edition.month === here;
      select.append(option);
    }
    select.addEventListener("change", () => {
      location.href = address(all.find((edition) => edition.month === select.value));
    });
    menu.replaceChildren(select);

    const notice = document.getElementById("newer");
    if (notice && month && all.length && month < all[0].month) {
      const link = document.createElement("a");
      link.href = address(all[0]);
      link.textContent = `Read this page in the edition ${all[0].name}`;
      notice.append("This is an old edition, kept as it was. ", link, ".");
      notice.hidden = false;
    }
  }

  // Tables whose rows carry keys (data-verdict="...") get a menu for each key and a count of what is shown.
  const addFilters = () => {
    for (const table of document.querySelectorAll(".mb-table")) {
      const rows = [...table.tBodies[0].rows];
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
  };

  const addCopying = () => {
    for (const block of document.querySelectorAll("div.highlight")) {
      const copy = document.createElement("button");
      copy.type = "button";
      copy.className = "copy";
      copy.textContent = "Copy";
      copy.addEventListener("click", async () => {
        await navigator.clipboard.writeText(block.querySelector("pre").textContent);
        copy.textContent = "Copied";
        setTimeout(() => { copy.textContent = "Copy"; }, 1500);
      });
      if (navigator.clipboard) block.append(copy);
    }
  };

  // Browsers find the target only once the page is laid out.
  const laidOut = new Promise((done) => { addEventListener("load", done); });
  const filled = fillFolds().then(() => { addFilters(); addCopying(); nameEdition(); });
  Promise.all([laidOut, filled]).then(() => openTarget(comesBack ? Number(recall("sessionStorage", scrolled)) : 0));
  addEventListener("hashchange", () => openTarget());
})();
