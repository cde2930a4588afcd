import type { CollectionInfo, OperationContext } from '../storage/types';
import type { Collation } from '../values/collation';
import { valueKey } from '../values/key';
import { splitPath } from '../values/paths';
import { asIndex } from '../values/numbers';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import { executeRecords } from './execute';
import { FieldSelection } from './field-selection';
import { rootOf } from './index-candidate';
import { planQuery } from './planner';
import type { FindQuery } from './query';

/**
 * The distinct values at a path among the matching documents, in the order met. An array counts by
 * its elements, arrays on the way are looked through, a missing field gives nothing
 * (manual: "distinct").
 */
export async function distinctValues(
  operation: OperationContext,
  collection: CollectionInfo | undefined,
  path: string,
  query: FindQuery,
  collation?: Collation,
): Promise<Value[]> {
  const plan = planQuery(collection, query, operation.reader());
  const components = splitPath(path);
  const selection = new FieldSelection([rootOf(path)]);
  const found = new Map<string, Value>();
  for await (const records of executeRecords(operation, plan)) {
    for (const record of records) {
      collect(record.fields(selection), components, 0, (value) => {
        const key = valueKey(value);
        if (!found.has(key)) found.set(key, value);
      });
    }
  }
  const values = [...found.values()];
  return collation ? withoutEquals(values, collation) : values;
}

/** The same of documents that a pipeline gives. */
export async function distinctInDocuments(
  documents: AsyncIterable<readonly BsonDocument[]>,
  path: string,
): Promise<Value[]> {
  const components = splitPath(path);
  const found = new Map<string, Value>();
  for await (const chunk of documents) {
    for (const document of chunk) {
      collect(document, components, 0, (value) => {
        const key = valueKey(value);
        if (!found.has(key)) found.set(key, value);
      });
    }
  }
  return [...found.values()];
}

/** Of values that are the same under the collation, the first. */
function withoutEquals(values: readonly Value[], collation: Collation): Value[] {
  const sorted = values
    .map((value, position) => ({ value, position }))
    .sort((left, right) => collation.compare(left.value, right.value));
  return sorted
    .filter(({ value }, index) => {
      const before = sorted[index - 1];
      return before === undefined || collation.compare(before.value, value) !== 0;
    })
    .sort((left, right) => left.position - right.position)
    .map(({ value }) => value);
}

function collect(
  value: MaybeValue,
  components: readonly string[],
  depth: number,
  add: (value: Value) => void,
): void {
  const component = components[depth];
  if (component === undefined) {
    if (Array.isArray(value)) value.forEach(add);
    else if (value !== undefined) add(value);
  } else if (value instanceof Map) {
    collect(value.get(component), components, depth + 1, add);
  } else if (Array.isArray(value)) {
    collectFromArray(value, components, depth, add);
  }
}

// A numeric component names one element; any other is looked for in every document of the array.
function collectFromArray(
  array: readonly Value[],
  components: readonly string[],
  depth: number,
  add: (value: Value) => void,
): void {
  const position = asIndex(components[depth] ?? '');
  if (position !== undefined) {
    collect(array[position], components, depth + 1, add);
    return;
  }
  for (const element of array) {
    if (element instanceof Map) collect(element, components, depth, add);
  }
}
