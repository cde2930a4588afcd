import { splitPath, visitPath } from '../../values/paths';
import type { BsonDocument, Value } from '../../values/types';

/**
 * The values of a property. As on the server, a dotted name is a path into embedded documents, and may
 * lead to several values through an array.
 */
export function propertyValues(document: BsonDocument, name: string): Value[] {
  if (!name.includes('.')) {
    const value = document.get(name);
    return value === undefined ? [] : [value];
  }
  const values: Value[] = [];
  visitPath(document, splitPath(name), 'array-only', (value) => {
    if (value !== undefined) values.push(value);
    return false;
  });
  return values;
}

export function hasProperty(document: BsonDocument, name: string): boolean {
  return name.includes('.') ? propertyValues(document, name).length > 0 : document.has(name);
}
