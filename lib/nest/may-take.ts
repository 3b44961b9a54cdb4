/** A quoted text, a comment, a bracket, a comma, or any other character. */
const TOKEN = /(["'`])(?:\\[^]|(?!\1)[^\\])*\1|\/\*[^]*?\*\/|\/\/.*|\.\.\.|[^]/g;

/**
 * How many arguments a function may read. `length` ends before the first parameter with a default value, and does not
 * count `...rest` and `arguments`; the source shows them.
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
    // A computed name precedes the parameter list.
    if ('([{'.includes(token)) brackets += token;
    else if (')]}'.includes(token)) brackets = brackets.slice(0, -1);
    if (token === ')' && brackets === '') break;
  }
  return count;
}
