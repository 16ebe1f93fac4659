// Charts: the static picture stands there at once; the interactive one takes its place when a reader moves near it.
(() => {
  const WIDE = 700;
  const NARROWEST = 280;
  const assets = document.documentElement.dataset.assets;
  const loaded = new Map();

  const load = (address) => {
    if (!loaded.has(address)) {
      loaded.set(address, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = address;
        script.onload = done;
        script.onerror = () => failed(new Error(`cannot load ${address}`));
        document.head.append(script);
      }));
    }
    return loaded.get(address);
  };

  // The specs of a page, and its tables, as publish/charts.py hands them over.
  let handed;
  let tables;
  window.metalsbookCharts = (specs) => { handed = specs; };
  window.metalsbookTables = (shown) => { tables = shown; };

  // The same layout as that of the static picture (page/drawing.py).
  const fillsWidth = (spec) => ("layer" in spec || "mark" in spec) && typeof spec.width !== "object" &&
    !["facet", "row", "column"].some((channel) => spec.encoding?.[channel]);
  // Told to Vega, not to Vega-Lite, which would warn of every chart whose height follows from its rows.
  const fill = (vega) => ({ ...vega, autosize: { type: "fit-x", contains: "padding" } });
  const fitWidth = (spec, width) => {
    const fitted = structuredClone(spec);
    if (fillsWidth(spec)) fitted.width = width;
    // The figure carries one text for the whole chart; a label on every mark would only add weight.
    fitted.config = { ...fitted.config, aria: false };
    if (width < WIDE) {
      const legend = {
        columns: 2, labelLimit: Math.floor(width / 2) - 30, gradientLength: 110, layout: { top: { anchor: "end" } },
      };
      fitted.config.legend = { ...fitted.config.legend, ...legend };
      fitted.config.axis = { ...fitted.config.axis, labelLimit: 110, labelSeparation: 6 };
    }
    return fitted;
  };

  const tooltip = document.createElement("div");
  tooltip.className = "chart-tip";
  tooltip.hidden = true;
  document.body.append(tooltip);
  const showTip = (handler, event, item, value) => {
    tooltip.hidden = value == null || value === "";
    if (tooltip.hidden) return;
    const rows = typeof value === "object" ? Object.entries(value) : [["", value]];
    tooltip.replaceChildren(...rows.map(([name, text]) => {
      const row = document.createElement("div");
      const key = document.createElement("span");
      key.textContent = name;
      row.append(key, ` ${text}`);
      return row;
    }));
    const { innerWidth, innerHeight } = window;
    const left = Math.min(event.clientX + 14, innerWidth - tooltip.offsetWidth - 8);
    const below = event.clientY + 14 + tooltip.offsetHeight < innerHeight;
    tooltip.style.left = `${Math.max(8, left)}px`;
    tooltip.style.top = `${below ? event.clientY + 14 : event.clientY - tooltip.offsetHeight - 10}px`;
  };

  window.metalsbookTip = showTip;

  const draw = async (figure) => {
    await Promise.all([
      // Vega measures text: the type has to be there first.
      load(figure.dataset.spec), load(`${assets}/vega.js`), document.fonts.load("11px 'Metals Sans'"), document.fonts.load("600 11px 'Metals Sans'"),
    ]);
    const { charts, datasets } = handed;
    const spec = charts[figure.dataset.chart];
    const view = figure.querySelector(".chart-view");
    const width = Math.min(Math.max(Math.floor(figure.clientWidth), NARROWEST), WIDE);
    if (figure.drawnWidth === width) return;
    figure.drawnWidth = width;
    const live = document.createElement("div");
    live.className = "chart-live";
    view.append(live);
    const result = await vegaEmbed(live, { ...fitWidth(spec, width), datasets }, {
      // The interpreter (ast) instead of compiled expressions: the page's policy allows no code made from text.
      ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: showTip, logLevel: 1,
      patch: fillsWidth(spec) ? fill : undefined,
    });
    live.querySelector("svg").setAttribute("aria-hidden", "true");
    const words = document.createElement("p");
    words.className = "unseen";
    words.textContent = figure.querySelector(".chart-static").getAttribute("aria-label");
    live.prepend(words);
    if (figure.result) {
      figure.result.finalize();
      figure.querySelector(".chart-live").remove();
    }
    figure.result = result;
    figure.dataset.drawn = "yes";
  };

  const attempt = (figure) => draw(figure).catch((error) => {
    figure.dataset.drawn = "failed";
    console.error(`Chart ${figure.dataset.chart}: ${error.message}`);
  });
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      attempt(entry.target);
    }
  }, { rootMargin: "200px" });
  const charts = document.querySelectorAll("figure.chart");
  charts.forEach((figure) => {
    // A still chart says all in its picture: who reads its page need not load what draws the others.
    if ("still" in figure.dataset) figure.dataset.drawn = "still";
  });
  // Nothing is loaded for a page that is only opened: its pictures say the same. Who points, scrolls or types may ask.
  const signs = ["pointermove", "pointerdown", "keydown", "scroll"];
  const start = () => {
    signs.forEach((sign) => removeEventListener(sign, start));
    charts.forEach((figure) => "still" in figure.dataset || seen.observe(figure));
  };
  signs.forEach((sign) => addEventListener(sign, start, { passive: true }));

  const make = (name, attributes, ...parts) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...parts);
    return made;
  };
  const cell = (value) => {
    if (typeof value === "number") {
      return make("td", { class: "num" }, value.toLocaleString("en-US", { maximumSignificantDigits: 10 }));
    }
    return make("td", {}, value == null ? "–" : String(value).replace(/T00:00:00$/, ""));
  };
  // The data as a table: loaded and made when it is opened.
  const tabulate = async (figure, place, details) => {
    await load(figure.dataset.spec.replace(/\.js$/, "-tables.js"));
    const rows = tables[figure.dataset.chart][place];
    const names = Object.keys(rows[0] ?? {});
    const title = figure.querySelector(".chart-title")?.textContent ?? figure.dataset.chart;
    const head = make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name.replaceAll("_", " "))));
    const body = rows.map((row) => make("tr", {}, ...names.map((name) => cell(row[name]))));
    const table = make("table", { class: "mb-table" }, make("caption", {}, `${title}: ${rows.length} rows`),
      make("thead", {}, head), make("tbody", {}, ...body));
    const label = `Data of the chart ${title}${place ? `, table ${place + 1}` : ""}`;
    details.append(make("div", { class: "mb-scroll", tabindex: "0", role: "region", "aria-label": label }, table));
  };
  charts.forEach((figure) => figure.querySelectorAll(".chart-data").forEach((details, place) => {
    details.addEventListener("toggle", () => tabulate(figure, place, details).catch((error) => {
      details.append(`The table cannot be shown (${error.message}); the CSV has it.`);
    }), { once: true });
  }));

  let pause;
  addEventListener("resize", () => {
    clearTimeout(pause);
    pause = setTimeout(() => charts.forEach((figure) => figure.dataset.drawn === "yes" && attempt(figure)), 200);
  });
})();
