// Runs before any script of the page, in every frame: writes down what leaves no trace in the page itself.
(() => {
  if (window.__mingcha) return;
  const log = [];
  const put = (kind, detail) => {
    if (log.length < 1000) log.push({ t: Math.round(performance.now()), kind, detail: String(detail ?? "").slice(0, 300) });
  };
  Object.defineProperty(window, "__mingcha", { value: { log, clicks: new WeakSet(), keys: new Set() } });
  const wrap = (holder, name, before) => {
    const own = holder && holder[name];
    if (typeof own !== "function") return;
    holder[name] = function (...given) {
      try { before.apply(this, given); } catch { /* the page's own affair */ }
      return own.apply(this, given);
    };
  };
  if (window.SpeechSynthesis) wrap(SpeechSynthesis.prototype, "speak", (u) => put("speech", u && u.text));
  wrap(HTMLMediaElement.prototype, "play", function () { put("audio", this.currentSrc || this.src); });
  if (window.AudioScheduledSourceNode) wrap(AudioScheduledSourceNode.prototype, "start", () => put("audio", "web-audio"));
  wrap(EventTarget.prototype, "addEventListener", function (type) {
    if (["click", "mousedown", "pointerdown", "touchstart", "mouseup"].includes(type) && this instanceof Element) window.__mingcha.clicks.add(this);
    if (["keydown", "keypress", "keyup"].includes(type)) {
      window.__mingcha.keys.add(this instanceof Element && this !== document.body && this !== document.documentElement ? "element" : "page");
    }
  });
  for (const draw of ["fillText", "strokeText"]) {
    if (window.CanvasRenderingContext2D) wrap(CanvasRenderingContext2D.prototype, draw, function (text) { put("canvas-text", `${[...document.querySelectorAll("canvas")].indexOf(this.canvas)} ${text}`); });
  }
  wrap(window, "open", (url) => put("window", url));
  if (window.Notification && Notification.requestPermission) wrap(Notification, "requestPermission", () => put("permission", "notification"));
})();
