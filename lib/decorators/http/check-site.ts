import { RequestMethod } from '@nestjs/common';
import type { MethodSite } from '../runtime/method-site.js';

const what = '@Cacheable http';
const reads: readonly unknown[] = [RequestMethod.GET, RequestMethod.HEAD, RequestMethod.ALL];

/** @throws ConfigError if the handler has no HTTP answer that could be stored */
export function checkSite(site: MethodSite): void {
  if (!site.transports.includes('http')) site.refuse(what, 'is for handlers of HTTP requests');
  if (!reads.includes(site.metadata('method'))) site.refuse(what, 'is for GET and HEAD: other answers are not stored');
  if (site.metadata('__redirect__') !== undefined) site.refuse(what, 'does not work with @Redirect()');
  if (site.metadata('__renderTemplate__') !== undefined) site.refuse(what, 'does not work with @Render()');
}
