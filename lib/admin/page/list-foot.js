import { button, el, failure, refill } from './dom.js';

/** The foot of a list: how much it shows, and what comes next. Its text is announced, so its element stays. */
export class ListFoot {
  told = el('p', { class: 'quiet', role: 'status' });
  next = el('div');
  element = el('div', { class: 'foot' }, this.told, this.next);

  /** @param {string} text not announced: an answer follows soon */
  wait(text) {
    this.told.textContent = '';
    this.next.replaceChildren(el('p', { class: 'quiet' }, text));
  }

  /**
   * @param {string} text
   * @param {string} action shows more
   * @param {(() => unknown) | false} more
   */
  tell(text, action, more) {
    this.told.textContent = text;
    refill(this.next, more && button(action, more));
  }

  /**
   * Tells what a search has found, and offers to go on.
   *
   * @param {string} found
   * @param {string | undefined} cursor where to go on; `undefined` at the end
   * @param {(cursor: string) => unknown} more
   */
  tellFound(found, cursor, more) {
    const isOver = cursor === undefined;
    this.tell(isOver ? `${found}.` : `${found} so far`, 'Continue searching', !isOver && (() => more(cursor)));
  }

  /**
   * @param {unknown} error
   * @param {() => unknown} retry
   */
  fail(error, retry) {
    this.told.textContent = '';
    refill(this.next, failure(error, retry));
  }
}
