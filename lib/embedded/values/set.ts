import { Dict } from './dict.js';

export class SetValue extends Dict<true> {
  static readonly type = 'set';
}
