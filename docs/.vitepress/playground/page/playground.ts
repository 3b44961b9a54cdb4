import type { Order, Row } from '../protocol.js';
import { Editor } from './editor.js';
import { button, duration, element } from './element.js';
import { type Done, Engine, type EngineListener, type Places } from './engine.js';
import { examples } from './examples.js';
import { stateTables } from './state.js';
import { Timeline } from './timeline.js';

const turns: readonly (readonly [string, number])[] = [
  ['1 s', 1000],
  ['10 s', 10_000],
  ['1 min', 60_000],
  ['10 min', 600_000],
  ['1 h', 3_600_000],
];

/** The page: an editor, the controls of the clock and of Redis, and what comes of the code. */
class Playground implements EngineListener {
  private readonly engine: Engine;
  private readonly editor = new Editor(() => this.run());
  private readonly timeline = new Timeline();
  private readonly status = element('p', { role: 'status', class: 'status' });
  private readonly time = element('span', { class: 'clock' }, '0 ms');
  private readonly state = element('div', { class: 'state' });
  private readonly again = button('Run again on these data', () => this.run(true));
  private readonly condition = element('span', { 'aria-hidden': 'true' });
  private readonly redis = element(
    'button',
    { type: 'button', role: 'switch', onclick: () => this.give({ type: 'redis', isUp: !this.isUp }) },
    'Redis ',
    this.condition,
  );
  private readonly clocks = turns.map(([text, ms]) => button(`+ ${text}`, () => this.give({ type: 'advance', ms })));
  /** Whether there are data, and nothing runs. */
  private isAtRest = false;
  private isUp = true;
  private failure: string | undefined;

  constructor(
    private readonly root: HTMLElement,
    places: Places,
  ) {
    this.engine = new Engine(places, this);
    this.editor.code = examples[0]!.code;
    this.enable(false);
    this.show();
    this.engine.restart();
  }

  close(): void {
    this.engine.end();
    this.root.replaceChildren();
  }

  onRows(rows: readonly Row[]): void {
    this.failure = rows.find(({ kind }) => kind === 'error')?.text ?? this.failure;
    this.timeline.add(rows);
  }

  onDone({ order, tookMs, state }: Done): void {
    this.time.textContent = duration(state.now);
    this.showRedis(state.isUp);
    this.state.replaceChildren(...stateTables(state));
    this.enable(true);
    const { commands } = this.timeline;
    if (this.failure !== undefined) this.say(`Your code failed: ${this.failure}`, true);
    else if (order === 'run')
      this.say(`Done after ${duration(tookMs)} of the clock, and ${commands} commands to Redis.`);
    else this.say(`The clock shows ${duration(state.now)}.`);
  }

  onEnd(why: string): void {
    this.enable(false);
    this.say(`${why}.`, true);
  }

  private run(keepsData = false): void {
    if (!keepsData) {
      this.engine.restart();
      this.timeline.clear();
      this.isAtRest = true;
    }
    this.give({ type: 'run', code: this.editor.code });
  }

  private give(order: Order): void {
    if (!this.isAtRest) return;
    this.failure = undefined;
    this.enable(false);
    this.say('Running …');
    this.engine.give(order);
  }

  private say(text: string, isFailure = false): void {
    this.status.textContent = text;
    this.status.classList.toggle('failed', isFailure);
  }

  /** Of controls for which there must be data. One that is really disabled would lose the focus. */
  private enable(isAtRest: boolean): void {
    this.isAtRest = isAtRest;
    for (const control of [this.again, this.redis, ...this.clocks]) {
      control.setAttribute('aria-disabled', String(!isAtRest));
    }
  }

  private showRedis(isUp: boolean): void {
    this.isUp = isUp;
    this.redis.setAttribute('aria-checked', String(isUp));
    this.condition.textContent = isUp ? 'is there' : 'is away';
  }

  private show(): void {
    this.showRedis(true);
    const choice = element(
      'select',
      { id: 'playground-example', onchange: () => (this.editor.code = examples[Number(choice.value)]!.code) },
      ...examples.map(({ title }, index) => element('option', { value: String(index) }, title)),
    );
    const wire = element('input', {
      type: 'checkbox',
      checked: true,
      onchange: () => this.timeline.root.classList.toggle('calls-only', !wire.checked),
    });
    const start = button('Run', () => this.run());
    start.classList.add('main');
    const group = (title: string, ...parts: HTMLElement[]): HTMLElement =>
      element('div', { role: 'group', 'aria-label': title }, ...parts);
    this.root.classList.add('playground');
    this.root.replaceChildren(
      element('p', {}, element('label', { for: 'playground-example' }, 'Example '), choice),
      element('label', { for: 'playground-code', class: 'title' }, 'Code'),
      this.editor.root,
      group('Run', start, this.again, this.redis),
      group('Clock', element('span', {}, 'Clock: ', this.time), ...this.clocks),
      this.status,
      element('label', { class: 'filter' }, wire, ' Show what goes over the wire'),
      element(
        'div',
        { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'What happens' },
        this.timeline.root,
      ),
      this.state,
    );
  }
}

/** @returns what ends it */
export function mountPlayground(root: HTMLElement, places: Places): () => void {
  const playground = new Playground(root, places);
  return () => playground.close();
}
