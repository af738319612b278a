// Sound and moving pictures of a page: how long, whether they speak, start by themselves, bring captions.
() => [...document.querySelectorAll("audio,video")].slice(0, 50).map((el, i) => {
  let audible = null;
  try {
    const stream = el.captureStream ? el.captureStream() : null;
    if (stream && el.readyState >= 1) audible = stream.getAudioTracks().length > 0;
  } catch { /* of another site */ }
  const part = /#t=(\d+(?:\.\d+)?)?(?:,(\d+(?:\.\d+)?))?/.exec(el.currentSrc || el.src || "");
  const from = part && part[1] ? parseFloat(part[1]) : 0, to = part && part[2] ? parseFloat(part[2]) : el.duration;
  return { i, tag: el.tagName.toLowerCase(), seconds: Number.isFinite(el.duration) ? Math.max(0, Math.min(to, el.duration) - from) : null, audible, muted: el.muted || el.volume === 0,
    autoplay: el.autoplay, controls: el.controls, loop: el.loop, tracks: [...el.querySelectorAll("track")].map((t) => t.kind).slice(0, 20) };
})
