import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withoutAddress } from '../../lib/errors/error-address.js';
import { optionsFromEnv } from '../../lib/index.js';

const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

it('the page of the configuration names every variable, and no other', () => {
  const named = new Set(page.match(/\bCACHEX_[A-Z_]+\b/g));
  let known: string[] = [];
  try {
    optionsFromEnv({ CACHEX_NOT_KNOWN: 'x' });
  } catch (error) {
    known = withoutAddress(String(error))
      .match(/\bCACHEX_[A-Z_]+\b/g)!
      .filter((name) => name !== 'CACHEX_NOT_KNOWN');
  }
  expect([...named].toSorted()).toEqual(known.toSorted());
});
