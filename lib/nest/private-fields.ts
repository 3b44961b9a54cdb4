const known = new WeakMap<Function, boolean>();

/** The declaration of a private field, and neither that of a private method nor that of a static field. */
const FIELD =
  /(?<![\p{ID_Continue}$.#'"`])(?<!\bstatic\s+)#([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)\s*(?:[=;}]|[\r\n])/gu;

/**
 * Whether the source of a class declares private fields (`#name`) and uses them: nothing else tells that its instances
 * have more than can be seen of them.
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
