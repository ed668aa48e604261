// Draws dashboards in a browser with Grafana's own components. What Grafana keeps to itself (state timeline, heatmap: they are panel plugins,
// and no package) is drawn here in the plainest way, with the values, units, mappings and colours that Grafana's own code gives.
import {
  FieldConfigOptionsRegistry, FieldType, ThemeContext, VizOrientation, applyFieldOverrides, cacheFieldDisplayNames, colorManipulator, createTheme, dateTime, getDisplayProcessor, getDisplayValueAlignmentFactors,
  getFieldDisplayName, getFieldDisplayValues, getValueFormats, standardTransformers, standardTransformersRegistry, toDataFrame, transformDataFrame,
} from '@grafana/data';
import { BarGauge, BigValue, GlobalStyles, PanelChrome, TimeSeries, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import { Component } from 'react';
import { createRoot } from 'react-dom/client';

const theme = createTheme({ colors: { mode: 'dark' } });
const width = 1600, gap = 8, cell = 30;
const { dashboard, results, from, to } = window.mailflow;
const range = { from: dateTime(from), to: dateTime(to), raw: { from: dateTime(from), to: dateTime(to) } };
const replaceVariables = text => text;

standardTransformersRegistry.setInit(() => ['merge', 'organize'].map(id => Object.values(standardTransformers).find(t => t.id === id)).map(t => ({ id: t.id, name: t.name, transformation: () => t })));

/** What field configuration there is: Grafana fills this from its panel plugins. */
function registryOf(overrides) {
  const entry = (id, path, isCustom, applies) => ({ id, path, isCustom, name: id, process: v => v, shouldApply: () => applies });
  const custom = overrides.flatMap(o => o.properties.map(p => p.id)).filter(id => id.startsWith('custom.'));
  const registry = new FieldConfigOptionsRegistry();
  for (const id of ['unit', 'decimals', 'min', 'max', 'displayName', 'noValue', 'color', 'thresholds', 'mappings', 'links', 'filterable', 'custom'])
    registry.register(entry(id, id, false, true));
  for (const id of new Set(custom))
    registry.register(entry(id, id.slice('custom.'.length), true, false));
  return registry;
}

/** As Grafana's Prometheus data source makes them. */
function framesOf(panel) {
  const several = panel.targets.length > 1;
  return panel.targets.flatMap((target, i) => {
    const series = results[panel.id][i];
    const nameOf = labels => target.legendFormat.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label) => labels[label] ?? '');
    const number = text => Number(text.replace('Inf', 'Infinity'));
    if (target.format === 'table') {
      const labels = [...new Set(series.flatMap(s => Object.keys(s.metric)))].sort();
      return toDataFrame({
        refId: target.refId,
        fields: [
          { name: 'Time', type: FieldType.time, values: series.map(s => s.value[0] * 1000) },
          ...labels.map(l => ({ name: l, type: FieldType.string, values: series.map(s => s.metric[l] ?? '') })),
          { name: several ? `Value #${target.refId}` : 'Value', type: FieldType.number, values: series.map(s => number(s.value[1])) },
        ],
      });
    }

    return series.map(s => {
      const samples = s.values ?? [s.value];
      return toDataFrame({
        refId: target.refId,
        fields: [
          { name: 'Time', type: FieldType.time, values: samples.map(v => v[0] * 1000), config: { interval: window.mailflow.step * 1000 } },
          { name: 'Value', type: FieldType.number, labels: s.metric, values: samples.map(v => number(v[1])), config: { displayNameFromDS: target.legendFormat ? nameOf(s.metric) : undefined } },
        ],
      });
    });
  });
}

function dataOf(panel) {
  const { defaults, overrides } = panel.fieldConfig;
  const steps = defaults.thresholds.steps.map(s => ({ ...s, value: s.value ?? -Infinity }));
  const data = applyFieldOverrides({ data: panel.frames, fieldConfig: { defaults: { ...defaults, thresholds: { ...defaults.thresholds, steps } }, overrides }, fieldConfigRegistry: registryOf(overrides), replaceVariables, theme, timeZone: 'utc' });
  cacheFieldDisplayNames(data);
  return data;
}

const valuesOf = (panel, data) => getFieldDisplayValues({ fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions, replaceVariables, theme, data, timeZone: 'utc' });

const Stat = ({ panel, data, width, height }) => (
  <VizRepeater source={data} renderCounter={0} width={width} height={height} orientation={panel.options.orientation} autoGrid getValues={() => valuesOf(panel, data)}
    getAlignmentFactors={getDisplayValueAlignmentFactors}
    renderValue={({ value, alignmentFactors, width, height, count }) => (
      <BigValue value={value.display} count={count} sparkline={value.sparkline} colorMode={panel.options.colorMode} graphMode={panel.options.graphMode} justifyMode={panel.options.justifyMode}
        textMode={panel.options.textMode} alignmentFactors={alignmentFactors} width={width} height={height} theme={theme} />)} />);

const Bars = ({ panel, data, width, height }) => (
  <VizRepeater source={data} renderCounter={0} width={width} height={height} orientation={panel.options.orientation} itemSpacing={8} minVizHeight={panel.options.minVizHeight} maxVizHeight={panel.options.maxVizHeight} getValues={() => valuesOf(panel, data)}
    getAlignmentFactors={getDisplayValueAlignmentFactors}
    renderValue={({ value, alignmentFactors, width, height, orientation }) => (
      <BarGauge value={value.display} field={value.field} display={value.view?.getFieldDisplayProcessor(value.colIndex)} alignmentFactors={alignmentFactors} orientation={orientation ?? VizOrientation.Horizontal}
        displayMode={panel.options.displayMode} showUnfilled={panel.options.showUnfilled} namePlacement={panel.options.namePlacement} width={width} height={height} theme={theme} />)} />);

const Graph = ({ panel, data, width, height }) =>
  <TimeSeries frames={data} timeRange={range} timeZone="utc" width={width} height={height} legend={panel.options.legend} options={panel.options} />;

function Table({ panel, data, width, height }) {
  return <TableNG data={data[0]} width={width} height={height} sortBy={panel.options.sortBy} cellHeight={panel.options.cellHeight} noHeader={!panel.options.showHeader} enableVirtualization={false} />;
}

const Ticks = ({ left, width, top }) => [0, 1, 2, 3].map(i => (
  <div key={i} style={{ position: 'absolute', top, left: left + i * (width / 4), fontSize: 12, color: theme.colors.text.primary }}>{new Date(from + i * (to - from) / 4).toISOString().slice(11, 19)}</div>));

function StateTimeline({ panel, data, width, height }) {
  const fields = data.flatMap(frame => frame.fields.filter(f => f.type === FieldType.number).map(field => ({ field, times: frame.fields[0].values, name: getFieldDisplayName(field, frame, data) })));
  const left = Math.min(Math.max(...fields.map(f => f.name.length)) * 6.5 + 16, width / 2), row = (height - 22) / fields.length, x = at => left + (at - from) / (to - from) * (width - left);
  return (
    <div style={{ position: 'relative', width, height, overflow: 'hidden' }}>
      {fields.map(({ field, times, name }, i) => {
        const runs = [];
        times.forEach((at, j) => {
          const shown = field.display(field.values[j]), last = runs.at(-1);
          if (last?.text === shown.text && at - last.to < 60_000) last.to = at;
          else runs.push({ from: at, to: at, text: shown.text, color: shown.color });
        });
        return (
          <div key={i} data-row style={{ position: 'absolute', top: i * row, height: row, width }}>
            <div title={name} style={{ position: 'absolute', width: left - 8, lineHeight: `${row}px`, fontSize: 12, textAlign: 'right', whiteSpace: 'nowrap', overflow: 'hidden', textOverflow: 'ellipsis' }}>{name}</div>
            {runs.map((run, j) => (
              <div key={j} style={{
                position: 'absolute', left: x(run.from), width: Math.max(x(run.to) - x(run.from), 2), top: row * (1 - panel.options.rowHeight) / 2, height: row * panel.options.rowHeight, background: colorManipulator.alpha(run.color, panel.fieldConfig.defaults.custom.fillOpacity / 100),
                overflow: 'hidden', fontSize: 12, lineHeight: `${row * panel.options.rowHeight}px`, textAlign: 'center',
              }}>{run.text}</div>))}
          </div>);
      })}
      <Ticks left={left} width={width - left} top={height - 18} />
    </div>);
}

function Heatmap({ panel, width, height }) {
  const series = [...results[panel.id][0]].sort((a, b) => Number(a.metric.le.replace('+Inf', 'Infinity')) - Number(b.metric.le.replace('+Inf', 'Infinity')));
  const show = getDisplayProcessor({ field: { type: FieldType.number, config: { unit: panel.options.yAxis.unit } }, theme });
  const times = [...new Set(series.flatMap(s => s.values.map(v => v[0])))].sort((a, b) => a - b);
  const above = series.map(s => new Map(s.values.map(v => [v[0], Number(v[1])])));
  const counts = series.map((_, i) => times.map(at => Math.max(0, (above[i].get(at) ?? 0) - (i > 0 ? above[i - 1].get(at) ?? 0 : 0))));
  const most = Math.max(...counts.flat()), left = 64, bottom = 22, h = (height - bottom) / series.length;
  const scale = (width - left) / (to - from), w = scale * window.mailflow.step * 1000;
  return (
    <div style={{ position: 'relative', width, height }}>
      {series.map((s, i) => {
        const text = s.metric.le === '+Inf' ? '+Inf' : (({ text, suffix = '' }) => text + suffix)(show(Number(s.metric.le)));
        const top = height - bottom - (i + 1) * h;
        return [
          <div key={i} style={{ position: 'absolute', top, width: left - 8, lineHeight: `${h}px`, fontSize: 11, textAlign: 'right' }}>{text}</div>,
          ...counts[i].map((count, j) => count > 0 && <div key={`${i} ${j}`} data-row style={{ position: 'absolute', top, left: left + scale * (times[j] * 1000 - from) - w, width: Math.max(w - 1, 1), height: h - 1, background: '#ff9830', opacity: Math.max(0.1, count / most) }} />),
        ];
      })}
      <Ticks left={left} width={width - left} top={height - 18} />
    </div>);
}

const kinds = { stat: Stat, timeseries: Graph, table: Table, bargauge: Bars, 'state-timeline': StateTimeline, heatmap: Heatmap };

/** Like an error boundary of Grafana, but it says what happened. */
class Guard extends Component {
  state = {};
  static getDerivedStateFromError(error) { return { error }; }
  render() { return this.state.error ? <div data-error>{String(this.state.error)}</div> : this.props.children; }
}

function Panel({ panel }) {
  const at = panel.gridPos, unit = (width - 2 * gap - 23 * gap) / 24;
  const box = { left: gap + at.x * (unit + gap), top: 64 + at.y * (cell + gap), width: at.w * unit + (at.w - 1) * gap, height: at.h * cell + (at.h - 1) * gap };
  if (panel.type === 'row')
    return <div style={{ position: 'absolute', ...box, lineHeight: `${box.height}px`, fontSize: 16, fontWeight: 500 }}>⌄ {panel.title}</div>;
  const Kind = kinds[panel.type];
  return (
    <div data-panel={panel.id} style={{ position: 'absolute', ...box }}>
      <PanelChrome title={panel.title} description={panel.description} width={box.width} height={box.height}>
        {(width, height) => <Guard>{panel.frames.every(f => f.length === 0) ? <div data-empty style={{ textAlign: 'center', lineHeight: `${height}px` }}>No data</div> : <Kind panel={panel} data={dataOf(panel)} width={width} height={height} />}</Guard>}
      </PanelChrome>
    </div>);
}

/** Row by row as Grafana would have it, after the transformations that a panel asks for. */
async function main() {
  const known = new Set(getValueFormats().flatMap(c => c.submenu.map(f => f.value)));
  window.unknownUnits = dashboard.panels.filter(p => p.type !== 'row' && !known.has(p.fieldConfig.defaults.unit)).map(p => p.id);
  for (const panel of dashboard.panels.filter(p => p.type !== 'row'))
    panel.frames = await new Promise((next, error) => transformDataFrame(panel.transformations ?? [], framesOf(panel)).subscribe({ next, error }));
  const height = 64 + Math.max(...dashboard.panels.map(p => p.gridPos.y + p.gridPos.h)) * (cell + gap);
  const root = createRoot(document.getElementById('root'));
  root.render(<ThemeContext.Provider value={theme}><GlobalStyles /></ThemeContext.Provider>);
  while (![...document.fonts].some(f => f.family === 'Inter')) await new Promise(requestAnimationFrame); // The styles bring the fonts, and axes are as wide as their text.
  await Promise.all(['400 12px Inter', '500 12px Inter'].map(f => document.fonts.load(f)));
  root.render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div style={{ position: 'relative', width, height, background: theme.colors.background.canvas, color: theme.colors.text.primary }}>
        <div style={{ position: 'absolute', left: 16, top: 14, fontSize: 22 }}>{dashboard.title} <span style={{ fontSize: 14, color: theme.colors.text.secondary }}>{dashboard.description}</span></div>
        {dashboard.panels.map(panel => <Panel key={panel.id} panel={panel} />)}
      </div>
    </ThemeContext.Provider>);
}

main().catch(e => { document.body.innerHTML = `<div data-fatal>${e.stack}</div>`; });
