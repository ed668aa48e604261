// Loads each page in Chromium, opens all details, and prints what axe-core finds: `PATH WIDTH COLOURS RULE: ELEMENT`, one a line. It also prints how
// many screens each page has, and checks what live renewal keeps. Usage: node axe.js FOLDER-OF-PACKAGES CHROMIUM BASE PATH...
const [folder, chromium, base, ...paths] = process.argv.slice(2);
const { chromium: browserType } = require(folder + '/node_modules/playwright-core');
const fs = require('fs');
const axe = fs.readFileSync(folder + '/node_modules/axe-core/axe.min.js', 'utf8');

async function look(context, path, width, colours) {
  const page = await context.newPage();
  page.on('pageerror', e => console.log(`found ${path} ${width} ${colours} script: ${e.message}`));
  page.on('console', m => m.type() === 'error' && console.log(`found ${path} ${width} ${colours} console: ${m.text()}`));
  await page.goto(base + path);
  const screens = await page.evaluate(() => document.documentElement.scrollHeight / innerHeight);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  console.log(`screens ${path} ${width} ${screens.toFixed(2)}`);
  if (sideways > 0) console.log(`found ${path} ${width} ${colours} sideways: ${sideways} pixels too wide`);
  await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
  // By the driver: the page's own rules allow no script of others.
  await page.evaluate(axe);
  const result = await page.evaluate(() => {
    // A number of one digit is text, too.
    const check = axe._audit.checks['color-contrast'];
    check.options = { ...check.options, ignoreLength: true };
    return axe.run(document);
  });
  const found = [...result.violations, ...result.incomplete.filter(r => r.id === 'color-contrast').map(r => ({ ...r, id: r.id + ' (not known)' }))];
  for (const rule of found)
    for (const node of rule.nodes) {
      const why = (node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? '';
      console.log(`found ${path} ${width} ${colours} ${rule.id}: ${node.html.slice(0, 160).replace(/\s+/g, ' ')} ${why.slice(0, 160)}`);
    }
  await page.close();
}

/** What the reader has done to the page is still there after a renewal. */
async function renewal(context) {
  const page = await context.newPage();
  await page.goto(base + '/?window=all');
  await page.evaluate(() => document.querySelector('main details').setAttribute('data-old', ''));
  await page.click('main details summary');
  await page.focus('main details summary');
  await page.waitForFunction(() => !document.querySelector('main [data-old]'), null, { timeout: 20000 });
  const kept = await page.evaluate(() => ({
    open: document.querySelector('main details').open, focus: document.activeElement.tagName,
  }));
  console.log(`renewal open ${kept.open} focus ${kept.focus}`);
  await page.click('#pause');
  await page.evaluate(() => document.querySelector('main').setAttribute('data-old', ''));
  await page.waitForTimeout(7000);
  console.log(`renewal paused ${await page.evaluate(() => document.querySelector('main').hasAttribute('data-old'))}`);
  await page.close();
}

(async () => {
  const browser = await browserType.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-gpu'] });
  for (const [width, height, colours] of [[1280, 900, 'light'], [390, 844, 'light'], [1280, 900, 'dark']]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: colours, bypassCSP: true });
    for (const path of paths) await look(context, path, width, colours);
    await context.close();
  }
  // With the page's own rules in force.
  const context = await browser.newContext();
  await renewal(context);
  await browser.close();
})().catch(e => { console.error(e); process.exit(1); });
