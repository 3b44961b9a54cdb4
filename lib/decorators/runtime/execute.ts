import type { MethodCall } from './method-call.js';
import type { Operation, Proceed } from './operation.js';

/** Runs the operations of a method, the first around all others. */
export function execute(operations: readonly Operation[], call: MethodCall, method: Proceed): Promise<unknown> {
  let next = method;
  for (let index = operations.length - 1; index >= 0; index--) {
    const operation = operations[index]!;
    const proceed = next;
    next = (args) => (args ? operation.run(call.of(args), () => proceed(args)) : operation.run(call, proceed));
  }
  return next();
}
