import type { Metric } from 'prom-client';
import type { CachexMetricsOptions } from './cachex-metrics.options.js';

type Register = NonNullable<CachexMetricsOptions['register']>;

/** Of the applications of this process, the newest last. */
const registrations = new WeakMap<Register, Map<string, Metric[]>>();

/**
 * Registers a metric. Where another application of the process has one of that name (in tests, on a hot reload), that
 * one steps back until this one is gone.
 */
export function registerNewest(register: Register, name: string, metric: Metric): void {
  const metrics = metricsOf(register, name);
  if (metrics.length > 0) register.removeSingleMetric(name);
  register.registerMetric(metric);
  metrics.push(metric);
}

/** Takes it back, and registers that of the application that was the newest before. */
export function unregister(register: Register, name: string, metric: Metric): void {
  const metrics = metricsOf(register, name);
  const wasNewest = metrics.at(-1) === metric;
  const place = metrics.indexOf(metric);
  if (place >= 0) metrics.splice(place, 1);
  if (!wasNewest) return;
  register.removeSingleMetric(name);
  const newest = metrics.at(-1);
  if (newest) register.registerMetric(newest);
}

function metricsOf(register: Register, name: string): Metric[] {
  let names = registrations.get(register);
  if (!names) registrations.set(register, (names = new Map<string, Metric[]>()));
  let metrics = names.get(name);
  if (!metrics) names.set(name, (metrics = []));
  return metrics;
}
