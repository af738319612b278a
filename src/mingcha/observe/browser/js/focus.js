// The keyboard's walk. Called with "prepare" once, then with "where" after each key.
async (what) => {
  // What pulls the focus back does so a moment later.
  if (what === "where") await new Promise((done) => setTimeout(done, 15));
  const deep = () => {
    let el = document.activeElement;
    while (el && el.shadowRoot && el.shadowRoot.activeElement) el = el.shadowRoot.activeElement;
    return el;
  };
  const styles = (el) => {
    const parts = [];
    for (const [node, pseudo] of [[el, null], [el, "::before"], [el, "::after"], [el.parentElement, null], [el.nextElementSibling, null], [el.nextElementSibling, "::before"], [el.nextElementSibling, "::after"]]) {
      if (!node) continue;
      const s = getComputedStyle(node, pseudo);
      const outline = s.outlineStyle === "none" || parseFloat(s.outlineWidth) === 0 ? "none" : `${s.outlineStyle} ${s.outlineWidth} ${s.outlineColor}`;
      parts.push([outline, s.boxShadow, s.borderTopColor, s.borderTopWidth, s.borderBottomColor, s.borderBottomWidth, s.borderTopStyle, s.backgroundColor, s.backgroundImage, s.color, s.textDecorationLine, s.transform, s.fontWeight, s.opacity, s.visibility, s.clip, s.left, s.top].join("|"));
    }
    return parts.join(";");
  };
  /* path.js */
  const candidates = () => {
    const found = [];
    const visit = (root) => {
      for (const el of root.querySelectorAll("a[href],area[href],button,input,select,textarea,summary,iframe,[tabindex],[contenteditable]:not([contenteditable=false]),audio[controls],video[controls]")) {
        if (el.disabled || el.tabIndex < 0 || el.inert || el.closest("[inert]") || (el.tagName === "INPUT" && el.type === "hidden")) continue;
        if (el.checkVisibility && !el.checkVisibility({ visibilityProperty: true })) continue;
        const closed = el.closest("details:not([open])");
        if (closed && !(el.tagName === "SUMMARY" && el.parentElement === closed)) continue;
        found.push(el);
      }
      for (const el of root.querySelectorAll("*")) if (el.shadowRoot) visit(el.shadowRoot);
    };
    visit(document);
    return found;
  };
  const state = (window.__mingchaWalk ||= { plain: new WeakMap(), ids: new WeakMap(), next: 1 });
  const idOf = (el) => { if (!state.ids.has(el)) state.ids.set(el, state.next++); return state.ids.get(el); };
  if (what === "prepare") {
    if (document.activeElement && document.activeElement !== document.body) document.activeElement.blur();
    window.scrollTo(0, 0);
    const all = candidates();
    for (const el of all.slice(0, 3000)) { state.plain.set(el, styles(el)); idOf(el); }
    const radios = new Set();
    const stops = all.filter((el) => {
      if (el.tagName !== "INPUT" || el.type !== "radio" || !el.name) return true;
      const group = `${el.form ? idOf(el.form) : 0} ${el.name}`;
      return radios.has(group) ? false : radios.add(group);
    });
    return { total: stops.length, ids: stops.slice(0, 3000).map(idOf) };
  }
  const el = deep();
  if (!el || el === document.body || el === document.documentElement) return { id: 0 };
  const box = el.getBoundingClientRect();
  const before = state.plain.get(el);
  const role = el.getAttribute("role") || "";
  const text = el.tagName === "INPUT" && !["button", "submit", "reset", "checkbox", "radio", "image", "range", "file", "color"].includes(el.type);
  return { id: idOf(el), path: path(el), tag: el.tagName.toLowerCase(), role, name: (el.getAttribute("aria-label") || el.innerText || el.value || el.title || "").replace(/\s+/g, " ").trim().slice(0, 80),
    box: [box.left + scrollX, box.top + scrollY, box.width, box.height].map(Math.round), seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
    // A text field shows its caret; what else looked as before is compared by its pixels.
    visible: before === undefined ? null : before !== styles(el) ? true : text || el.tagName === "TEXTAREA" || el.isContentEditable ? true : false,
    frame: el.tagName === "IFRAME" };
}
