/** @import { CollectionType } from '../dto/item.dto.js' */

/** @typedef {'name' | 'value' | 'score' | 'end'} FieldName */

/**
 * Labels of a collection, the fields of a new item, and the fields that can be edited.
 *
 * @typedef {object} Kind
 * @property {string} title
 * @property {string} [name]
 * @property {string} value
 * @property {string} item
 * @property {readonly FieldName[]} adds
 * @property {readonly FieldName[]} edits
 */

/** @type {Readonly<Record<CollectionType, Kind>>} */
export const kinds = {
  hash: { title: 'Fields', name: 'Field', value: 'Value', item: 'field', adds: ['name', 'value'], edits: ['value'] },
  list: {
    title: 'Elements',
    name: 'Index',
    value: 'Element',
    item: 'element',
    adds: ['value', 'end'],
    edits: ['value'],
  },
  set: { title: 'Members', value: 'Member', item: 'member', adds: ['value'], edits: [] },
  zset: {
    title: 'Members',
    name: 'Score',
    value: 'Member',
    item: 'member',
    adds: ['value', 'score'],
    edits: ['score'],
  },
  stream: { title: 'Entries', name: 'ID', value: 'Fields', item: 'entry', adds: ['value'], edits: [] },
};

/**
 * @param {string} type
 * @returns {type is CollectionType}
 */
export const isCollection = (type) => Object.hasOwn(kinds, type);
