import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Prints `N passed, N failed` as the last line of a run, for programs that read the output. */
export default class ClosingLineReporter implements Reporter {
  #line = '0 passed, 0 failed';

  onInit(): void {
    process.once('exit', () => process.stdout.write(`${this.#line}\n`));
  }

  onTestRunEnd(testModules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const testModule of testModules) {
      const states = Array.from(testModule.children.allTests(), (test) => test.result().state);
      const failures = states.filter((state) => state === 'failed').length;
      passed += states.filter((state) => state === 'passed').length;
      // A file can fail without a failed test: it does not load, or a hook throws.
      failed += failures || Number(testModule.state() === 'failed');
    }
    this.#line = `${passed} passed, ${failed} failed`;
  }
}
