import { describe, expect, it } from 'vitest';
import { storableResponse } from '../../lib/drizzle/storable-response.js';

describe('a driver’s answer in a storable form', () => {
  it('contains row values that exist by index only', () => {
    const row = Object.defineProperties({ a: 1 }, { 0: { value: 1 }, 1: { value: 'x' }, length: { value: 2 } });
    expect(storableResponse([row])).toEqual([[1, 'x']]);
    expect(storableResponse({ rows: [row] })).toEqual({ rows: [[1, 'x']] });
  });

  it('keeps rows with a column of that name, and arrays', () => {
    const rows = [{ length: 3 }, [1, 2], null];
    expect(storableResponse(rows)).toEqual(rows);
  });

  it('leaves out unstorable additions to the rows', () => {
    class Result {
      readonly command = 'SELECT';
      readonly rowCount = 1;
      readonly rows = [[1]];
      readonly parsers = [() => 1];
      readonly parse = () => 1;
    }
    expect(storableResponse(new Result())).toEqual({ command: 'SELECT', rowCount: 1, rows: [[1]] });
  });
});
