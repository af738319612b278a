// Runs axe-core over the pages given as arguments, at two widths, folded and unfolded, and checks
// that printing shows what is folded. Prints one JSON document. MINGCHA_NODE_MODULES: where
// axe-core and playwright-core are; CHROMIUM: the browser.
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const modules = process.env.MINGCHA_NODE_MODULES;
const { chromium } = require(path.join(modules, "playwright-core"));

async function inspect(browser, file, width) {
  // The page's policy forbids every script, axe's too: hence bypassCSP.
  const context = await browser.newContext({ bypassCSP: true, viewport: { width, height: 900 } });
  const page = await context.newPage();
  const requests = [];
  page.on("request", (r) => requests.push(r.url()));
  await page.goto(pathToFileURL(file).href);
  await page.addScriptTag({ path: path.join(modules, "axe-core", "axe.min.js") });
  const violations = [];
  for (const open of [false, true]) {
    await page.evaluate((o) => document.querySelectorAll("details").forEach((d) => (d.open = o)), open);
    const result = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    for (const v of result.violations) violations.push(`${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(" | ")}`);
  }
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = false)));
  const hidden = () => [...document.querySelectorAll("details:not(.rest, .screen) > table")].filter((t) => !t.checkVisibility({ contentVisibilityAuto: true })).length;
  const foldedOnScreen = await page.evaluate(hidden);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await page.emulateMedia({ media: "print" });
  // Restyling for print is not always done when the call returns: wait for a frame, then look.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100))));
  const foldedInPrint = await page.evaluate(hidden);
  await context.close();
  return { file, width, violations, foldedOnScreen, foldedInPrint, overflow, requests };
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  const results = [];
  for (const file of process.argv.slice(2)) for (const width of [1040, 390]) results.push(await inspect(browser, file, width));
  await browser.close();
  console.log(JSON.stringify(results));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
