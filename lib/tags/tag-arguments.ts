import { listArgument, textArgument } from '../arguments/arguments.js';
import { isMarked, type Place, scopedTag } from '../arguments/scope.js';
import { MAX_TAG_LETTERS, MAX_TAGS } from '../codec/envelope.js';

const few = 8;

/** The checked tags without repetition, in the given scope. */
export function tagsArgument(tags: readonly string[], place: Place): readonly string[] {
  const list = listArgument(tags, 'tags');
  for (const tag of list) {
    if (textArgument(tag, 'A tag') === '') throw new TypeError('A tag must not be empty');
    if (isMarked(tag)) throw new TypeError('A tag must not begin with U+0000');
  }
  return eachOnce(list).map((tag) => scopedTag(tag, place));
}

/** For a few tags, comparing them takes less time than a Set. */
function eachOnce(list: readonly string[]): readonly string[] {
  if (list.length > few) return [...new Set(list)];
  return list.filter((tag, index) => list.indexOf(tag) === index);
}

/** The tags of an entry, limited to what its readers can check. */
export function entryTags(tags: readonly string[], place: Place): readonly string[] {
  return withinLimits(tagsArgument(tags, place));
}

/** @throws TypeError if there are too many for an entry, or they are too long */
export function withinLimits(known: readonly string[]): readonly string[] {
  if (known.length > MAX_TAGS) throw new TypeError(`An entry takes at most ${MAX_TAGS} tags, not ${known.length}`);
  const letters = known.reduce((sum, tag) => sum + tag.length, 0);
  if (letters > MAX_TAG_LETTERS) {
    throw new TypeError(`The tags of an entry take at most ${MAX_TAG_LETTERS} letters together, not ${letters}`);
  }
  return known;
}
