import { describe, expect, it } from 'vitest';
import { errorText } from '../../lib/errors/error-text.js';
import * as library from '../../lib/index.js';

const { ConfigError, ConnectionError, LockTimeoutError, PipelineError } = library;

describe('the message of an error', () => {
  it('ends with the address of its explanation', () => {
    expect(new LockTimeoutError('Could not acquire lock "x" within 5 ms').message).toBe(
      'Could not acquire lock "x" within 5 ms. See docs/errors.md#CACHEX_LOCK_TIMEOUT',
    );
    expect(new PipelineError('1 of 2 commands failed.', [], 0).message).toBe(
      '1 of 2 commands failed. See docs/errors.md#CACHEX_PIPELINE',
    );
  });

  it('has its address on a separate line after a list', () => {
    expect(new ConfigError('The options are not valid:\nport must be a number').message).toBe(
      'The options are not valid:\nport must be a number\nSee docs/errors.md#CACHEX_CONFIG',
    );
  });

  it('has no second address if it quotes another error', () => {
    const cause = new ConnectionError('no connection to 127.0.0.1:1');
    const code = 'CACHEX_LOCK_TIMEOUT';
    expect(new LockTimeoutError(`Gave up: ${errorText(cause)}`).message).toBe(
      `Gave up: no connection to 127.0.0.1:1. See docs/errors.md#${code}`,
    );
    expect(new LockTimeoutError(cause.message).message).toBe(
      `no connection to 127.0.0.1:1. See docs/errors.md#${code}`,
    );
  });

  it('appears in the stack, with the code beside it', () => {
    const error = new ConnectionError('connection lost');
    expect(error.stack).toContain('connection lost. See docs/errors.md#CACHEX_CONNECTION');
    expect(Object.keys(error)).toEqual(['code']);
    expect(JSON.stringify(error)).toBe('{"code":"CACHEX_CONNECTION"}');
  });

  it('is unchanged for an error of the application with a code of its own', () => {
    class Refusal extends library.CachexError {
      readonly code = 'SHOP_REFUSAL';
    }
    expect(new Refusal('no')).toMatchObject({ message: 'no', code: 'SHOP_REFUSAL' });
  });
});
