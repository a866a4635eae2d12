function showTests() {
  const choice = document.getElementById('test-measure');
  choice.append(element('option', { value: '' }, 'all'),
    ...report.measures.map((measure) => element('option', { value: measure.id }, measure.title)));
  const columns = [
    { title: 'Measure', text: 'name', value: (one) => one.measure, cell: (one) => measures.get(one.measure).title },
    { title: 'First', text: 'name', value: (one) => one.first, cell: (one) => systemName(one.first) },
    { title: 'Second', text: 'name', value: (one) => one.second, cell: (one) => systemName(one.second) },
    {
      title: 'First − second', value: (one) => one.difference.value,
      cell: ({ difference }) => element('span', {}, number(difference.value),
        element('span', { class: 'interval' }, ` ${number(difference.low)} … ${number(difference.high)}`)),
    },
    { title: 'Prompts', value: (one) => one.difference.count, cell: (one) => `${one.difference.count}` },
    { title: 'p', value: (one) => one.probability, cell: (one) => probability(one.probability) },
    {
      title: 'p, corrected', value: (one) => one.corrected,
      cell: (one) => element(one.corrected < 0.05 ? 'b' : 'span', {}, probability(one.corrected)),
    },
  ];
  const show = () => document.getElementById('test-table').replaceChildren(sortableTable('Paired tests', columns,
    report.tests.filter((one) => !choice.value || one.measure === choice.value), 40));
  choice.addEventListener('change', show);
  show();
}

function showContinuations() {
  const present = report.measures.filter((measure) => report.continuations.some((row) => measure.id in row.values));
  const columns = [
    { title: 'Prompt', text: 'name', value: (row) => row.prompt, cell: (row) => row.prompt },
    { title: 'System', text: 'name', value: (row) => row.system, cell: (row) => systemName(row.system) },
    { title: 'Variation', value: (row) => row.variation, cell: (row) => `${row.variation}` },
    {
      title: 'Faults', text: 'name', value: (row) => row.faults.join(', '), cell: (row) => row.faults.join(', ') || 'none',
    },
    ...present.map((measure) => ({
      title: measure.title,
      unit: measure.unit,
      value: (row) => row.values[measure.id],
      cell: (row) => number(row.values[measure.id]),
    })),
  ];
  document.getElementById('continuation-table').append(
    sortableTable('Continuations', columns, report.continuations, 40));
}

function showMeasures() {
  const quality = new Map(report.scale.map((one) => [one.measure, one]));
  const share = (value) => (value === undefined ? '–' : `${Math.round(100 * value)} %`);
  const columns = [
    { title: 'Measure', text: 'name', value: (one) => one.title, cell: (one) => one.title },
    { title: 'Unit', text: 'name', value: (one) => one.unit, cell: (one) => one.unit },
    { title: 'Definition', text: 'wide', value: (one) => one.definition, cell: (one) => one.definition },
    { title: 'Source', text: 'wide', value: (one) => one.source, cell: (one) => one.source },
  ];
  if (report.scale.length) {
    const nearer = (title, unit, key) => ({
      title, unit, value: (one) => quality.get(one.id)?.[key], cell: (one) => share(quality.get(one.id)?.[key]),
    });
    columns.splice(2, 0, nearer('Own nearer', 'than others on average', 'own_nearer'),
      nearer('Own wins', 'against each other recording', 'own_wins'));
  }
  document.getElementById('measure-table').append(sortableTable('Measures', columns, report.measures));
}

function showPreferences() {
  if (!report.listening) return;
  document.querySelectorAll('#preferences, a[href="#preferences"]').forEach((node) => { node.hidden = false; });
  document.getElementById('listeners').textContent =
    `${report.listening.listeners} listeners. Share of trials in which the first was preferred, a tie counting half, ` +
    'with its 95 % interval (Wilson), and the sign test over trials without a tie.';
  document.getElementById('preference-table').append(sortableTable('Preferences', [
    { title: 'First', text: 'name', value: (one) => one.first, cell: (one) => systemName(one.first) },
    { title: 'Second', text: 'name', value: (one) => one.second, cell: (one) => systemName(one.second) },
    { title: 'Trials', value: (one) => one.trials, cell: (one) => `${one.trials}` },
    { title: 'First preferred', value: (one) => one.rate.value, cell: (one) => measured(one.rate, 0, 1, [0.5]) },
    { title: 'p', value: (one) => one.probability, cell: (one) => probability(one.probability) },
  ], report.listening.preferences));
}
