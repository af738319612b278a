// Links and controls of a page with the names a person reads, in document order; open shadow trees included.
(most) => {
  const out = [];
  const nameOf = (el) => {
    const by = (el.getAttribute("aria-labelledby") || "").split(/\s+/).map((id) => id && document.getElementById(id)).filter(Boolean).map((n) => n.textContent).join(" ");
    const alts = [...el.querySelectorAll("img[alt],svg title")].map((n) => n.getAttribute("alt") || n.textContent).join(" ");
    const text = (el.innerText || el.textContent || "").trim() || (el.value && el.type !== "password" && el.tagName === "INPUT" ? el.value : "");
    return [by, el.getAttribute("aria-label"), text, alts, el.getAttribute("title"), el.getAttribute("placeholder")].find((s) => s && s.trim()) || "";
  };
  const visit = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (out.length >= most) return;
      if (el.shadowRoot) visit(el.shadowRoot);
      const tag = el.tagName.toUpperCase(), role = el.getAttribute("role") || "";
      const real = (tag === "A" && (el.hasAttribute("href") || el.hasAttribute("xlink:href"))) || tag === "BUTTON" || tag === "SUMMARY" || (tag === "INPUT" && el.type !== "hidden") || tag === "AREA"
        || ["button", "link", "switch", "checkbox", "tab", "menuitem"].includes(role);
      const made = el.hasAttribute("onclick") || typeof el.onclick === "function" || (window.__mingcha && window.__mingcha.clicks.has(el));
      if (!real && !made) continue;
      const box = el.getBoundingClientRect();
      if (made && !real && (el === document.body || box.width * box.height > innerWidth * innerHeight * 0.5)) continue;
      const visible = box.width > 0 && box.height > 0 && (!el.checkVisibility || el.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
      const goes = /location(?:\.href)?\s*\+?=\s*['"]([^'"]{1,2000})['"]/.exec(el.getAttribute("onclick") || "");
      out.push({ i: out.length, tag, role, type: el.type || "", name: nameOf(el).replace(/\s+/g, " ").trim().slice(0, 120), title: (el.getAttribute("title") || "").slice(0, 120),
        hint: `${el.id} ${typeof el.className === "string" ? el.className : ""}`.slice(0, 160), href: tag === "A" || tag === "AREA" ? (el.getAttribute("href") || el.getAttribute("xlink:href") || "").slice(0, 2100) : null, goes: goes ? goes[1] : null,
        visible, real, focusable: el.tabIndex >= 0, box: [box.left + scrollX, box.top + scrollY, box.width, box.height].map(Math.round) });
      el.__mingchaIndex = out.length - 1;
    }
  };
  visit(document);
  return out;
}
