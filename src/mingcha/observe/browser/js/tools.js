// What changes while a function for older users is on: pointer, guide line, main text.
() => {
  const at = document.elementFromPoint(innerWidth / 2, Math.min(innerHeight / 2, 300)) || document.body;
  const cursor = [getComputedStyle(document.documentElement).cursor, getComputedStyle(document.body).cursor, getComputedStyle(at).cursor];
  const moving = [];
  for (const el of document.querySelectorAll("body *")) {
    const s = getComputedStyle(el);
    if (!["fixed", "absolute"].includes(s.position) || s.display === "none" || s.visibility === "hidden") continue;
    const b = el.getBoundingClientRect();
    if (b.width < 1 || b.height < 1) continue;
    moving.push([Math.round(b.left), Math.round(b.top), Math.round(b.width), Math.round(b.height)]);
    if (moving.length >= 400) break;
  }
  return { cursor, moving, said: (window.__mingcha ? window.__mingcha.log : []).filter((e) => e.kind === "speech" || e.kind === "audio").length };
}
