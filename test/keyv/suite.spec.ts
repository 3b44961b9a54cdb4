import keyvTestSuite, { keyvIteratorTests } from '@keyv/test-suite';
import { Keyv } from 'keyv';
import * as vitest from 'vitest';
import { CachexKeyv } from '../../lib/keyv/index.js';
import { onEveryTopology } from '../contract/contract.js';

onEveryTopology((t) => {
  vitest.describe('Keyv’s own suite for storages', () => {
    keyvTestSuite(vitest, Keyv, () => new CachexKeyv(t.cache));
    keyvIteratorTests(vitest, Keyv, () => new CachexKeyv(t.cache));
  });
});
