const get = (id) => document.getElementById(id);
const test = document.body.dataset.test;
const trials = [...document.querySelectorAll('script.trial')].map((node) => JSON.parse(node.textContent));

/** Seconds of each continuation that are to be heard before a choice. */
const leastHeard = 3;

const answers = [];
let listener = '';
let order = [];
let trial;
let players = [];
let turned = false;
let current = 0;
let heard = [0, 0];
let last = 0;

function shuffled(items) {
  const list = [...items];
  for (let i = list.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

function begin() {
  listener = get('listener').value.trim() || `listener-${Math.random().toString(36).slice(2, 8)}`;
  order = shuffled(trials);
  get('start').hidden = true;
  next();
}

/** Shows the next trial, its two sounds in random order. */
function next() {
  players.forEach((player) => { player.pause(); URL.revokeObjectURL(player.src); });
  trial = order[answers.length];
  get('trial').hidden = !trial;
  get('end').hidden = Boolean(trial);
  if (!trial) {
    players = [];
    get('save').focus();
    return;
  }
  turned = Math.random() < 0.5;
  const sounds = turned ? [trial.sounds[1], trial.sounds[0]] : trial.sounds;
  players = sounds.map((sound) => {
    const player = new Audio(URL.createObjectURL(new Blob([bytes(sound)], { type: trial.type })));
    player.preload = 'auto';
    return player;
  });
  [current, heard, last] = [0, [0, 0], 0];
  get('position').max = trial.seconds;
  get('count').textContent = `${answers.length + 1} of ${order.length}`;
  show();
  get('play-a').focus();
}

function play(index) {
  const place = players[current].currentTime;
  players[current].pause();
  current = index;
  players[current].currentTime = place >= trial.seconds - 0.1 ? 0 : place;
  last = players[current].currentTime;
  players[current].play().then(follow).catch(() => trial && show());
}

function follow() {
  const player = players[current];
  if (!player) return;
  const now = player.currentTime;
  if (now > last && now > trial.seam) heard[current] += now - Math.max(last, trial.seam);
  last = now;
  show();
  if (!player.paused) requestAnimationFrame(follow);
}

function seek(second) {
  const player = players[current];
  player.currentTime = Math.min(Math.max(0, second), trial.seconds - 0.05);
  last = player.currentTime;
  show();
}

function pause() {
  players[current].pause();
  show();
}

function show() {
  const player = players[current];
  const place = player.currentTime;
  get('position').value = place;
  get('time').textContent = `${place.toFixed(1)} / ${trial.seconds.toFixed(1)} s`;
  get('place').textContent = place < trial.seam ? 'the recording itself' : `continuation ${'AB'[current]}`;
  ['play-a', 'play-b'].forEach((id, index) =>
    get(id).setAttribute('aria-pressed', `${index === current && !player.paused}`));
  const ready = heard.every((seconds) => seconds >= leastHeard);
  get('choices').querySelectorAll('button').forEach((button) => { button.disabled = !ready; });
  get('hint').hidden = ready;
}

/** index: 0 for A, 1 for B, −1 for neither. */
function choose(index) {
  if (heard.some((seconds) => seconds < leastHeard)) return;
  const choice = index < 0 ? 'same' : (index === 0) === turned ? 'second' : 'first';
  answers.push({ trial: trial.number, choice });
  next();
}

function save() {
  const file = new Blob([JSON.stringify({ test, listener, answers }, null, 1)], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `answers-${listener.replace(/[^\w-]+/g, '_')}.json`;
  document.body.append(link);
  link.click();
  link.remove();
}

const keys = {
  a: () => play(0),
  b: () => play(1),
  ' ': () => (players[current].paused ? play(current) : pause()),
  ArrowLeft: () => seek(players[current].currentTime - 1),
  ArrowRight: () => seek(players[current].currentTime + 1),
  s: () => seek(trial.seam - 1),
  1: () => choose(0),
  2: () => choose(1),
  0: () => choose(-1),
};

get('begin').addEventListener('click', begin);
get('play-a').addEventListener('click', () => play(0));
get('play-b').addEventListener('click', () => play(1));
get('pause').addEventListener('click', pause);
get('position').addEventListener('input', () => seek(Number(get('position').value)));
get('choose-a').addEventListener('click', () => choose(0));
get('choose-b').addEventListener('click', () => choose(1));
get('choose-same').addEventListener('click', () => choose(-1));
get('save').addEventListener('click', save);
document.addEventListener('keydown', (event) => {
  if (!trial || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (!keys[key]) return;
  keys[key]();
  event.preventDefault();
});
