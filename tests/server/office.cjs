// Walk the office's pages in a browser: node office.cjs BASE PASSWORD. Prints a JSON line for each page and width.
const modules = process.env.MINGCHA_NODE_MODULES;
const { chromium } = require(`${modules}/playwright-core`);
const axe = require('fs').readFileSync(`${modules}/axe-core/axe.min.js`, 'utf8');

async function main() {
  const [base, password] = process.argv.slice(2);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  try {
    for (const [lang, width] of [['zh', 1366], ['en', 390]]) {
      const context = await browser.newContext({ viewport: { width, height: 768 }, bypassCSP: true });
      const page = await context.newPage();
      const requests = new Set();
      page.on('request', r => requests.add(new URL(r.url()).host));
      const look = async (name) => {
        await page.evaluate(axe);
        const found = await page.evaluate(async () => (await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
          .violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | ')}`));
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        console.log(JSON.stringify({ name, lang, width, found, overflow, title: await page.title() }));
      };
      await page.goto(`${base}/?lang=${lang}`); await look('home');
      await page.goto(`${base}/complain/`); await look('complain');
      // By the keyboard alone: the first Tab meets the link to the content.
      await page.keyboard.press('Tab');
      console.log(JSON.stringify({ name: 'skip', target: await page.evaluate(() => document.activeElement.getAttribute('href')) }));
      await page.fill('#name', '示例'); await page.fill('#text', '说明'); await page.press('#name', 'Enter');
      await page.waitForSelector('.big'); await look('receipt');
      await page.goto(`${base}/desk/cases/`); await look('sign-in');
      await page.fill('#login', 'second'); await page.fill('#password', password); await page.press('#password', 'Enter');
      await page.waitForURL('**/desk/cases/'); await look('ledger');
      await page.goto(`${base}/desk/`); await look('desk');
      await page.goto(`${base}/desk/leads/`); await look('leads');
      await page.click('tbody a'); await look('lead');
      await page.goto(`${base}/desk/cases/?state=inspected`); await page.click('tbody a'); await look('case');
      await page.click('aside details:has(input[name=act][value=verify]) > summary');
      for (const radio of await page.locator('input[value=confirm]').all()) await radio.check();
      await page.click('aside details[open] button:not([name]) >> visible=true >> nth=-1');
      await page.waitForSelector('.message'); await look('verified');
      console.log(JSON.stringify({ name: 'done', text: await page.textContent('.message'), url: page.url() }));
      for (const at of ['', 'new/', 'badges/', '?show=exemplar']) { await page.goto(`${base}/desk/evaluations/${at}`); await look(`evaluations ${at}`); }
      await page.click('tbody a'); for (const s of await page.locator('aside summary').all()) await s.click(); await look('evaluation');
      await page.goto(`${base}/badges/`); await look('badges');
      await page.fill('#number', await page.textContent('td.mono a')); await page.press('#number', 'Enter'); await page.waitForURL('**/badges/WZA-**'); await look('badge');
      await page.goto(`${base}/badges/?number=none`); await look('no badge');
      await page.goto(`${base}/desk/cases/none/`); await look('missing');
      console.log(JSON.stringify({ name: 'requests', hosts: [...requests] }));
      await context.close();
    }
  } finally {
    await browser.close();
  }
}
main().catch(e => { console.error(e); process.exit(1); });
