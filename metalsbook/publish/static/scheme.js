// Before the page is drawn: the reader's choice of light or dark, where one was made.
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("scheme"); } catch { /* storage is switched off */ }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  document.documentElement.dataset.script = "on";
})();
