/**
 * Hands a function to the transaction that the calling code is part of, to be called once that is committed; whether there
 * is one. What the function gives resolves when it has ended, and never rejects.
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
