// "Copy for Excel": a table onto the clipboard as numbers, tab-separated; the explorer copies its table by the same.
(() => {
  const cellText = (cell) => {
    const figure = cell.querySelector("data");
    if (figure) return figure.value;
    // What is folded behind a word, and a dash in place of a figure, are not copied.
    if (cell.querySelector(".mb-missing")) return "";
    return (cell.querySelector("summary") ?? cell).textContent.trim().replace(/\s+/g, " ");
  };
  window.metalsbookTableText = (table) => {
    const rows = [...table.rows].filter((row) => !row.hidden).map((row) => [...row.cells]);
    // A column that is only drawn has no words and no figures.
    const told = (place) => rows.slice(1).some((cells) => cells[place]?.textContent.trim());
    const kept = (cells) => cells.filter((cell, place) => told(place)).map(cellText).join("\t");
    return rows.map(kept).join("\n");
  };
  window.metalsbookCopy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Pages of a plain http server have no clipboard of their own.
      const give = (event) => { event.clipboardData.setData("text/plain", text); event.preventDefault(); };
      document.addEventListener("copy", give, { once: true });
      document.execCommand("copy");
    }
  };
  const offer = (label, copy) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", async () => {
      await metalsbookCopy(copy());
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 1500);
    });
    const bar = document.createElement("p");
    bar.className = "switches";
    bar.append(button);
    return bar;
  };
  for (const table of document.querySelectorAll(".mb-copied")) {
    table.closest(".mb-scroll").before(offer("Copy for Excel", () => metalsbookTableText(table)));
  }
})();
