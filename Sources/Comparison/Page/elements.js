/** An element with attributes (functions are listeners) and children. */
function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** The same for drawings. */
function drawn(name, attributes = {}, ...children) {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(key, value);
    else if (value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

/** A number with three significant digits, its minus sign a minus sign. */
function number(value) {
  if (value === undefined || value === null || Number.isNaN(value)) return '–';
  const digits = value === 0 ? 2 : Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toFixed(digits).replace('-', '−');
}

/** A probability as papers print it. */
function probability(value) {
  return value < 0.001 ? '< 0.001' : value.toFixed(3);
}

const report = JSON.parse(document.getElementById('report').textContent);
const measures = new Map(report.measures.map((measure) => [measure.id, measure]));

/** Okabe and Ito's colours, which colour-blind people tell apart, dark enough or light enough for both themes. */
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b8860b', '#56b4e9', '#8c6bb1', '#7f7f7f'];

function colour(system) {
  return palette[report.systems.findIndex((one) => one.name === system) % palette.length];
}

/** A system's name behind its colour. */
function systemName(name) {
  return element('span', {}, element('span', { class: 'dot', style: `background:${colour(name)}` }), name);
}
