import { Long } from 'bson';
import { MongoServerError } from '../../errors';
import { orderOf } from '../../expression/build';
import { compileExpression } from '../../expression/compile';
import { parseFieldPath } from '../../expression/field-path';
import { asBigInt } from '../../expression/numeric';
import { compileMatch, matchExpression, type MatchExpression } from '../../match/compile';
import { bsonTypeName } from '../../values/compare';
import { valueKey } from '../../values/key';
import { inheritMetadata } from '../../values/metadata';
import type { BsonDocument, MaybeValue, Value } from '../../values/types';
import { distinctValues, equalsOneOf, localValues } from '../join';
import { MemoryBudget } from '../memory';
import { pathsOverlap, withNested } from '../nested-fields';
import type { DocumentStream, Stage, StageSite, StageTable } from '../types';

interface GraphOptions {
  readonly from: string;
  readonly as: string;
  readonly startWith: Value;
  readonly connectFrom: string;
  readonly connectTo: string;
  readonly maxDepth: number;
  readonly depthField: string | undefined;
  readonly restriction: BsonDocument | undefined;
}

const STRING_OPTIONS = ['from', 'as', 'connectFromField', 'connectToField', 'depthField'];
const OPTIONS = [...STRING_OPTIONS, 'startWith', 'maxDepth', 'restrictSearchWithMatch'];

function checkOptions(specification: Value): BsonDocument {
  if (!(specification instanceof Map)) {
    throw new MongoServerError(
      'FailedToParse',
      `the $graphLookup stage specification must be an object, but found ${bsonTypeName(specification)}`,
    );
  }
  for (const [option, value] of specification) {
    if (!OPTIONS.includes(option)) {
      throw new MongoServerError(40104, `Unknown argument to $graphLookup: ${option}`);
    }
    if (STRING_OPTIONS.includes(option) && typeof value !== 'string') {
      throw new MongoServerError(
        40103,
        `expected string as argument for ${option}, found: ${bsonTypeName(value)}`,
      );
    }
  }
  return specification;
}

function maxDepthOf(value: MaybeValue): number {
  if (value === undefined) return Infinity;
  const depth = asBigInt(value);
  if (depth === undefined) {
    throw new MongoServerError(40102, 'maxDepth could not be represented as a long long');
  }
  if (depth >= 0n) return Number(depth);
  throw new MongoServerError(40101, `maxDepth requires a nonnegative argument, found: ${depth}`);
}

function optionsOf(specification: Value): GraphOptions {
  const options = checkOptions(specification);
  const text = (option: string): string | undefined => {
    const value = options.get(option);
    return typeof value === 'string' ? value : undefined;
  };
  const from = text('from');
  const as = text('as');
  const startWith = options.get('startWith');
  const connectFrom = text('connectFromField');
  const connectTo = text('connectToField');
  if (!from || !as || startWith === undefined || !connectFrom || !connectTo) {
    throw new MongoServerError(
      40105,
      "$graphLookup requires 'from', 'as', 'startWith', 'connectFromField', and 'connectToField' to be specified.",
    );
  }
  const restriction = options.get('restrictSearchWithMatch');
  if (restriction !== undefined && !(restriction instanceof Map)) {
    throw new MongoServerError(
      40185,
      `restrictSearchWithMatch must be an object, found ${bsonTypeName(restriction)}`,
    );
  }
  const depthField = text('depthField');
  return {
    from,
    as,
    startWith,
    connectFrom,
    connectTo,
    maxDepth: maxDepthOf(options.get('maxDepth')),
    depthField,
    restriction,
  };
}

function restricted(match: MatchExpression, restriction: MatchExpression | undefined) {
  return restriction
    ? matchExpression({ kind: 'and', children: [match.root, restriction.root] })
    : match;
}

/** @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/graphLookup/ */
function compileGraphLookup(site: StageSite): Stage {
  const options = optionsOf(site.specification);
  const as = parseFieldPath(options.as);
  const depthNames =
    options.depthField === undefined ? undefined : parseFieldPath(options.depthField);
  const { collation } = site.scope;
  const order = orderOf(site.scope);
  const startWith = compileExpression(options.startWith, site.scope);
  const restriction =
    options.restriction &&
    compileMatch(options.restriction, { variables: site.variables, collation });
  const namespace = { database: site.database, collection: options.from };

  /** Everything that can be reached from one document, nearest first, one query for each depth. */
  async function search(document: BsonDocument): Promise<BsonDocument[]> {
    const start = startWith.evaluate({ root: document }) ?? null;
    const found = new Map<string, BsonDocument>();
    const asked = new Set<string>();
    const keyOf = order.createKeys();
    const budget = new MemoryBudget('$graphLookup');
    let frontier: Value[] = Array.isArray(start) ? start : [start];
    for (let depth = 0; depth <= options.maxDepth && frontier.length > 0; depth += 1) {
      const values = distinctValues(frontier, order).filter((value) => !asked.has(keyOf(value)));
      if (values.length === 0) break;
      for (const value of values) asked.add(keyOf(value));
      const match = restricted(equalsOneOf(options.connectTo, values, collation), restriction);
      frontier = [];
      for await (const chunk of site.source.find(namespace, { match })) {
        for (const reached of chunk) {
          const id = valueKey(reached.get('_id') ?? null);
          if (found.has(id)) continue;
          budget.add(reached);
          const withDepth = depthNames
            ? withNested(reached, depthNames, Long.fromNumber(depth))
            : reached;
          found.set(id, withDepth);
          frontier.push(...localValues(reached, options.connectFrom));
        }
      }
    }
    return [...found.values()];
  }

  async function* run(input: DocumentStream): DocumentStream {
    for await (const chunk of input) {
      const output: BsonDocument[] = [];
      for (const document of chunk) {
        output.push(inheritMetadata(document, withNested(document, as, await search(document))));
      }
      yield output;
    }
  }
  return {
    name: site.name,
    run,
    isOneToOne: true,
    changes: (path) => pathsOverlap(path, options.as),
  };
}

export const GRAPH_LOOKUP_STAGES: StageTable = { $graphLookup: compileGraphLookup };
