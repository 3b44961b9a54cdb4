/**
 * Passes a function to the transaction of the calling code, which calls it after the commit. Returns whether there is a
 * transaction. The promise of the function resolves when it has ended, and never rejects.
 *
 * @example
 * // typeorm-transactional, whose hook throws outside of transactions
 * const onCommit: CommitHook = (run) => {
 *   try {
 *     runOnTransactionCommit(() => void run());
 *     return true;
 *   } catch {
 *     return false;
 *   }
 * };
 * @publicApi
 */
export type CommitHook = (run: () => Promise<void>) => boolean;
