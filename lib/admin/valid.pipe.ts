import { BadRequestException, type PipeTransform } from '@nestjs/common';
import { isObject } from '../options/option-rules.js';
import { instanceOf, problemsOf } from '../options/validate.js';

/** Validates the body or query as an instance of its class, independent of the application's pipes. */
export class Valid<T extends object> implements PipeTransform<unknown, T> {
  constructor(private readonly type: new () => T) {}

  transform(plain: unknown): T {
    if (!isObject(plain)) throw new BadRequestException('Expected an object');
    // A property such as `constructor` would shadow the one that every object inherits.
    const foreign = Object.keys(plain).find((name) => name in Object.prototype);
    if (foreign !== undefined) throw new BadRequestException([`${foreign} should not exist`]);
    const instance = instanceOf(this.type, plain);
    const problems = problemsOf(instance);
    if (problems.length > 0) throw new BadRequestException(problems);
    return instance;
  }
}
