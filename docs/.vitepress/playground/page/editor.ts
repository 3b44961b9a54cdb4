import { element } from './element.js';

const words =
  'async|await|break|case|catch|class|const|continue|else|export|finally|for|function|if|import|in|let|new|of|return|switch|throw|try|typeof|undefined|null|true|false|while';
const tokens = new RegExp(
  [
    /(?<comment>\/\/.*)/,
    /(?<string>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)/,
    new RegExp(`(?<keyword>\\b(?:${words})\\b)`),
    /(?<number>\b\d[\d_.]*\b)/,
    /(?<call>[\w$]+(?=\())/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

/** Code in colours, as text: the names of the groups above are classes. */
function coloured(code: string): Node[] {
  const parts: Node[] = [];
  let end = 0;
  for (const match of code.matchAll(tokens)) {
    const [kind = ''] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? [];
    parts.push(document.createTextNode(code.slice(end, match.index)), element('span', { class: kind }, match[0]));
    end = match.index + match[0].length;
  }
  // The last line has its height, even if it is empty.
  return [...parts, document.createTextNode(`${code.slice(end)}\n`)];
}

/** A text area with its text in colours behind it: Tab leaves it, as everywhere on the page. */
export class Editor {
  readonly area = element('textarea', {
    id: 'playground-code',
    spellcheck: 'false',
    autocapitalize: 'off',
    autocomplete: 'off',
    'aria-keyshortcuts': 'Control+Enter',
    oninput: () => this.paint(),
    onkeydown: (event) => this.press(event as KeyboardEvent),
  });
  private readonly behind = element('pre', { 'aria-hidden': 'true' });
  readonly root = element('div', { class: 'editor' }, this.behind, this.area);

  constructor(private readonly run: () => void) {}

  get code(): string {
    return this.area.value;
  }

  set code(code: string) {
    this.area.value = code;
    this.paint();
  }

  private paint(): void {
    this.behind.replaceChildren(...coloured(this.code));
  }

  private press(event: KeyboardEvent): void {
    if (event.key !== 'Enter') return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      return this.run();
    }
    const { selectionStart, selectionEnd, value } = this.area;
    const indent = /^[ ]*/.exec(value.slice(value.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart))![0];
    if (indent === '') return;
    event.preventDefault();
    this.area.setRangeText(`\n${indent}`, selectionStart, selectionEnd, 'end');
    this.paint();
  }
}
