// node render.mjs PROMETHEUS DASHBOARDS OUT MINUTES WORK: asks, draws, checks. Started by ./render, which says what for.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const [prometheus, dashboards, out, minutes, work] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url)), modules = path.join(here, 'node_modules'), step = 5;
const faults = [];

/** What a value of a unit looks like, said here once more so that a wrong unit is seen. */
const looks = {
  none: /\S/, short: /\d/, s: /\d ?(ns|µs|ms|s|mins?|hours?|days?|weeks?|years?)\b/, bytes: /\d ?([KMGT]i)?B\b/, Bps: /\d ?[kMG]?B\/s/, percentunit: /\d%/,
  cpm: /\dK? c\/m/, mpm: /\dK? msgs\/m/, epm: /\dK? evts\/m/, rowsps: /\dK? rows\/s/,
};

/** Queries that may be empty, each with its reason. */
const mayBeEmpty = new Map(readFileSync(path.join(here, '../../tests/Mailflow.EndToEnd/Observability/may-be-empty.txt'), 'utf8').trim().split('\n').map(l => l.split(' | ')));

const files = readdirSync(dashboards).filter(f => f.endsWith('.json')).sort();

/** The dashboards as types: Grafana's schema knows what is allowed. */
function typeCheck() {
  const options = { stat: 'stat/panelcfg/x/StatPanelCfg', timeseries: 'timeseries/panelcfg/x/TimeSeriesPanelCfg', table: 'table/panelcfg/x/TablePanelCfg', bargauge: 'bargauge/panelcfg/x/BarGaugePanelCfg', 'state-timeline': 'statetimeline/panelcfg/x/StateTimelinePanelCfg', heatmap: 'heatmap/panelcfg/x/HeatmapPanelCfg' };
  const types = Object.keys(options);
  const sources = files.map(file => {
    const json = readFileSync(path.join(dashboards, file), 'utf8');
    const panels = JSON.parse(json).panels.filter(p => p.type !== 'row');
    const source = path.join(here, `.check-${file}.ts`);
    writeFileSync(source, [
      "import type { Dashboard } from '@grafana/schema';",
      ...types.map((t, i) => `import type * as T${i} from '@grafana/schema/dist/esm/raw/composable/${options[t]}_types.gen';`),
      'type Loosen<T> = T extends string ? `${T}` : T extends readonly (infer U)[] ? Loosen<U>[] : T extends object ? { [K in keyof T]: Loosen<T[K]> } : T;',
      // What only Prometheus' annotations have is not in the schema.
      `export const dashboard: Loosen<Dashboard> & { annotations: { list: { [prometheus: string]: unknown }[] } } = ${json};`,
      // Grafana fills in what a panel leaves out.
      ...panels.map(p => `export const options${p.id}: Loosen<Partial<T${types.indexOf(p.type)}.Options>> = ${JSON.stringify(p.options)};`),
    ].join('\n'));
    return source;
  });
  try {
    execFileSync('node', ['node_modules/typescript/bin/tsc', '--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext', '--moduleResolution', 'bundler', ...sources], { cwd: here, encoding: 'utf8' });
  } catch (e) {
    faults.push(...e.stdout.trim().split('\n').filter(l => /^\S/.test(l)).map(l => `type: ${l}`));
  } finally {
    execFileSync('rm', ['-f', ...sources]);
  }
}

async function ask(query, instant, from, to) {
  const text = query.replaceAll('$__rate_interval', '1m').replaceAll('$__interval', `${step}s`).replaceAll('$__range', `${minutes}m`).replace(/\$(job|instance|server)/g, '.+');
  const parameters = instant ? { query: text, time: to / 1000 } : { query: text, start: from / 1000, end: to / 1000, step };
  const answer = await (await fetch(`${prometheus}/api/v1/query${instant ? '' : '_range'}?${new URLSearchParams(parameters)}`)).json();
  const series = answer.data?.result ?? [];
  return { series, error: answer.error ?? answer.warnings?.join(), known: series.some(s => (s.values ?? [s.value]).some(v => Number.isFinite(Number(v[1])))) };
}

typeCheck();
const page = path.join(work, 'page.js');
await build({ entryPoints: [path.join(here, 'page.jsx')], outfile: page, bundle: true, minify: true, jsx: 'automatic', logLevel: 'error', define: { 'process.env.NODE_ENV': '"production"', global: 'window' }, loader: { '.ttf': 'empty' } });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
mkdirSync(out, { recursive: true });

let panels = 0, queries = 0;
const empty = [];
for (const file of files) {
  const dashboard = JSON.parse(readFileSync(path.join(dashboards, file), 'utf8')), name = path.basename(file, '.json');
  const to = Math.floor(Date.now() / 1000 / step) * step * 1000, from = to - minutes * 60_000;
  const results = {}, said = [];
  const drawn = dashboard.panels.filter(p => p.type !== 'row');
  for (const panel of drawn) {
    results[panel.id] = [];
    for (const target of panel.targets) {
      queries++;
      const { series, error, known } = await ask(target.expr, target.instant, from, to), where = `${name}: ${panel.title} ${target.refId}`;
      results[panel.id].push(series);
      if (error) faults.push(`${where}: ${error}`);
      else if (!known && mayBeEmpty.has(where)) empty.push(`${where} (${mayBeEmpty.get(where)})`);
      else if (!known) faults.push(`${where}: no data for ${target.expr}`);
    }
  }

  writeFileSync(path.join(work, `${name}.html`), `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="page.css"><body style="margin:0"><div id="root"></div><script>window.mailflow = ${JSON.stringify({ dashboard, results, from, to, step }).replaceAll('<', '\\u003c')}</script><script src="page.js"></script>`);
  const tab = await browser.newPage({ viewport: { width: 1600, height: 80 + 38 * Math.max(...dashboard.panels.map(p => p.gridPos.y + p.gridPos.h)) } }); // What is not in sight is not drawn.
  tab.on('pageerror', e => said.push(String(e)));
  await tab.route('http://drawn/**', (route, request) => { // No server: what is asked for comes from here.
    const file = new URL(request.url()).pathname, inter = /^\/public\/fonts\/inter\/Inter-(Regular|Medium).woff2$/.exec(file);
    const found = inter ? `${modules}/@fontsource/inter/files/inter-latin-${inter[1] === 'Medium' ? 500 : 400}-normal.woff2`
      : file.startsWith('/public/build/') ? `${modules}/@grafana/ui/dist/public${file.slice('/public/build'.length)}` : path.join(work, file);
    return existsSync(found) ? route.fulfill({ path: found }) : route.abort();
  });
  await tab.goto(`http://drawn/${name}.html`);
  await tab.waitForSelector(`[data-panel="${drawn.at(-1).id}"], [data-fatal]`, { timeout: 60_000 }).catch(e => said.push(String(e)));
  await tab.waitForTimeout(1500); // Canvases are drawn a frame or two after the page is there.
  if (await tab.$('[data-fatal]')) said.push(await tab.innerText('[data-fatal]'));
  faults.push(...said.map(s => `${name}: the page: ${s}`));
  const unknown = await tab.evaluate(() => window.unknownUnits ?? []);
  for (const panel of drawn) {
    panels++;
    const where = `${name}: ${panel.title}`, unit = panel.fieldConfig.defaults.unit;
    const seen = await tab.evaluate(id => {
      const box = document.querySelector(`[data-panel="${id}"]`), body = box?.querySelector('[data-testid="data-testid panel content"]') ?? box;
      return box && { error: box.querySelector('[data-error]')?.innerText, empty: !!box.querySelector('[data-empty]'), text: body.innerText, drawn: !!body.querySelector('canvas, [data-row], [role=gridcell]') };
    }, panel.id);
    if (!seen) faults.push(`${where}: is not there`);
    else if (seen.error) faults.push(`${where}: ${seen.error}`);
    else if (unknown.includes(panel.id) || !looks[unit]) faults.push(`${where}: the unit ${unit} is not one that Grafana knows and that looks in render.mjs has`);
    else if (seen.empty) { if (panel.targets.some(t => !mayBeEmpty.has(`${name}: ${panel.title} ${t.refId}`))) faults.push(`${where}: shows "No data"`); }
    else if (/No data/.test(seen.text)) faults.push(`${where}: shows "No data"`);
    else if (!seen.drawn && !['stat', 'bargauge'].includes(panel.type)) faults.push(`${where}: nothing is drawn`);
    else if (!looks[unit].test(seen.text)) faults.push(`${where}: no value of the unit ${unit}, expected ${looks[unit]}, in "${seen.text.replace(/\s+/g, ' ').slice(0, 200)}"`);
  }

  if (said.length === 0) await tab.locator('#root > div').screenshot({ path: path.join(out, `dashboard-${name.replace('mailflow-', '')}.png`) });
  await tab.close();
}

await browser.close();
for (const one of empty) console.log(`empty: ${one}`);
for (const fault of faults) console.error(`FAULT ${fault}`);
console.log(`${files.length} dashboards, ${panels} panels, ${queries} queries: ${faults.length} faults; pictures in ${out}`);
process.exit(faults.length > 0 ? 1 : 0);
