import { journal } from './journal.js';
import { cut, show } from './show.js';

/** The same object; its calls are written down, and so are those of the objects that it makes: locks, views, limiters. */
export function watched<T extends object>(target: T, process: string, title = ''): T {
  const seen: T = new Proxy(target, {
    get(_, name) {
      // Not through the proxy, which has no private members.
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || typeof name === 'symbol') {
        return typeof member === 'function' ? member.bind(target) : member;
      }
      return (...args: unknown[]): unknown => {
        const call = `${title}${name}(${cut(args.map((arg) => show(arg)).join(', '))})`;
        // What it sends at once stands below it.
        const place = journal.place();
        const result: unknown = Reflect.apply(member, target, args);
        if (result === target) return seen;
        if (result instanceof Promise) return outcomeOf(result, process, call, place);
        return typeof result === 'object' && result !== null ? watched(result, process, `${call}.`) : result;
      };
    },
  });
  return seen;
}

function outcomeOf(result: Promise<unknown>, process: string, text: string, place: number): Promise<unknown> {
  const end = journal.open({ kind: 'call', process, text }, place);
  result.then(
    (value) => end(cut(show(value))),
    (error: unknown) => end(show(error), true),
  );
  return result;
}
