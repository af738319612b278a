// Windows that float over a page: what holds its place while the page scrolls, or lies over it, and how it is closed.
(what) => {
  const label = (el) => [el.innerText || el.textContent, el.getAttribute("aria-label"), el.getAttribute("title"), el.getAttribute("alt"), el.value].filter(Boolean).join(" ").replace(/\s+/g, " ").trim();
  const box = (el) => { const b = el.getBoundingClientRect(); return [b.left, b.top, b.width, b.height].map(Math.round); };
  const shown = (el) => el.isConnected && (!el.checkVisibility || el.checkVisibility({ visibilityProperty: true, opacityProperty: true })) && el.getBoundingClientRect().width > 20 && el.getBoundingClientRect().height > 20;
  /* path.js */
  const all = () => {
    const out = [];
    for (const el of document.body ? document.body.querySelectorAll("*") : []) {
      const s = getComputedStyle(el);
      const dialog = el.matches("dialog[open],[role=dialog],[role=alertdialog],[aria-modal=true]");
      if (!dialog && s.position !== "fixed") continue;
      if (!shown(el) || out.some((o) => o.contains(el))) continue;
      const [, top, w, h] = box(el);
      // Bars along an edge and page-wide headers are part of the page, not windows over it.
      if (!dialog && w >= innerWidth * 0.9 && (h <= innerHeight * 0.25 || el.matches("header,nav,footer") || el.querySelector("nav"))) continue;
      if (!dialog && h >= innerHeight * 0.9 && el.querySelectorAll("a[href]").length > 5) continue;
      if (!dialog && s.pointerEvents === "none") continue;
      out.push(el);
      if (out.length >= 10) break;
    }
    return out;
  };
  const close = (win) => {
    const controls = [...win.querySelectorAll("button,a,[role=button],input[type=button],[onclick],i,span,svg,img,div")].filter(shown_or_small);
    const named = controls.find((c) => /^(?:[×✕✖xX⨯╳]|关闭|关掉|close|不再显示|我知道了|知道了|取消|dismiss)(?:\s|$|[（(]|窗口|弹窗|广告)/.test(label(c)) && label(c).length < 20);
    return named || controls.find((c) => /(?:^|[\s_-])(?:close|guanbi|dismiss)(?:$|[\s_-]|btn|icon)/i.test(`${c.id} ${typeof c.className === "string" ? c.className : ""}`)) || null;
  };
  function shown_or_small(el) { const b = el.getBoundingClientRect(); return b.width > 0 && b.height > 0; }
  if (what === "list") {
    window.__mingchaFloats = all();
    return window.__mingchaFloats.map((el, i) => {
      const c = close(el);
      return { i, path: path(el), text: label(el).slice(0, 200), box: box(el), modal: el.matches("dialog,[role=dialog],[role=alertdialog],[aria-modal=true]"), cover: Math.round((box(el)[2] * box(el)[3]) / (innerWidth * innerHeight) * 1000) / 1000,
        close: c ? { text: label(c).slice(0, 40), box: box(c), path: path(c) } : null, links: el.querySelectorAll("a[href]").length };
    });
  }
  if (what === "texts") return all().map((el) => ({ path: path(el), text: label(el).slice(0, 200) }));
  const el = window.__mingchaFloats[what];
  const c = el && close(el);
  if (!c) return null;
  c.click();
  return true;
}
