// The version for older users: reading aloud and an extra-large pointer, each switched by a button and kept on the next page.
(() => {
  const kept = (name) => { try { return localStorage.getItem(name) === "1"; } catch { return false; } };
  const keep = (name, on) => { try { localStorage.setItem(name, on ? "1" : "0"); } catch { /* a browser that keeps nothing */ } };
  const button = (id, name, change) => {
    const at = document.getElementById(id);
    if (!at) return;
    const set = (on) => { at.setAttribute("aria-pressed", String(on)); change(on); };
    set(kept(name));
    at.addEventListener("click", () => { const on = !kept(name); keep(name, on); set(on); });
  };
  let reading = false, last = "";
  const say = (event) => {
    const from = event.target instanceof Element ? event.target.closest("a,button,label,summary,h1,h2,h3,p,li,td,th,dt,dd,input,select,textarea") : null;
    const text = from ? (from.getAttribute("aria-label") || from.innerText || from.labels?.[0]?.innerText || "").trim().slice(0, 300) : "";
    if (!reading || !text || text === last) return;
    last = text;
    speechSynthesis.cancel();
    const words = new SpeechSynthesisUtterance(text);
    words.lang = from.closest("[lang]").lang;
    speechSynthesis.speak(words);
  };
  button("read-aloud", "office-read", (on) => { reading = on; last = ""; if (!on && window.speechSynthesis) speechSynthesis.cancel(); });
  button("large-pointer", "office-pointer", (on) => document.documentElement.classList.toggle("large-pointer", on));
  document.addEventListener("mouseover", say);
  document.addEventListener("focusin", say);
})();
