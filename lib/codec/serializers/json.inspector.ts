import { isDate } from 'node:util/types';
import { hasToJSON, Inspector, MAX_DEPTH, MOST_OBJECTS } from '../values/inspector.js';

/** Examines a value before it becomes JSON, for values that JSON would leave out or replace. */
export class JsonInspector extends Inspector {
  private objects = 0;

  protected visit(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case 'number':
        return Number.isFinite(value) || this.refuse(String(value));
      case 'object':
        return value === null || this.visitObject(value, depth);
      case 'string':
      case 'boolean':
        return true;
      default:
        return this.refuse(typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`);
    }
  }

  protected visitSparse(): boolean {
    return this.refuse('an array with holes');
  }

  private visitObject(object: object, depth: number): boolean {
    if (depth > MAX_DEPTH) this.refuseDepth();
    if (++this.objects > MOST_OBJECTS) this.refuseObjects();
    if (!hasToJSON(object)) return this.visitContents(object, depth);
    const json = object.toJSON('');
    // JSON does not call toJSON() on the answer of a toJSON().
    if (isDate(json)) return this.refuse('an object whose toJSON() gives a Date');
    return typeof json === 'object' && json !== null ? this.visitContents(json, depth) : this.visit(json, depth);
  }

  private visitContents(object: object, depth: number): boolean {
    if (Array.isArray(object)) return this.visitElements(object, depth);
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype === Object.prototype || prototype === null) return this.visitProperties(object, depth);
    return this.visitInstance(object, depth);
  }

  protected override visitInstance(object: object, depth: number): boolean {
    if (!isDate(object)) return super.visitInstance(object, depth);
    return !Number.isNaN(object.getTime()) || this.refuse('an invalid Date');
  }
}
