const groups = {
  consistency: 'Consistency with the prompt',
  seam: 'Seam',
  structure: 'Structure',
  model: 'As the models see it',
  distance: 'Distance to real recordings',
};
const aims = { higher: 'higher is nearer', lower: 'lower is better', natural: 'near the truth is natural' };

function describe() {
  const { settings } = report;
  document.getElementById('about').textContent =
    `${settings.prompts} prompts, ${report.systems.length} systems, ${report.continuations.length} continuations, ` +
    `of which the first ${settings.seconds} s are measured.` +
    (settings.model ? ` The bundle ${settings.model} heard them too.` : '');
  const reading = 'Means over the prompts with the 95 % interval of their bootstrap over prompts.';
  document.getElementById('reading').textContent = settings.has_reference
    ? `${reading} Consistency is on a scale between two things that exist: 1 is what the recordings’ own ` +
      'continuations reach, 0 what other recordings’ do; above 1 is nearer to the prompt than music stays to itself.'
    : `${reading} Without real continuations (--reference) there is no scale, and consistency is told in each ` +
      'measure’s own unit.';
}

/** The interval that a summary's cell shows. */
function shownInterval(system, measure, ownUnits) {
  if (measure.group === 'distance') {
    const distance = report.distances.find((one) => one.system === system && one.measure === measure.id);
    return distance?.interval;
  }
  const found = report.summary.find((one) => one.system === system && one.measure === measure.id);
  const scaled = measure.group === 'consistency' && report.settings.has_reference && !ownUnits;
  return scaled ? found?.consistency : found?.mean;
}

function summaryTables(ownUnits) {
  const scaled = report.settings.has_reference && !ownUnits;
  return Object.entries(groups).flatMap(([group, title]) => {
    const chosen = report.measures.filter((measure) => measure.group === group);
    if (!chosen.length) return [];
    const onScale = group === 'consistency' && scaled;
    const columns = chosen.map((measure) => {
      const intervals = report.systems.map((system) => shownInterval(system.name, measure, ownUnits)).filter(Boolean);
      const marks = onScale ? [0, 1] : [0];
      const bounds = [...marks, ...intervals.flatMap((one) => [one.low, one.high])];
      const [low, high] = [Math.min(...bounds), Math.max(...bounds)];
      const value = (system) => shownInterval(system.name, measure, ownUnits);
      return {
        title: measure.title,
        unit: onScale ? '0 other … 1 own' : `${measure.unit}, ${aims[measure.better]}`,
        value: (system) => value(system)?.value,
        cell: (system) => measured(value(system), low, high, onScale ? marks : []),
      };
    });
    const names = { title: 'System', text: 'name', value: (one) => one.name, cell: (one) => systemName(one.name) };
    return [element('h3', {}, title), sortableTable(title, [names, ...columns], report.systems)];
  });
}

function showSummary() {
  describe();
  const target = document.getElementById('summary-tables');
  const units = document.getElementById('units');
  document.getElementById('units-choice').hidden = !report.settings.has_reference;
  const show = () => target.replaceChildren(...summaryTables(units.checked));
  units.addEventListener('change', show);
  show();
}
