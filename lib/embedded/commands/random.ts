import type { Bytes } from '../protocol/bytes.js';
import type { Dict, DictValue } from '../values/dict.js';

/** Above one in this many keys, shuffling is cheaper than drawing until enough keys differ. */
const drawShare = 3;

/** Picks as SRANDMEMBER does: up to `count` distinct keys, or exactly `-count` that may repeat. */
export function pickRandom<V extends DictValue>(
  dict: Pick<Dict<V>, 'size' | 'keys' | 'randomKey'>,
  count: number,
): Bytes[] {
  if (dict.size === 0 || count === 0) return [];
  if (count < 0) return Array.from({ length: -count }, () => dict.randomKey() ?? '');
  if (count >= dict.size) return [...dict.keys()];
  return count * drawShare > dict.size ? shuffled([...dict.keys()], count) : drawn(dict, count);
}

function drawn<V extends DictValue>(dict: Pick<Dict<V>, 'randomKey'>, count: number): Bytes[] {
  const keys = new Set<Bytes>();
  while (keys.size < count) keys.add(dict.randomKey() ?? '');
  return [...keys];
}

/** The first `count` of the keys in random order. */
function shuffled(keys: Bytes[], count: number): Bytes[] {
  for (let index = 0; index < count; index++) {
    const other = index + Math.floor(Math.random() * (keys.length - index));
    [keys[index], keys[other]] = [keys[other] ?? '', keys[index] ?? ''];
  }
  return keys.slice(0, count);
}
