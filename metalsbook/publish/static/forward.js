// Leads on with the anchor, which the page's own way without a script leaves behind.
location.replace(document.querySelector("main a").href + location.hash);
