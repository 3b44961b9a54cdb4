import { CachexService } from '../../cachex.service.js';
import type { EnvelopeHead } from '../../codec/envelope.js';
import { type Command, Key } from '../../command-model/command.js';
import { headIn } from '../../entries/envelope-head.js';

/** A cache as who looks at it from outside sees it: nothing that it reads counts as a hit, a miss or an error. */
export class PeekCache extends CachexService {
  static of(cache: CachexService): PeekCache {
    return PeekCache.view(cache, {});
  }

  /** The value behind the bytes of an element or a member; throws where nobody can read them. */
  async decode(data: Buffer): Promise<unknown> {
    return await this.executor.codec.decode(data);
  }

  /** The same of an entry, without its envelope, or of a field of a hash: they may be encrypted for their key. */
  async decodeAt(key: string, data: Buffer): Promise<unknown> {
    return await this.executor.codec.decodeAt(this.keyNamed(key), data);
  }

  /** What is stored beside a value, told by its first bytes. */
  async headOf(key: string, beginning: unknown): Promise<EnvelopeHead | undefined> {
    return await headIn(beginning, this.keyNamed(key), this.executor.context);
  }

  keyNamed(key: string): Key {
    return new Key(key, this.version);
  }

  /** A command that no method of a cache has. */
  carryOut<T>(command: Command<T>): Promise<T> {
    return this.executor.execute(command);
  }
}
