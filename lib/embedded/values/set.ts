import { Dict } from './dict.js';

export class SetValue extends Dict<true> {
  get type(): string {
    return 'set';
  }
}
