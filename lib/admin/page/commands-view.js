import { follow, get, urlOf } from './api.js';
import { button, el, failure, labelled, refill } from './dom.js';
import { number, time } from './format.js';
import { latest } from './latest.js';
import { plainName, shownName } from './name.js';
import { go, place } from './place.js';
import { headOf, table } from './table.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { FeedLine, HeardCommand } from '../live/command-feed.js'
 * @import { SlowCommand, SlowLog } from '../live/slow-log.js'
 * @import { Place } from './place.js'
 */

const mostRows = 300;

/** Shows live commands of this process, and the servers' slow logs. */
export class CommandsView {
  /** @type {AbortController | undefined} */
  following;
  left = 0;
  /** @type {string | undefined} */
  asked;
  begin = latest();

  /**
   * @param {VisibleCache} cache
   */
  constructor(cache) {
    this.cache = cache;
    const common = { spellcheck: 'false', autocomplete: 'off' };
    this.name = el('input', { ...common, placeholder: 'GET' });
    this.prefix = el('input', { ...common, placeholder: 'user:' });
    this.pauseButton = button('Pause', () => (this.following ? this.pause() : this.start()));
    this.status = el('p', { class: 'quiet', role: 'status' });
    this.trouble = el('div');
    // Not announced: it changes twice a second.
    this.missed = el('p', { class: 'quiet' });
    this.rows = el('tbody');
    this.slow = el('section', {}, el('h2', {}, 'Slow log'));
    this.element = el('div', { class: 'server' }, this.feed(), this.slow);
  }

  /** @param {Place} at */
  show({ prefix }) {
    if (prefix === this.asked) return;
    if (this.asked === undefined) void this.loadSlow();
    this.asked = prefix;
    this.prefix.value = prefix === '*' ? '' : prefix;
    this.start();
  }

  leave() {
    this.following?.abort();
    this.following = undefined;
  }

  feed() {
    /** @param {Event} event */
    const filter = (event) => {
      event.preventDefault();
      const prefix = this.prefix.value;
      if (prefix !== place().prefix) go({ prefix });
      else this.start();
    };
    return el(
      'section',
      {},
      el(
        'div',
        { class: 'head' },
        el('h2', {}, 'Commands of this process'),
        el(
          'div',
          { class: 'actions' },
          this.pauseButton,
          button('Clear list', () => this.clear()),
        ),
      ),
      el(
        'form',
        { class: 'actions choices', onsubmit: filter },
        labelled('Command', this.name),
        labelled('Key begins with', this.prefix),
        el('button', { type: 'submit', class: 'primary' }, 'Filter'),
      ),
      this.status,
      this.missed,
      this.trouble,
      el(
        'div',
        { class: 'wide feed', tabindex: '0', role: 'region', 'aria-label': 'Commands of this process' },
        el('table', { class: 'figures' }, headOf(['Command', 'Keys', 'Took', 'At']), this.rows),
      ),
    );
  }

  start() {
    this.leave();
    const following = new AbortController();
    this.following = following;
    this.clear();
    refill(this.trouble);
    this.pauseButton.textContent = 'Pause';
    this.status.textContent = 'Listening. The newest is at the top. Values are never shown.';
    void this.follow(following);
  }

  pause() {
    this.leave();
    this.pauseButton.textContent = 'Resume';
    this.status.textContent = 'Paused.';
  }

  /** @param {AbortController} following */
  async follow(following) {
    const query = { command: this.name.value.trim(), prefix: this.prefix.value };
    try {
      await follow(
        urlOf(this.cache.name, '/commands'),
        query,
        following.signal,
        /** @param {FeedLine} line */ (line) => this.hear(line),
      );
      if (this.following !== following) return;
      this.pause();
      this.status.textContent = 'Paused: the application ended the list.';
    } catch (error) {
      if (this.following !== following) return;
      this.pause();
      refill(
        this.trouble,
        failure(error, () => this.start()),
      );
    }
  }

  /** @param {FeedLine} line */
  hear({ commands, left }) {
    this.left += left;
    if (left > 0) this.missed.textContent = `${number(this.left)} more came too fast to show: use the filters.`;
    this.rows.prepend(...commands.map(rowOf).toReversed());
    while (this.rows.rows.length > mostRows) this.rows.deleteRow(-1);
  }

  clear() {
    this.left = 0;
    this.missed.textContent = '';
    this.rows.replaceChildren();
  }

  async loadSlow() {
    const isCurrent = this.begin();
    const head = el(
      'div',
      { class: 'head' },
      el('h2', {}, 'Slow log'),
      button('Refresh', () => this.loadSlow()),
    );
    try {
      /** @type {{ readonly servers: readonly SlowLog[] }} */
      const { servers } = await get(urlOf(this.cache.name, '/commands/slow'));
      if (!isCurrent()) return;
      refill(
        this.slow,
        head,
        el('p', { class: 'quiet' }, 'Slow commands of all clients. Values are not shown.'),
        ...servers.flatMap(slowOf),
      );
    } catch (error) {
      if (isCurrent())
        refill(
          this.slow,
          head,
          failure(error, () => this.loadSlow()),
        );
    }
  }
}

/** @param {HeardCommand} heard */
function rowOf({ at, command, batch, script, keys, keyCount, ms, error }) {
  const what = batch ? `${command}: ${batch.join(' ')}` : script === undefined ? command : `${command} ${script}`;
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, shownName(what), error !== undefined && el('span', { class: 'badge' }, error)),
    el('td', {}, shownName(keys.join('  ')), keyCount > keys.length && ` +${number(keyCount - keys.length)}`),
    el('td', { class: 'number' }, time(ms)),
    el('td', { class: 'number' }, new Date(at).toLocaleTimeString()),
  );
}

/** @param {SlowLog} log */
function slowOf({ address, commands, refused }) {
  const head = el('h3', {}, shownName(address));
  if (refused !== undefined) return [head, el('p', { class: 'note' }, `This server refuses: ${plainName(refused)}`)];
  if (commands.length === 0) return [head, el('p', { class: 'quiet' }, 'No command was slow.')];
  return [
    head,
    table(`Slow log of ${plainName(address)}`, ['Command', 'About', 'Took', 'At', 'Client'], commands.map(slowRow)),
  ];
}

/** @param {SlowCommand} slow */
const slowRow = ({ at, ms, command, about, hidden, client }) => [
  command,
  el('span', {}, shownName(about ?? ''), hidden > 0 && ` (${number(hidden)} not shown)`),
  time(ms),
  new Date(at).toLocaleString(),
  shownName(client ?? ''),
];
