/** A plot of one measure over time: a line and its interval for each system. */
function driftPlot(measure) {
  const points = report.drift.filter((point) => point.measure === measure.id);
  if (!points.length) return undefined;
  const scaled = report.settings.has_reference;
  const [width, height, left, right, top, bottom] = [320, 200, 38, 8, 8, 24];
  const middle = points.flatMap((point) => [point.value.value]).concat(scaled ? [0, 1] : []);
  const margin = 0.15 * (Math.max(...middle) - Math.min(...middle)) || 1;
  const [low, high] = [Math.min(...middle) - margin, Math.max(...middle) + margin];
  const end = Math.max(...points.map((point) => point.second)) + report.settings.window_seconds / 2;
  const x = (second) => left + ((width - left - right) * second) / end;
  const y = (value) => {
    const inside = Math.min(high, Math.max(low, value));
    return top + ((height - top - bottom) * (high - inside)) / (high - low);
  };
  const lines = report.systems.flatMap(({ name }) => {
    const own = points.filter((point) => point.system === name).sort((a, b) => a.second - b.second);
    if (!own.length) return [];
    const upper = own.map((point) => `${x(point.second)},${y(point.value.high)}`);
    const lower = own.map((point) => `${x(point.second)},${y(point.value.low)}`).reverse();
    return [
      drawn('polygon', { points: [...upper, ...lower].join(' '), fill: colour(name), opacity: 0.12 }),
      drawn('polyline', {
        points: own.map((point) => `${x(point.second)},${y(point.value.value)}`).join(' '),
        fill: 'none', stroke: colour(name), 'stroke-width': 2,
      }),
      ...own.map((point) => drawn('circle',
        { cx: x(point.second), cy: y(point.value.value), r: 3.5, fill: colour(name) },
        drawn('title', {}, `${name}, ${point.second} s: ${number(point.value.value)} ` +
          `(${number(point.value.low)} … ${number(point.value.high)})`))),
    ];
  });
  const least = (high - low) / 5;
  const unit = 10 ** Math.floor(Math.log10(least));
  const step = unit * [1, 2, 5, 10].find((factor) => factor * unit >= least);
  const first = Math.ceil(low / step);
  const ticks = Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
  const grid = ticks.flatMap((value) => [
    drawn('line', {
      x1: left, x2: width - right, y1: y(value), y2: y(value),
      class: scaled && (Math.abs(value) < 1e-9 || Math.abs(value - 1) < 1e-9) ? 'mark' : 'axis',
    }),
    drawn('text', { x: left - 4, y: y(value) + 4, 'text-anchor': 'end' },
      Number(value.toFixed(2)).toString().replace('-', '−')),
  ]);
  const seconds = points.filter((point) => point.system === points[0].system).map((point) =>
    drawn('text', { x: x(point.second), y: height - 8, 'text-anchor': 'middle' }, `${point.second} s`));
  return element('figure', {},
    element('figcaption', {}, measure.title, scaled ? '' : element('span', { class: 'unit' }, measure.unit)),
    drawn('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${measure.title} over time` },
      ...grid, ...seconds, ...lines));
}

function showDrift() {
  document.getElementById('drift-note').textContent =
    `Each measure of every ${report.settings.window_seconds} s by itself, against the whole prompt` +
    (report.settings.has_reference ? '; 0 and 1 are what other recordings and the own continuation have at that time.'
      : ', in its own unit.');
  document.getElementById('legend').append(...report.systems.map((system) => systemName(system.name)));
  document.getElementById('drift-plots').append(
    ...report.measures.filter((measure) => measure.group === 'consistency').map(driftPlot).filter(Boolean));
}
