/** As the system has it, light, dark: goes through them at each press. */
function followTheme(repaint) {
  const button = document.getElementById('theme');
  const themes = [[undefined, 'as the system'], ['light', 'light'], ['dark', 'dark']];
  let chosen = 0;
  button.addEventListener('click', () => {
    chosen = (chosen + 1) % themes.length;
    const [name, title] = themes[chosen];
    if (name) document.documentElement.dataset.theme = name;
    else delete document.documentElement.dataset.theme;
    button.textContent = `Theme: ${title}`;
    repaint();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
}

showSummary();
const repaint = showPrompts();
repaint();
showPreferences();
showDrift();
showTests();
showContinuations();
showMeasures();
followTheme(repaint);
