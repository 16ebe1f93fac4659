// The explorer: one to four series by months, days or years, as a chart, a table and files; its address says it all.
(() => {
  const place = document.getElementById("explore");
  const MOST = 4;
  const LISTED = 60;
  const SHOWS = { level: "Figures", index: "Index, first = 100", mom: "Change m/m", yoy: "Change y/y" };
  const BYS = { month: "Months", day: "Day quotes", year: "Years" };
  const assets = document.documentElement.dataset.assets;
  let data;
  let named;
  let result;
  const state = { s: [], from: "", to: "", show: "level", by: "month" };

  const make = (name, attributes = {}, ...parts) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value !== false) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...parts);
    return made;
  };
  const load = (address) => new Promise((done, failed) => {
    const script = make("script", { src: address, onload: done, onerror: () => failed(new Error(`cannot load ${address}`)) });
    document.head.append(script);
  });
  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const step = (period, by, count) => {
    if (by === "year") return String(Number(period) + count);
    const months = Number(period.slice(0, 4)) * 12 + Number(period.slice(5, 7)) - 1 + count;
    return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, "0")}`;
  };

  // State and address
  const readAddress = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    state.s = (asked.get("s") ?? "").split(",").filter((id) => id in named).slice(0, MOST);
    if (!state.s.length) state.s = ["mg.export.ingot", data.series[0][0]].filter((id) => id in named).slice(0, 1);
    state.show = asked.get("show") in SHOWS ? asked.get("show") : "level";
    state.by = asked.get("by") in BYS ? asked.get("by") : "month";
    state.from = /^\d{4}-\d\d$/.test(asked.get("from")) ? asked.get("from") : step(data.month, "month", -35);
    state.to = /^\d{4}-\d\d$/.test(asked.get("to")) ? asked.get("to") : data.month;
  };
  const writeAddress = () => {
    const told = Object.entries({ ...state, s: state.s.join(",") }).map(([key, value]) => `${key}=${value}`);
    history.replaceState(null, "", `#${told.join("&")}`);
  };

  // Figures come in columns, the last of a column standing for those behind it; day quotes, and the last two columns of
  // all, are loaded when they are asked for.
  const rowsOf = (columns) => (columns[0] ?? []).map((_, row) => columns.map((column) => column[row] ?? column.at(-1)));
  const figuresOf = (id) => named[id].at(-1);
  const firsts = (id) => {
    const { month, year } = figuresOf(id);
    return Object.entries({ day: named[id].at(-2), month: month?.[0][0], year: year?.[0][0] }).filter(([, first]) => first);
  };
  let more;
  const loadMore = () => (more ??= load("data/explorer-more.js"));
  window.metalsbookExplorerMore = (handed) => {
    for (const [id, lengths] of Object.entries(handed)) {
      for (const [by, columns] of Object.entries(lengths)) (figuresOf(id)[by] ??= []).push(...columns);
    }
  };

  // Of a series in per cent a change is one in points
  const within = (period) => {
    const { from, to, by } = state;
    return by === "year" ? period >= from.slice(0, 4) && period <= to.slice(0, 4) : period.slice(0, 7) >= from && period.slice(0, 7) <= to;
  };
  const course = (id) => {
    const [, title, unit] = named[id];
    const points = rowsOf(figuresOf(id)[state.by] ?? []);
    const known = new Map(points.map((point) => [point[0], point]));
    const inside = points.filter(([period]) => within(period));
    const base = inside[0]?.[1];
    const shown = (point) => {
      if (state.show === "level") return point[1];
      if (state.show === "index") return base ? (100 * point[1]) / base : null;
      const before = state.by === "day" ? null : known.get(step(point[0], state.by, state.by === "year" || state.show === "mom" ? -1 : -12));
      if (!before) return null;
      return unit === "%" ? point[1] - before[1] : before[1] > 0 ? 100 * (point[1] / before[1] - 1) : null;
    };
    const axis = { level: unit, index: "index, first = 100" }[state.show] ?? (unit === "%" ? "percentage points" : "%");
    let rows = inside.map((point) => ({
      id, title, period: point[0], figure: shown(point), value: point[1], low: point[4], high: point[5], unit, axis,
      status: point[2] ? "derived" : "published", source: data.publishers[point[3]] ?? "",
    }));
    if (state.by === "month" && rows.length) {
      // A month without a figure keeps its place, and parts the line.
      const had = new Map(rows.map((row) => [row.period, row]));
      const all = [];
      for (let month = rows[0].period; month <= rows.at(-1).period; month = step(month, "month", 1)) {
        all.push(had.get(month) ?? { id, title, period: month, figure: null, unit, axis, status: "unknown", source: "" });
      }
      rows = all;
    }
    return rows;
  };

  const worded = (figure) => figure.toLocaleString("en-US", Math.abs(figure) >= 1000 ? { maximumFractionDigits: 1 } : { maximumSignificantDigits: 4 });

  const spec = (rows, width) => {
    const titles = state.s.map((id) => named[id][1]);
    const axes = [...new Set(rows.map((row) => row.axis))];
    const wide = width >= 500;
    const panel = (axis) => {
      const own = rows.filter((row) => row.axis === axis).map((row) => ({ ...row, told: row.figure == null ? "" : `${worded(row.figure)} ${state.show === "index" ? "(first = 100)" : axis}` }));
      const zero = state.show === "level" && own.every((row) => /^(t|unit)$/.test(row.unit));
      const color = {
        field: "title", type: "nominal", title: null, scale: { domain: titles, range: data.config.range.category.slice(0, titles.length) },
        legend: { columns: wide ? 2 : 1, labelLimit: wide ? width / 2 - 30 : width - 40, offset: 8 },
      };
      const x = { field: "time", type: "temporal", title: null, axis: { labelOverlap: true, tickCount: wide ? 8 : 4, format: state.by === "year" ? "%Y" : "%b %y" } };
      const y = { field: "figure", type: "quantitative", title: axis, scale: { zero } };
      return {
        width, height: axes.length > 1 ? 180 : 280, data: { values: own },
        transform: [{ calculate: "toDate(datum.period)", as: "time" }],
        encoding: { x, y, color },
        layer: [
          { mark: { type: "line" } },
          // Filled: as a source published it; hollow: it follows from other figures.
          ...["published", "derived"].map((status) => ({
            transform: [{ filter: `isValid(datum.figure) && datum.status === '${status}'` }],
            mark: { type: "point", filled: status === "published", size: state.by === "day" ? 12 : 30, opacity: 1 },
          })),
          // Larger than what is seen, for the pointer.
          {
            transform: [{ filter: "isValid(datum.figure)" }],
            mark: { type: "point", filled: true, size: 200, opacity: 0 },
            encoding: { tooltip: ["title", "period", "told", "status", "source"].map((field) => ({ field, title: { title: "series", told: "figure" }[field] ?? field })) },
          },
        ],
      };
    };
    return { $schema: "https://vega.github.io/schema/vega-lite/v6.json", config: { ...data.config, aria: false }, vconcat: axes.map(panel), resolve: { scale: { color: "shared", x: "shared" } } };
  };

  // The page
  const parts = {};
  const download = (name, kind, content) => {
    const address = typeof content === "string" && content.startsWith("data:") ? content : URL.createObjectURL(new Blob([content], { type: kind }));
    make("a", { href: address, download: `strategic-metals-${name}` }).click();
  };
  const fileName = (ending) => `${state.s.join("_").slice(0, 80)}-${state.from}-${state.to}.${ending}`;
  const safe = (text) => (/^[=@\t\r\uff1d\uff20+\-\uff0b\uff0d]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text);
  const csv = (rows) => {
    const names = ["id", "title", "period", "figure", "axis", "value", "low", "high", "unit", "status", "source"];
    const cell = (value) => (typeof value === "number" ? value : `"${safe(String(value ?? "")).replaceAll('"', '""')}"`);
    return [names.join(","), ...rows.map((row) => names.map((name) => cell(row[name])).join(","))].join("\n");
  };
  const tabulate = (rows) => {
    const periods = [...new Set(rows.map((row) => row.period))].sort().reverse();
    const at = new Map(rows.map((row) => [`${row.id} ${row.period}`, row]));
    const figure = (id, period) => {
      const row = at.get(`${id} ${period}`);
      if (row?.figure == null) return make("td", {}, make("span", { class: "mb-missing" }, "–"));
      return make("td", {}, make("data", { value: row.figure, class: row.status === "derived" ? "mb-derived" : "", title: `${row.status}, ${row.source}` }, worded(row.figure)));
    };
    const heads = state.s.map((id) => `${named[id][1]}, ${rows.find((row) => row.id === id)?.axis ?? named[id][2]}`);
    const head = make("tr", {}, ...["Period", ...heads].map((text) => make("th", { scope: "col" }, text)));
    const body = periods.map((period) => make("tr", {}, make("th", { scope: "row" }, period), ...state.s.map((id) => figure(id, period))));
    parts.table.replaceChildren(make("caption", {}, "The figures; in italics what no source published"), make("thead", {}, head), make("tbody", {}, ...body));
  };
  const tell = (rows) => {
    const axes = [...new Set(rows.map((row) => row.axis))];
    const without = state.s.filter((id) => !rows.some((row) => row.id === id && row.figure != null));
    const told = without.map((id) => {
      const has = firsts(id).map(([by]) => BYS[by].toLowerCase()).join(" and ");
      return `${named[id][1]} has nothing to show here; it has ${has} from ${firsts(id)[0][1]}.`;
    });
    if (!state.s.length) told.push("Pick a series from the list.");
    if (axes.length > 1) told.unshift(`${axes.join(" and ")} do not fit on one axis: each has a chart of its own.`);
    const basis = state.s.filter((id) => named[id][4]).map((id) => `${named[id][1]}: ${named[id][4]}.`);
    parts.told.textContent = [...told, ...basis].join(" ");
  };
  let asked = 0;
  const draw = async (rows) => {
    const turn = (asked += 1);
    await Promise.all([window.vegaEmbed ?? load(`${assets}/vega.js`), document.fonts.load("11px 'Metals Sans'"), document.fonts.load("600 11px 'Metals Sans'")]);
    if (turn !== asked) return;
    result?.finalize();
    result = null;
    const known = rows.filter((row) => row.figure != null);
    parts.chart.replaceChildren();
    parts.chart.setAttribute("aria-label", known.length ? `${state.s.map((id) => named[id][1]).join(", ")}: ${known.length} figures, in the table below` : "No figure in this range");
    if (!known.length) return;
    const options = { ast: true, renderer: "svg", actions: false, defaultStyle: false, logLevel: 1, tooltip: (...shown) => window.metalsbookTip?.(...shown) };
    const room = Math.min(parts.chart.clientWidth, 960);
    result = await vegaEmbed(parts.chart, spec(rows, room - 70), options);
    const excess = Number(parts.chart.querySelector("svg").getAttribute("width")) - room;
    if (excess > 0 && turn === asked) {
      result.finalize();
      result = await vegaEmbed(parts.chart, spec(rows, room - 70 - Math.ceil(excess)), options);
    }
    parts.chart.querySelector("svg").setAttribute("aria-hidden", "true");
    place.dataset.drawn = `${state.s.join(",")} ${state.show} ${state.by}`;
  };
  const picture = async (kind) => {
    if (!result) return;
    result.view.background("#ffffff");
    const address = await result.view.toImageURL(kind, kind === "png" ? 2 : 1);
    result.view.background(null);
    make("a", { href: address, download: `strategic-metals-${fileName(kind)}` }).click();
  };
  let rows = [];
  const refresh = async () => {
    writeAddress();
    const lack = state.by === "day" && (await loadMore().then(() => null, (error) => error));
    rows = state.s.flatMap(course);
    tell(rows);
    if (lack) parts.told.textContent = `The day quotes cannot be loaded: ${lack.message}`;
    tabulate(rows);
    list();
    draw(rows).catch((error) => { parts.told.textContent = `The chart cannot be drawn (${error.message}); the table has its figures.`; });
  };
  const list = () => {
    const words = fold(parts.query.value).split(/\s+/).filter(Boolean);
    const found = data.series.filter(([id, title, , chapter, basis, chinese]) => {
      const text = fold(`${id} ${title} ${basis} ${chinese}`);
      return (!parts.chapter.value || chapter === parts.chapter.value) && words.every((word) => text.includes(word));
    });
    const listed = [...state.s.map((id) => named[id]), ...found.filter(([id]) => !state.s.includes(id)).slice(0, LISTED)];
    const focused = document.activeElement?.value;
    parts.list.replaceChildren(...listed.map(([id, title, unit]) => {
      const on = state.s.includes(id);
      const pick = make("input", { type: "checkbox", value: id, disabled: !on && state.s.length >= MOST, onchange: () => {
        state.s = on ? state.s.filter((one) => one !== id) : [...state.s, id];
        refresh();
      } });
      pick.checked = on;
      return make("li", {}, make("label", {}, pick, ` ${title} `, make("small", {}, unit)));
    }));
    parts.list.querySelector(`input[value="${CSS.escape(focused ?? "")}"]`)?.focus();
    parts.found.textContent = `${found.length} series found; up to ${MOST} are shown together`;
  };
  const menu = (label, values, key) => {
    const select = make("select", { onchange: () => { state[key] = select.value; refresh(); } }, ...Object.entries(values).map(([value, text]) => new Option(text, value)));
    select.value = state[key];
    return make("label", {}, `${label} `, select);
  };
  const build = () => {
    const first = data.series.flatMap(([id]) => firsts(id).map(([, period]) => period.slice(0, 4))).sort()[0];
    const months = {};
    for (let month = data.month; month >= `${first}-01`; month = step(month, "month", -1)) months[month] = month;
    months[state.from] ??= state.from;
    months[state.to] ??= state.to;
    parts.query = make("input", { type: "search", placeholder: "e.g. ingot, 镁锭, Fugu", autocomplete: "off", oninput: () => list() });
    parts.chapter = make("select", { onchange: () => list() }, new Option("all chapters", ""), ...data.chapters.map(([value, text]) => new Option(text, value)));
    parts.found = make("p", { class: "facts", role: "status" });
    parts.list = make("ul", { class: "explorer-list" });
    parts.told = make("p", { class: "facts", role: "status" });
    parts.chart = make("div", { class: "chart-view", role: "img", "aria-label": "Chart" });
    parts.table = make("table", { class: "mb-table mb-months" });
    const button = (text, act) => make("button", { type: "button", onclick: async (event) => {
      await act();
      event.target.textContent = "Done";
      setTimeout(() => { event.target.textContent = text; }, 1200);
    } }, text);
    place.replaceChildren(
      make("div", { class: "explorer-pick" }, make("label", {}, "Search series ", parts.query), make("label", {}, "Chapter ", parts.chapter), parts.found, parts.list),
      make("div", { class: "explorer-view" },
        make("div", { class: "mb-filters" }, menu("Show", SHOWS, "show"), menu("By", BYS, "by"), menu("From", months, "from"), menu("To", months, "to")),
        parts.told, parts.chart,
        make("p", { class: "switches" },
          button("Copy link", () => metalsbookCopy(location.href)),
          button("Copy for Excel", () => metalsbookCopy(metalsbookTableText(parts.table))),
          button("CSV for Excel", async () => {
            await loadMore();
            download(fileName("csv"), "text/csv", `\ufeff${csv(state.s.flatMap(course).filter((row) => row.figure != null))}`);
          }),
          button("PNG", () => picture("png")), button("SVG", () => picture("svg"))),
        make("div", { class: "mb-scroll", tabindex: "0", role: "region", "aria-label": "The figures" }, parts.table)));
  };
  const open = () => { readAddress(); build(); refresh(); };
  window.metalsbookExplorer = (handed) => {
    data = { ...handed, series: rowsOf(handed.series) };
    named = Object.fromEntries(data.series.map((one) => [one[0], one]));
    open();
  };
  addEventListener("hashchange", open);
  let pause;
  addEventListener("resize", () => { clearTimeout(pause); pause = setTimeout(() => draw(rows), 200); });
  load("data/explorer.js").catch((error) => { place.append(`The figures cannot be loaded: ${error.message}`); });
})();
