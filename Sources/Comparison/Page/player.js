/** One system's sound of a prompt: its name, its pictures, and the sound itself once it is needed. */
class Lane {
  constructor(data, index, card) {
    this.data = data;
    const variation = data.variation > 0 ? ` ${data.variation}` : '';
    this.button = element('button', {
      type: 'button', role: 'radio', 'aria-checked': 'false', click: () => card.select(index),
    }, systemName(data.system), variation);
    this.mel = element('canvas', { class: 'mel' });
    this.chroma = element('canvas', { class: 'chroma' });
    this.cursor = element('div', { class: 'cursor', hidden: '' });
    const seam = element('div', { class: 'seam', style: `left:${(100 * data.seam) / data.seconds}%` });
    this.pictures = element('div', {
      class: 'pictures', style: `width:${(100 * data.seconds) / card.seconds}%`,
      click: (event) => {
        const box = this.pictures.getBoundingClientRect();
        card.select(index);
        card.seek(((event.clientX - box.left) / box.width) * data.seconds);
      },
    }, this.mel, this.chroma, seam, this.cursor);
    this.node = element('div', { class: 'lane' }, this.button, element('div', {}, this.pictures));
  }

  paint() {
    paint(this.mel, bytes(this.data.mel), this.data.bands);
    paint(this.chroma, bytes(this.data.chroma), 12);
  }

  /** The player, made when it is first asked for. */
  get audio() {
    if (!this.player) {
      const sound = new Blob([bytes(this.data.sound)], { type: this.data.type });
      this.player = new Audio(URL.createObjectURL(sound));
      this.player.preload = 'auto';
    }
    return this.player;
  }
}

/** All systems of a prompt, one above the other at the same time scale, one of them playing. */
class Card {
  static active;

  constructor(data) {
    this.seconds = Math.max(...data.lanes.map((lane) => lane.seconds));
    this.seam = data.lanes[0].seam;
    this.current = 0;
    this.lanes = data.lanes.map((lane, index) => new Lane(lane, index, this));
    this.play = element('button', { type: 'button', class: 'play', click: () => this.toggle() }, 'Play');
    this.slider = element('input', {
      type: 'range', min: 0, max: this.seconds, step: 0.01, value: 0, 'aria-label': 'Position',
      input: () => this.seek(Number(this.slider.value)),
    });
    this.time = element('output', {});
    this.node = element('article', { class: 'prompt', tabindex: -1, 'aria-label': data.prompt },
      element('h3', {}, data.prompt),
      element('div', { class: 'controls' }, this.play, this.slider, this.time),
      element('div', { role: 'radiogroup', 'aria-label': `Systems for ${data.prompt}` },
        ...this.lanes.map((lane) => lane.node)));
    this.position = 0;
    this.playing = false;
    this.mark();
    this.show();
  }

  get audio() { return this.lanes[this.current].audio; }

  mark() {
    this.lanes.forEach((lane, index) => lane.button.setAttribute('aria-checked', `${index === this.current}`));
  }

  /** Hears another system from the same place on. */
  select(index) {
    if (index < 0 || index >= this.lanes.length) return;
    this.activate();
    if (index !== this.current) {
      if (this.playing) {
        this.position = this.audio.currentTime;
        this.audio.pause();
      }
      this.current = index;
      this.mark();
      if (this.playing) this.start();
    }
    this.show();
  }

  seek(second) {
    this.activate();
    this.position = Math.min(Math.max(0, second), this.seconds - 0.05);
    if (this.playing) this.start();
    this.show();
  }

  toggle() {
    this.activate();
    if (this.playing) this.stop();
    else this.start();
  }

  start() {
    const { audio } = this;
    const end = this.lanes[this.current].data.seconds;
    if (this.position >= end - 0.1) this.position = 0;
    this.lanes.forEach((lane) => lane.audio);
    audio.currentTime = this.position;
    audio.onended = () => { this.position = 0; this.stop(); };
    this.playing = true;
    this.play.textContent = 'Pause';
    audio.play().then(() => this.follow()).catch(() => this.stop());
  }

  stop() {
    if (this.playing && !this.audio.ended) this.position = this.audio.currentTime;
    this.audio.pause();
    this.playing = false;
    this.play.textContent = 'Play';
    this.show();
  }

  /** Moves the cursors while the sound plays. */
  follow() {
    if (!this.playing) return;
    this.position = this.audio.currentTime;
    this.show();
    requestAnimationFrame(() => this.follow());
  }

  show() {
    this.slider.value = this.position;
    this.time.textContent = `${this.position.toFixed(1)} / ${this.seconds.toFixed(1)} s`;
    this.lanes.forEach((lane) => {
      lane.cursor.hidden = Card.active !== this || this.position > lane.data.seconds;
      lane.cursor.style.left = `${(100 * this.position) / lane.data.seconds}%`;
    });
  }

  /** Makes this the prompt that the keys mean. */
  activate() {
    const before = Card.active;
    Card.active = this;
    if (before && before !== this) {
      if (before.playing) before.stop();
      before.show();
    }
  }
}

const keys = {
  ' ': (card) => card.toggle(),
  ArrowLeft: (card) => card.seek(card.position - 1),
  ArrowRight: (card) => card.seek(card.position + 1),
  ArrowUp: (card) => card.select(card.current - 1),
  ArrowDown: (card) => card.select(card.current + 1),
  s: (card) => card.seek(card.seam - 2),
  n: (card, cards) => go(cards[cards.indexOf(card) + 1]),
  p: (card, cards) => go(cards[cards.indexOf(card) - 1]),
};

function go(card) {
  if (!card) return;
  card.activate();
  card.show();
  card.node.scrollIntoView({ block: 'nearest' });
  card.node.focus({ preventScroll: true });
}

function showPrompts() {
  const cards = [...document.querySelectorAll('script.sounds')].map((node) => new Card(JSON.parse(node.textContent)));
  document.getElementById('prompts').append(...cards.map((card) => card.node));
  document.getElementById('listen').hidden = !cards.length;
  document.querySelector('a[href="#listen"]').hidden = !cards.length;
  document.addEventListener('keydown', (event) => {
    const elsewhere = event.target.closest('select, input, button, a, .scroll') && !event.target.closest('.prompt');
    if (elsewhere || event.ctrlKey || event.altKey || event.metaKey || !cards.length) return;
    const card = Card.active ?? cards[0];
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (/^[1-9]$/.test(key)) card.select(Number(key) - 1);
    else if (keys[key]) keys[key](card, cards);
    else return;
    event.preventDefault();
  });
  return () => cards.forEach((card) => card.lanes.forEach((lane) => lane.paint()));
}
