// Sound and moving pictures of a page: how long, whether they speak, start by themselves, bring captions. What is not
// playing is played without sound for a moment, to hear whether its track holds any.
async () => {
  const heard = async (el, stream) => {
    const context = new AudioContext();
    try {
      const analyser = context.createAnalyser();
      context.createMediaStreamSource(stream).connect(analyser);
      const data = new Float32Array(analyser.fftSize);
      for (let i = 0; i < 8; i += 1) {
        await new Promise((done) => setTimeout(done, 80));
        analyser.getFloatTimeDomainData(data);
        if (data.some((v) => Math.abs(v) > 0.002)) return true;
      }
      return false;
    } finally { context.close(); }
  };
  const audible = async (el, listened) => {
    try {
      if (!el.captureStream || el.readyState < 1) return null;
      const stream = el.captureStream();
      if (!stream.getAudioTracks().length) return el.paused ? (listened ? null : false) : false;
      if (!listened) return true;
      const was = { paused: el.paused, muted: el.muted, at: el.currentTime };
      if (was.paused) {
        el.muted = true;
        if (Number.isFinite(el.duration)) el.currentTime = el.duration / 3;
        await Promise.race([el.play(), new Promise((done) => setTimeout(done, 500))]);
      }
      const sound = await heard(el, stream);
      if (was.paused) { el.pause(); el.currentTime = was.at; el.muted = was.muted; }
      return sound;
    } catch { return null; }
  };
  const out = [];
  const all = [...document.querySelectorAll("audio,video")].slice(0, 50);
  for (const [i, el] of all.entries()) {
    const part = /#t=(\d+(?:\.\d+)?)?(?:,(\d+(?:\.\d+)?))?/.exec(el.currentSrc || el.src || "");
    const from = part && part[1] ? parseFloat(part[1]) : 0, to = part && part[2] ? parseFloat(part[2]) : el.duration;
    const seconds = Number.isFinite(el.duration) ? Math.max(0, Math.min(to, el.duration) - from) : null;
    const state = { muted: el.muted || el.volume === 0, autoplay: el.autoplay, controls: el.controls, loop: el.loop };
    out.push({ i, tag: el.tagName.toLowerCase(), seconds, audible: await audible(el, i < 4), ...state, tracks: [...el.querySelectorAll("track")].map((t) => t.kind).slice(0, 20) });
  }
  return out;
}
