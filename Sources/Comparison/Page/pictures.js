/** Colours from nothing to full: towards black on white, towards white on black. */
function ramp() {
  const dark = getComputedStyle(document.documentElement).colorScheme === 'dark' ||
    (document.documentElement.dataset.theme === undefined && matchMedia('(prefers-color-scheme: dark)').matches);
  const stops = dark ? [[12, 12, 24], [80, 18, 123], [183, 55, 121], [252, 137, 97], [252, 253, 191]]
    : [[255, 255, 255], [190, 212, 238], [98, 146, 201], [40, 84, 150], [10, 24, 66]];
  return Array.from({ length: 256 }, (_, level) => {
    const place = (level / 255) * (stops.length - 1);
    const first = Math.min(Math.floor(place), stops.length - 2);
    return stops[first].map((value, i) => value + (stops[first + 1][i] - value) * (place - first));
  });
}

/** Draws levels [frames × rows], the first row lowest. */
function paint(canvas, levels, rows) {
  const frames = levels.length / rows;
  [canvas.width, canvas.height] = [frames, rows];
  const context = canvas.getContext('2d');
  const image = context.createImageData(frames, rows);
  const colours = ramp();
  for (let frame = 0; frame < frames; frame += 1) {
    for (let row = 0; row < rows; row += 1) {
      const target = 4 * ((rows - 1 - row) * frames + frame);
      image.data.set(colours[levels[frame * rows + row]], target);
      image.data[target + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}
