import { get, urlOf } from './api.js';
import { Chart } from './chart.js';
import { button, el, labelled, options, refill, showTrouble } from './dom.js';
import { hitRatio, number, time } from './format.js';
import { findingsOf } from './findings.js';
import { latest } from './latest.js';
import { plainName } from './name.js';
import { go, place } from './place.js';
import { pointsOf, prefixesOf, wordsOf } from './traffic-tables.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { HistoryView, PointView } from '../history/history-view.js'
 * @import { Place } from './place.js'
 */

const refreshMs = 15_000;

/** @param {number} value */
const whole = (value) => number(Math.round(value));

/** Shows the activity of a cache in this process or in all. */
export class TrafficView {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  timer;
  begin = latest();

  /**
   * @param {VisibleCache} cache
   */
  constructor(cache) {
    this.cache = cache;
    this.range = el(
      'select',
      {},
      options([
        ['1h', 'last hour'],
        ['6h', 'last 6 hours'],
        ['24h', 'last 24 hours'],
      ]),
    );
    this.of = el('select', {}, options([['process', 'this process']]));
    this.prefix = el('select', {}, options([['', 'all keys']]));
    this.range.addEventListener('change', () => go({ range: this.range.value }));
    this.of.addEventListener('change', () => go({ whose: this.of.value }));
    this.prefix.addEventListener('change', () => go({ prefix: this.prefix.value }));
    this.reads = new Chart(
      'Reads a minute',
      [
        { label: 'hits', color: '--hits' },
        { label: 'misses', color: '--misses', dash: [8, 4] },
        { label: 'stale', color: '--stale', dash: [2, 3] },
        { label: 'errors', color: '--errors', dash: [12, 3, 2, 3] },
      ],
      whole,
    );
    this.rate = new Chart('Hit rate', [{ label: 'hit rate', color: '--hits' }], (value) => `${Math.round(value)} %`);
    this.latency = new Chart(
      'How long commands take',
      [
        { label: 'p50', color: '--hits' },
        { label: 'p99', color: '--misses', dash: [8, 4] },
      ],
      time,
    );
    this.charts = [this.reads, this.rate, this.latency];
    this.findings = el('div', { class: 'findings' });
    this.tables = el('div', { class: 'server' });
    this.trouble = el('div');
    this.element = el(
      'div',
      { class: 'server' },
      el(
        'section',
        {},
        el(
          'div',
          { class: 'head' },
          el('h2', {}, 'Traffic'),
          el(
            'div',
            { class: 'actions choices' },
            labelled('Time', this.range),
            labelled('Whose', this.of),
            labelled('Keys', this.prefix),
            button('Refresh', () => this.load()),
          ),
        ),
        this.trouble,
        this.findings,
        el(
          'div',
          { class: 'charts' },
          this.charts.map(({ element }) => element),
        ),
      ),
      this.tables,
    );
  }

  /** @param {Place} at */
  show(at) {
    this.range.value = at.range;
    this.timer ??= setInterval(() => {
      if (!document.hidden) void this.load();
    }, refreshMs);
    void this.load();
  }

  leave() {
    this.begin();
    clearInterval(this.timer);
    for (const chart of this.charts) chart.leave();
  }

  /** Ignores answers to an earlier question. */
  async load() {
    const isCurrent = this.begin();
    const { range, whose, prefix } = place();
    try {
      /** @type {HistoryView} */
      const view = await get(urlOf(this.cache.name, '/history'), { range, of: whose, prefix });
      if (!isCurrent()) return;
      refill(this.trouble);
      this.offer(view, prefix);
      this.draw(view);
      refill(this.findings, ...findingsOf(view));
      refill(this.tables, prefixesOf(view), pointsOf(view));
    } catch (error) {
      if (isCurrent()) showTrouble(this.trouble, error, () => this.load());
    }
  }

  /**
   * Updates the choices.
   *
   * @param {HistoryView} view
   * @param {string} prefix
   */
  offer({ of, hasFleet, prefixes }, prefix) {
    if (hasFleet && this.of.options.length === 1) this.of.append(...options([['fleet', 'all processes']]));
    this.of.value = of;
    const known = new Set(prefixes.map((each) => each.prefix)).add(prefix);
    known.delete('');
    const choices = Array.from(known, (name) => /** @type {const} */ ([name, plainName(wordsOf(name))]));
    // Not while the user is choosing.
    if (document.activeElement === this.prefix) this.prefix.value = prefix;
    else this.prefix.replaceChildren(...options([['', 'all keys'], ...choices], prefix));
  }

  /** @param {HistoryView} view */
  draw({ points, stepMs }) {
    const minutes = stepMs / 60_000;
    const times = points.map(({ at }) => at);
    /** @param {(point: PointView) => number | null} read */
    const column = (read) => points.map((point) => (point.processes === 0 ? null : read(point)));
    const latest = points.at(-1);
    const total = points.reduce((sum, { hits, misses }) => ({ hits: sum.hits + hits, misses: sum.misses + misses }), {
      hits: 0,
      misses: 0,
    });
    this.reads.show(
      times,
      [
        column(({ hits }) => hits / minutes),
        column(({ misses }) => misses / minutes),
        column(({ stale }) => stale / minutes),
        column(({ errors }) => errors / minutes),
      ],
      `${number(total.hits)} hits and ${number(total.misses)} misses in this period; the table below has all figures`,
    );
    this.rate.show(
      times,
      [column(({ hits, misses }) => (hits + misses === 0 ? null : (100 * hits) / (hits + misses)))],
      `Hit rate in this period: ${hitRatio(total)}; the table below has all figures`,
    );
    this.latency.show(
      times,
      [column(({ p50 }) => p50), column(({ p99 }) => p99)],
      `Lately half of the commands took at most ${time(latest?.p50)}, and 99 of 100 at most ${time(latest?.p99)}`,
    );
  }
}
