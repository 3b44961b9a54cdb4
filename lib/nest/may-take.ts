/** A text in quotes, a comment, a bracket, a comma, or anything else. */
const TOKEN = /(["'`])(?:\\[^]|(?!\1)[^\\])*\1|\/\*[^]*?\*\/|\/\/.*|\.\.\.|[^]/g;

/**
 * How many arguments a function may see. Its `length` stops at the first that has a default value, and says nothing of
 * `...rest` and `arguments`; its text does.
 */
export function mayTake(method: (...args: never[]) => unknown): number {
  const text = Function.prototype.toString.call(method);
  if (/\barguments\b/.test(text)) return Infinity;
  return Math.max(method.length, parametersIn(text));
}

function parametersIn(text: string): number {
  let brackets = '';
  let count = 0;
  let isBegun = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (brackets === '(' && token === '...') return Infinity;
    if (brackets === '(' && token === ',') isBegun = false;
    else if (brackets === '(' && token !== ')' && !isBegun && !/^(?:\s|\/[/*])/.test(token)) {
      isBegun = true;
      count++;
    }
    // A name that is computed comes before the list.
    if ('([{'.includes(token)) brackets += token;
    else if (')]}'.includes(token)) brackets = brackets.slice(0, -1);
    if (token === ')' && brackets === '') break;
  }
  return count;
}
