const known = new WeakMap<Function, boolean>();

/** The declaration of a private field, but not of a private method or a static field. */
const FIELD =
  /(?<![\p{ID_Continue}$.#'"`])(?<!\bstatic\s+)#([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)\s*(?:[=;}]|[\r\n])/gu;

/**
 * Whether the source of a class declares private fields (`#name`) and uses them: only the source shows that its
 * instances have hidden state.
 */
export function hasPrivateFields(type: Function): boolean {
  let answer = known.get(type);
  if (answer === undefined) {
    const source = Function.prototype.toString.call(type);
    answer = [...source.matchAll(FIELD)].some(([, name]) => source.includes(`.#${name}`));
    known.set(type, answer);
  }
  return answer;
}
