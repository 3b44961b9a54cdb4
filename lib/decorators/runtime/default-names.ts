import { ConfigError } from '../../errors/index.js';
import type { DeclaredMethod } from '../../nest/declared-method.js';
import type { HostModule } from './host-module.js';

/** A method of a class of a module. */
interface Place {
  readonly module: HostModule;
  readonly prototype: object;
  readonly method: DeclaredMethod;
}

/** The default names of one application, such as the first parts of default keys: each belongs to one method. */
export class DefaultNames {
  private readonly owners = new Map<string, Place>();

  /** @throws ConfigError if another method with the same decorator has the same default keys */
  claim(decorator: string, name: string, place: Place): void {
    const id = `${decorator} ${name}`;
    const owner = this.owners.get(id);
    if (owner && !isSameMethod(owner, place)) {
      throw new ConfigError(
        `Two methods are named ${name} and would share their default keys: give their decorators a key (${decorator})`,
      );
    }
    this.owners.set(id, place);
  }
}

/** Whether both belong to the same class in the same module; other decorators may stand between the two. */
function isSameMethod(one: Place, other: Place): boolean {
  const isSameClass = one.module === other.module && one.prototype === other.prototype;
  return isSameClass && one.method.owner === other.method.owner && one.method.name === other.method.name;
}
