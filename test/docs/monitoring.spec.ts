import { readFileSync } from 'node:fs';
import { Test } from '@nestjs/testing';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { CachexModule } from '../../lib/index.js';
import { CachexMetricsModule } from '../../lib/metrics/index.js';

const folder = new URL('../../docs/monitoring/', import.meta.url);

/** The names of a scrape, with those that a histogram adds. */
async function exported(): Promise<Set<string>> {
  const register = new Registry();
  const imports = [CachexModule.forRoot({ tracking: true }), CachexMetricsModule.forRoot({ register })];
  const app = await Test.createTestingModule({ imports }).compile();
  await app.init();
  const names = register.getMetricsAsArray().map(({ name }) => name);
  await app.close();
  return new Set(names.flatMap((name) => [name, `${name}_bucket`, `${name}_count`, `${name}_sum`]));
}

it.each(['prometheus-rules.yml', 'grafana-dashboard.json'])('%s asks for metrics that there are', async (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const asked = new Set(text.match(/\bcachex_[a-z_]+\b/g));
  expect(asked.size).toBeGreaterThan(8);
  const known = await exported();
  expect([...asked].filter((name) => !known.has(name))).toEqual([]);
});

it('each alert is explained on the page', () => {
  const rules = readFileSync(new URL('prometheus-rules.yml', folder), 'utf8');
  const page = readFileSync(new URL('../production.md', folder), 'utf8');
  const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  const explained = [...page.matchAll(/^\| `(Cachex\w+)`/gm)].map(([, name]) => name);
  expect(explained).toEqual(alerts);
});

it('the dashboard is JSON with panels', () => {
  const dashboard = JSON.parse(readFileSync(new URL('grafana-dashboard.json', folder), 'utf8')) as {
    panels: unknown[];
  };
  expect(dashboard.panels).toHaveLength(9);
});
