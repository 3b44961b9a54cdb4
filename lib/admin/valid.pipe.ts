import { BadRequestException, type PipeTransform } from '@nestjs/common';
import { isObject } from '../options/option-rules.js';
import { instanceOf, problemsOf } from '../options/validate.js';

/** The body or the query as an instance of its class, whatever pipes the application has. */
export class Valid<T extends object> implements PipeTransform<unknown, T> {
  constructor(private readonly type: new () => T) {}

  transform(plain: unknown): T {
    if (!isObject(plain)) throw new BadRequestException('Expected an object');
    // What every object has by its own would stand in its place.
    const foreign = Object.keys(plain).find((name) => name in Object.prototype);
    if (foreign !== undefined) throw new BadRequestException([`${foreign} should not exist`]);
    const instance = instanceOf(this.type, plain);
    const problems = problemsOf(instance);
    if (problems.length > 0) throw new BadRequestException(problems);
    return instance;
  }
}
