/**
 * Tells the last question of a view from earlier ones, whose answers may arrive after it.
 *
 * @returns {() => () => boolean} begins a question, and returns whether it still is the last one
 */
export function latest() {
  let last = 0;
  return () => {
    const turn = ++last;
    return () => turn === last;
  };
}
