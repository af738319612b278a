  // Where an element is, as a selector: from the nearest id down; out of shadow trees through their hosts.
  const path = (el) => {
    const steps = [];
    for (let n = el; n && n.nodeType === 1 && steps.length < 40; n = n.parentElement || (n.getRootNode() && n.getRootNode().host)) {
      if (n.id && /^[\w-]+$/.test(n.id)) { steps.unshift(`#${n.id}`); break; }
      const same = n.parentElement ? [...n.parentElement.children].filter((c) => c.tagName === n.tagName) : [n];
      steps.unshift(n.tagName.toLowerCase() + (same.length > 1 ? `:nth-of-type(${same.indexOf(n) + 1})` : ""));
    }
    return steps.join(" > ");
  };
