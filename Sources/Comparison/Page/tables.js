/**
 * A table whose columns sort at a click.
 *
 * columns: { title, unit, text (whether it holds words), value (row → what is sorted by), cell (row → what is shown) }
 */
function sortableTable(caption, columns, rows, limit = Infinity) {
  const body = element('tbody');
  const more = element('button', { type: 'button', click: () => show(Infinity) });
  let shown = rows;
  let bound = limit;

  function show(count = bound) {
    bound = count;
    body.replaceChildren(...shown.slice(0, bound).map((row) =>
      element('tr', {}, ...columns.map((column) =>
        element('td', { class: column.text ? `text ${column.text}` : '' }, column.cell(row))))));
    more.hidden = shown.length <= bound;
    more.textContent = `Show all ${shown.length} rows`;
  }

  const heads = columns.map((column) => {
    const head = element('th', { scope: 'col', class: column.text ? 'text' : '', 'aria-sort': 'none' });
    head.append(element('button', { type: 'button', click: () => sort(column, head) }, column.title));
    if (column.unit) head.append(element('span', { class: 'unit' }, column.unit));
    return head;
  });

  function sort(column, head) {
    const falls = head.getAttribute('aria-sort') === (column.text ? 'ascending' : 'none');
    heads.forEach((other) => other.setAttribute('aria-sort', 'none'));
    head.setAttribute('aria-sort', falls ? 'descending' : 'ascending');
    shown = [...rows].sort((a, b) => (falls ? compare(column.value(b), column.value(a))
      : compare(column.value(a), column.value(b))));
    show();
  }

  show();
  return element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    element('table', {}, element('thead', {}, element('tr', {}, ...heads)), body), more);
}

/** Numbers before missing values, words by the alphabet. */
function compare(a, b) {
  if (typeof a === 'string' && typeof b === 'string') return a.localeCompare(b, 'en', { numeric: true });
  const [x, y] = [a ?? -Infinity, b ?? -Infinity];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** A bar from 0 to the value with the interval as a line; `marks` are drawn as dashes. */
function bar(interval, low, high, marks = []) {
  const place = (value) => (100 * (value - low)) / (high - low || 1);
  const [from, to] = [place(0), place(interval.value)].sort((a, b) => a - b);
  const vertical = (value, kind) =>
    drawn('line', { x1: place(value), x2: place(value), y1: kind ? 0 : 2, y2: kind ? 10 : 8, class: kind });
  return drawn('svg', { class: 'bar', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    ...marks.map((value) => vertical(value, 'mark')),
    drawn('rect', { x: from, y: 2, width: Math.max(0.5, to - from), height: 6 }),
    drawn('line', { x1: place(interval.low), x2: place(interval.high), y1: 5, y2: 5 }),
    vertical(interval.low), vertical(interval.high));
}

/** A value, its interval and its bar. */
function measured(interval, low, high, marks) {
  if (!interval) return '–';
  return element('span', { class: 'measured', title: `of ${interval.count}` }, number(interval.value),
    interval.low === interval.high ? undefined
      : element('span', { class: 'interval' }, `${number(interval.low)} … ${number(interval.high)}`),
    bar(interval, low, high, marks));
}
