import type { Metric } from 'prom-client';
import type { CachexMetricsOptions } from './cachex-metrics.options.js';

type Register = NonNullable<CachexMetricsOptions['register']>;

/** The applications of this process, the newest last. */
const registrations = new WeakMap<Register, Map<string, Metric[]>>();

/**
 * Registers a metric. If another application of the process has one of the same name (in tests, on a hot reload), that
 * one is replaced until this one is gone.
 */
export function registerNewest(register: Register, name: string, metric: Metric): void {
  const metrics = metricsOf(register, name);
  if (metrics.length > 0) register.removeSingleMetric(name);
  register.registerMetric(metric);
  metrics.push(metric);
}

/** Removes it, and restores the metric of the previous application. */
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
