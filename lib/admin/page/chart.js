import { el } from './dom.js';
import { clock } from './format.js';
import UPlot from './uplot.js';

/**
 * @typedef {object} Line
 * @property {string} label
 * @property {string} color the name of a custom property in the style sheet
 * @property {readonly number[]} [dash] distinguishes lines without colours
 */

/** @typedef {readonly (number | null)[]} Values */

const height = 170;

/** Draws lines over time. Screen readers get a summary; a table holds the same figures. */
export class Chart {
  /** @type {UPlot | undefined} */
  plot;
  /** @type {readonly number[]} */
  times = [];
  /** @type {readonly Values[]} */
  columns = [];
  scheme = matchMedia('(prefers-color-scheme: dark)');
  redraw = () => this.draw();
  watcher = new ResizeObserver(() => this.plot?.setSize({ width: this.width(), height }));

  /**
   * @param {string} title
   * @param {readonly Line[]} lines
   * @param {(value: number) => string} format
   */
  constructor(title, lines, format) {
    this.lines = lines;
    this.format = format;
    this.at = el('span', { class: 'at' });
    this.values = lines.map(() => el('span', { class: 'number' }));
    this.place = el('div', { class: 'plot', role: 'img', 'aria-label': `${title}: no figures yet` });
    this.element = el(
      'figure',
      { class: 'chart' },
      el('figcaption', {}, el('h3', {}, title), this.at),
      this.place,
      el(
        'ul',
        { class: 'legend' },
        lines.map((line, index) => el('li', {}, swatchOf(line), `${line.label} `, this.values[index])),
      ),
    );
    this.watcher.observe(this.element);
    this.scheme.addEventListener('change', this.redraw);
  }

  /**
   * @param {readonly number[]} times milliseconds since 1970
   * @param {readonly Values[]} columns one per line
   * @param {string} summary the accessible description
   */
  show(times, columns, summary) {
    [this.times, this.columns] = [times, columns];
    this.place.setAttribute('aria-label', summary);
    if (this.plot) this.plot.setData(this.data());
    else this.draw();
    this.tell(undefined);
  }

  leave() {
    this.watcher.disconnect();
    this.scheme.removeEventListener('change', this.redraw);
    this.plot?.destroy();
    this.plot = undefined;
  }

  draw() {
    this.plot?.destroy();
    const style = getComputedStyle(document.documentElement);
    /** @param {string} name */
    const color = (name) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: color('--quiet'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
      font: '12px system-ui, sans-serif',
    };
    this.plot = new UPlot(
      {
        width: this.width(),
        height,
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, y: false },
        scales: { y: { range: (_, least, most) => [Math.min(0, least ?? 0), most ? most * 1.05 : 1] } },
        axes: [
          { ...axis, space: 60, values: (_, splits) => splits.map((seconds) => clock(seconds * 1000)) },
          { ...axis, size: 70, values: (_, splits) => splits.map((value) => this.format(value)) },
        ],
        series: [
          {},
          ...this.lines.map((line) => ({
            label: line.label,
            stroke: color(line.color),
            width: 2,
            dash: [...(line.dash ?? [])],
            points: { show: false },
          })),
        ],
        hooks: { setCursor: [({ cursor }) => this.tell(cursor.idx ?? undefined)] },
      },
      this.data(),
      this.place,
    );
  }

  /** @returns {UPlot.AlignedData} */
  data() {
    return [this.times.map((at) => at / 1000), ...this.columns.map((values) => [...values])];
  }

  /**
   * Shows the values under the pointer, or else the latest.
   *
   * @param {number | undefined} index
   */
  tell(index) {
    const at = index ?? this.times.length - 1;
    const when = this.times[at];
    this.at.textContent = when === undefined ? '' : clock(when);
    this.columns.forEach((values, line) => {
      const [value, place] = [values[at], this.values[line]];
      if (place) place.textContent = typeof value === 'number' ? this.format(value) : '–';
    });
  }

  width() {
    return Math.max(200, this.element.clientWidth);
  }
}

/** @param {Line} line */
function swatchOf({ color, dash }) {
  const swatch = el('span', { class: dash ? 'swatch dashed' : 'swatch', 'aria-hidden': 'true' });
  swatch.style.borderColor = `var(${color})`;
  return swatch;
}
