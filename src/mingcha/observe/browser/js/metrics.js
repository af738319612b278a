// What a page measures at this moment: sizes of its text, its pointer, whether it overflows, what is cut off.
() => {
  const shown = (el) => {
    if (!el.checkVisibility || !el.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })) return false;
    const box = el.getBoundingClientRect();
    return box.width > 1 && box.height > 1;
  };
  const sizes = {};
  const clipped = [];
  const walker = document.createTreeWalker(document.body || document.documentElement, NodeFilter.SHOW_TEXT);
  const seen = new Map();
  let count = 0;
  while (walker.nextNode() && count < 40000) {
    const text = walker.currentNode.data.replace(/\s+/g, " ").trim();
    const el = walker.currentNode.parentElement;
    if (!text || !el || ["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "TITLE"].includes(el.tagName)) continue;
    count += 1;
    if (!seen.has(el)) seen.set(el, shown(el) ? getComputedStyle(el) : null);
    const style = seen.get(el);
    if (!style) continue;
    const px = Math.round(parseFloat(style.fontSize) * 10) / 10;
    sizes[px] = (sizes[px] || 0) + text.length;
  }
  const known = new Map();
  const clips = (up) => {
    let it = known.get(up);
    if (it === undefined) {
      const s = getComputedStyle(up);
      const x = ["hidden", "clip"].includes(s.overflowX), y = ["hidden", "clip"].includes(s.overflowY);
      const stop = (s.clip && s.clip !== "auto") || (s.clipPath && s.clipPath !== "none") || ["auto", "scroll"].includes(s.overflowX) || ["auto", "scroll"].includes(s.overflowY);
      const box = x || y || s.position === "absolute" ? up.getBoundingClientRect() : null;
      it = { x, y, box, stop: stop || (s.position === "absolute" && box && (box.width <= 2 || box.height <= 2)),
        ellipsis: s.textOverflow === "ellipsis" || (s.webkitLineClamp && s.webkitLineClamp !== "none") };
      known.set(up, it);
    }
    return it;
  };
  // Text that a box hides: nearest ancestor that clips and is smaller than the text's own extent.
  for (const [el, style] of seen) {
    if (!style || clipped.length >= 50) continue;
    const range = document.createRange();
    range.selectNodeContents(el);
    const text = range.getBoundingClientRect();
    if (text.width < 2 || text.height < 2) continue;
    for (let up = el, steps = 0; up && up !== document.body && up !== document.documentElement && steps < 12; up = up.parentElement, steps += 1) {
      const { x, y, box, stop, ellipsis } = clips(up);
      if (stop) break;
      if (!x && !y) continue;
      const outX = x && (text.right > box.right + 2 || text.left < box.left - 2);
      const outY = y && (text.bottom > box.bottom + 2 || text.top < box.top - 2);
      const whole = text.left >= box.right || text.right <= box.left || text.top >= box.bottom || text.bottom <= box.top;
      if ((outX || outY) && !whole) {
        clipped.push({ text: el.textContent.replace(/\s+/g, " ").trim().slice(0, 80), ellipsis: Boolean(ellipsis), axis: (outX ? "x" : "") + (outY ? "y" : ""),
          box: [box.left + scrollX, box.top + scrollY, box.width, box.height].map(Math.round) });
        break;
      }
    }
  }
  const root = document.scrollingElement || document.documentElement;
  const body = document.body ? getComputedStyle(document.body) : null;
  const html = getComputedStyle(document.documentElement);
  return { sizes, clipped, width: innerWidth, height: innerHeight, scroll_width: root.scrollWidth, scroll_height: root.scrollHeight,
    cursor: body ? body.cursor.slice(0, 200) : "", background: body && body.backgroundColor !== "rgba(0, 0, 0, 0)" ? body.backgroundColor : html.backgroundColor,
    color: body ? body.color : "", nodes: document.getElementsByTagName("*").length, url: location.href, title: document.title.slice(0, 300) };
}
