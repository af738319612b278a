// The whole loop in a browser, one role after the other: node loop.cjs PHASE BASE PASSWORD FOLDER. Prints JSON lines.
const modules = process.env.MINGCHA_NODE_MODULES;
const { chromium } = require(`${modules}/playwright-core`);
const [phase, base, password, folder] = process.argv.slice(2);
const fs = require('fs');
const kept = `${folder}/loop.json`;
const state = fs.existsSync(kept) ? JSON.parse(fs.readFileSync(kept)) : {};
const say = (name, value) => console.log(JSON.stringify({ name, value }));

async function main() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const as = async (login) => {
    const page = await (await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN' })).newPage();
    if (login) {
      await page.goto(`${base}/sign-in/`);
      await page.fill('#login', login); await page.fill('#password', password); await page.press('#password', 'Enter');
      await page.waitForURL('**/desk/');
    }
    return page;
  };
  const status = async (page, path) => (await page.goto(base + path)).status();
  const open = () => `/desk/cases/${state.case}/`;
  // Do an act of the open case by its form.
  const act = async (page, name, fill) => {
    await page.goto(base + open());
    const form = page.locator(`aside form:has(input[value="${name}"])`);
    if (!(await form.isVisible())) await page.locator(`aside details:has(input[value="${name}"]) > summary`).click();
    if (fill) await fill(form);
    await form.locator('button:not([name])').click();
    await page.waitForLoadState();
    say(name, page.url().endsWith(`?done=${name}`) ? 'done' : await page.textContent('.message'));
  };
  const upload = async (page, file) => {
    await page.goto(`${base}/desk/inspections/`);
    await page.setInputFiles('#package', `${folder}/${file}`);
    await page.click('aside button');
    for (let i = 0; i < 120 && !(await page.locator('a.button').count()); i++) { await page.waitForTimeout(500); await page.reload(); }
    await page.click('a.button');
    return page.textContent('h1');
  };
  try {
    if (phase === 'first') {
      const visitor = await as(null);
      await visitor.goto(`${base}/complain/`);
      await visitor.fill('#name', '环路示例'); await visitor.fill('#text', '一打开就读取通讯录'); await visitor.click('main form button');
      state.receipt = (await visitor.textContent('.big')).trim();
      const officer = await as('officer');
      await officer.goto(`${base}/desk/leads/`);
      await officer.click('tbody a:text("环路示例")');
      state.lead = officer.url().match(/leads\/(\d+)/)[1];
      await officer.fill('#identifier', state.identifier || 'com.demo.loop');
      await officer.click('button[value=triage]');
      await officer.click('button[value=open]');
      await officer.waitForURL('**/desk/cases/*/');
      state.case = officer.url().match(/cases\/([^/]+)/)[1];
      const company = await as('firm'), store = await as('store'), tester = await as('tester'), second = await as('second'), approver = await as('approver');
      say('not yet for the company', await status(company, open())); say('not yet for the store', await status(store, open()));
      say('no lead for the tester', await status(tester, `/desk/leads/${state.lead}/`));
      say('inspected', await upload(tester, 'one.apk'));
      await act(tester, 'attach-inspection', f => f.locator('select[name=inspection]').selectOption({ index: 1 }));
      await act(officer, 'set-operator', f => f.locator('input[name=credit_code]').fill(state.code || '91350100M000100Y43'));
      await act(tester, 'verify', async f => { for (const r of await f.locator('input[value=confirm]').all()) await r.check(); });
      await act(second, 'verify', async f => { for (const r of await f.locator('input[value=confirm]').all()) await r.check(); });
      await officer.goto(base + open());
      say('the officer serves no notice', await officer.locator('input[value=notice]').count());
      await act(approver, 'notice');
      say('now for the company', await status(company, open()));
      say('documents of the company', await company.locator('section:has(h2:text-is("文书")) tbody tr').count());
      say('self-inspected', await upload(company, 'two.apk'));
      await act(company, 'reply', f => f.locator('select[name=package]').selectOption({ index: 1 }));
      await act(tester, 'retest-failed', f => f.locator('select[name=inspection]').selectOption({ index: 1 }));
      say('side by side', await status(officer, `${open()}retest/`));
      say('the lead of the visitor', await (async () => {
        await visitor.goto(`${base}/`); await visitor.fill('#receipt', state.receipt); await visitor.click('form[action="/receipt/"] button');
        return (await visitor.textContent('dl')).includes('已立案');
      })());
    } else if (phase === 'second' || phase === 'third') {
      const officer = await as('officer'), second = await as('second'), approver = await as('approver'), other = await as('other');
      if (phase === 'second') await act(officer, 'propose-naming');
      await second.goto(`${base}/desk/batches/`);
      await second.selectOption('#kind', phase === 'second' ? 'naming' : 'removal'); await second.click('aside button');
      await second.waitForURL(/batches\/\d+/);
      const place = new URL(second.url()).pathname;
      await second.fill('#q', state.case); await second.click('form[role=search] button');
      await second.check(`input[aria-label="${state.case}"]`); await second.click('button[value=add]');
      const company = await as('firm');
      say('no batch for the company', await status(company, place));
      for (const page of [approver, other]) { await page.goto(base + place); await page.click('button[value=sign]'); }
      await approver.goto(base + place); await approver.click('button[value=issue]');
      await approver.waitForSelector('a[href^="/lists/"]');
      const list = await approver.getAttribute('dd a[href^="/lists/"]', 'href');
      const visitor = await as(null);
      say('list', [await status(visitor, list), (await visitor.textContent('main')).includes('环路示例')]);
      for (const kind of ['json', 'xlsx', 'docx']) say(kind, (await visitor.request.get(base + list.replace(/\/$/, `.${kind}`))).status());
      if (phase === 'third') {
        const store = await as('store');
        say('now for the store', await status(store, open()));
        await act(store, 'confirm-removal');
        say('credit', await status(company, '/desk/credit/'));
      }
    } else {
      const visitor = await as(null), officer = await as('officer');
      await visitor.goto(`${base}/press/`); say('press', await visitor.textContent('.sentence'));
      await officer.goto(`${base}/desk/statistics/?figure=removed&by=scenario`);
      say('statistics', await officer.locator('svg').count());
      await officer.goto(base + open());
      say('timeline', await officer.locator('.timeline .what').allTextContents());
    }
    fs.writeFileSync(kept, JSON.stringify(state));
  } finally {
    await browser.close();
  }
}
main().catch(e => { console.error(e); process.exit(1); });
