import { ConfigError } from '../../errors/index.js';
import type { DeclaredMethod } from '../../nest/declared-method.js';
import type { HostModule } from './host-module.js';

/** A method of a class of a module. */
interface Place {
  readonly module: HostModule;
  readonly prototype: object;
  readonly method: DeclaredMethod;
}

/** The first parts of the default keys of one application: each belongs to one method. */
export class DefaultKeyHeads {
  private readonly owners = new Map<string, Place>();

  /** @throws ConfigError if another method has the same default keys */
  claim(head: string, place: Place): void {
    const owner = this.owners.get(head);
    if (owner && !isSameMethod(owner, place)) {
      throw new ConfigError(
        `Two methods are named ${head} and would share their default keys: give their decorators a key`,
      );
    }
    this.owners.set(head, place);
  }
}

/** Whether both belong to the same class in the same module; other decorators may stand between the two. */
function isSameMethod(one: Place, other: Place): boolean {
  const isSameClass = one.module === other.module && one.prototype === other.prototype;
  return isSameClass && one.method.owner === other.method.owner && one.method.name === other.method.name;
}
