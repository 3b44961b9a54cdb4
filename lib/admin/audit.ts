import { channel } from 'node:diagnostics_channel';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { errorText } from '../errors/error-text.js';
import { quoted } from '../errors/quoted.js';
import type { CachexAdminEvent } from './actions.js';
import type { ResolvedAdminOptions } from './cachex-admin.options.js';
import { resolvedAdminOptionsToken } from './cachex-admin.tokens.js';

const adminChannel = channel('nest-cachex:admin');
const longestList = 5;

/** Reports every change to the channel, the log and the option `audit`. */
@Injectable()
export class Audit {
  private readonly logger = new Logger('CachexAdmin');

  constructor(@Inject(resolvedAdminOptionsToken) private readonly options: ResolvedAdminOptions) {}

  userOf(request: unknown): string | undefined {
    return this.options.user(request);
  }

  /** Resolves after the hook. An error of the hook is logged only, because the change is already made. */
  async tell(event: CachexAdminEvent): Promise<void> {
    adminChannel.publish(event);
    this.logger.log(lineOf(event));
    try {
      await this.options.audit(event);
    } catch (error) {
      this.logger.error(`The option audit of CachexAdminModule failed at an event: ${errorText(error)}`);
    }
  }
}

/** Quotes names: a line feed in a name must not start a new line of the log. */
function lineOf({
  user,
  action,
  outcome,
  cache,
  version,
  scope,
  key,
  keys,
  pattern,
  type,
  tag,
  kind,
  name,
  id,
  group,
  ids,
  deleted,
  moved,
  exported,
  imported,
  kept,
  refused,
  error,
}: CachexAdminEvent): string {
  const what = [
    key !== undefined && `key ${quoted(key)}`,
    keys && `keys ${listed(keys)}`,
    pattern !== undefined && `pattern ${quoted(pattern)}`,
    type !== undefined && `type ${type}`,
    tag !== undefined && `tag ${quoted(tag)}`,
    name !== undefined && `${kind} ${quoted(name)}`,
    id !== undefined && `id ${quoted(id)}`,
    group !== undefined && `group ${quoted(group)}`,
    ids && `entries ${listed(ids)}`,
    scope !== undefined && `scope ${quoted(scope)}`,
    version !== undefined && `version ${quoted(String(version))}`,
    deleted !== undefined && `${deleted} deleted`,
    moved !== undefined && `${moved} moved`,
    exported !== undefined && `${exported} exported`,
    imported !== undefined && `${imported} imported`,
    kept !== undefined && `${kept} kept`,
    refused !== undefined && `${refused} refused`,
    error !== undefined && quoted(error),
  ].filter((part) => part !== false && part !== undefined);
  const who = user === undefined ? 'Somebody' : quoted(user);
  return [`${who}: ${action} in cache ${quoted(cache)}: ${outcome}`, ...what].join(', ');
}

const listed = (names: readonly string[]): string =>
  `${names.slice(0, longestList).map(quoted).join(', ')}${names.length > longestList ? ', …' : ''}`;
