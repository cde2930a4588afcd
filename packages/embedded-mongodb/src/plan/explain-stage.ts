import { Int32 } from 'bson';
import { integerValue } from '../expression/numeric';
import type { BsonDocument, Value } from '../values/types';
import type { BuiltStage } from './build-stages';
import type { IndexScanNode, PlanNode } from './plan';
import type { FindQuery, SortPattern } from './query';
import { IndexScan } from './stages/scan';
import { MergeSort, Union } from './stages/combine';
import { Sort, SORT_MEMORY_LIMIT_BYTES } from './stages/sort';
import { describeBounds } from './value-text';

type Field = readonly [string, Value];

const count = (number: number): Int32 => new Int32(number);
/** Bytes of what does not fit into memory may be more than an int holds. */
const size = (bytes: number): Value => integerValue(bytes);

/** Sums over a run plan: index entries and documents looked at. */
export function totalsOf(built: BuiltStage): { keys: number; documents: number } {
  const { keysExamined, documentsExamined } = built.stage.statistics;
  return built.inputs.map(totalsOf).reduce(
    (sum, totals) => ({
      keys: sum.keys + totals.keys,
      documents: sum.documents + totals.documents,
    }),
    { keys: keysExamined, documents: documentsExamined },
  );
}

/** A stage and those below it as explain shows them; with statistics once it ran. */
export function describeStage(built: BuiltStage, query: FindQuery, hasRun: boolean): BsonDocument {
  const { node, stage, inputs } = built;
  const { statistics } = stage;
  const inner = inputs.map((input) => describeStage(input, query, hasRun));
  const run: Field[] = hasRun
    ? [
        ['nReturned', count(statistics.advanced)],
        ['works', count(statistics.works)],
        ['advanced', count(statistics.advanced)],
        ['needTime', count(statistics.needTime)],
        ['saveState', count(statistics.saveState)],
        ['restoreState', count(statistics.restoreState)],
        ['isEOF', count(statistics.ended ? 1 : 0)],
      ]
    : [];
  return new Map<string, Value>([
    ['stage', node.stage],
    ...filterOf(node, query),
    ...run,
    ...propertiesOf(node),
    ...(hasRun ? countersOf(built) : []),
    ...inputFields(inner),
  ]);
}

function inputFields(inner: readonly BsonDocument[]): Field[] {
  const [only] = inner;
  if (inner.length === 1 && only !== undefined) return [['inputStage', only]];
  return inner.length > 1 ? [['inputStages', [...inner]]] : [];
}

function filterOf(node: PlanNode, { filter }: FindQuery): Field[] {
  const isFiltering = 'filter' in node && node.filter !== undefined;
  return isFiltering && filter !== undefined && filter.size > 0 ? [['filter', filter]] : [];
}

function propertiesOf(node: PlanNode): Field[] {
  switch (node.stage) {
    case 'COLLSCAN':
      return [['direction', directionName(node.direction)]];
    case 'IXSCAN':
      return indexScanProperties(node);
    case 'SORT':
      return [
        ['sortPattern', sortDocument(node.sort)],
        ['memLimit', count(SORT_MEMORY_LIMIT_BYTES)],
        ...(node.limit > 0 ? [['limitAmount', count(node.limit)] as const] : []),
        ['type', 'simple'],
      ];
    case 'SORT_MERGE':
      return [['sortPattern', sortDocument(node.sort)]];
    case 'TEXT_MATCH':
      return textMatchProperties(node);
    case 'LIMIT':
      return [['limitAmount', count(node.count)]];
    case 'SKIP':
      return [['skipAmount', count(node.count)]];
    default:
      return [];
  }
}

function indexScanProperties({ index, direction, fields, bounds }: IndexScanNode): Field[] {
  const perField = fields.map((field, position): Field => {
    return [field.path, describeBounds(bounds[position] ?? [], field, direction)];
  });
  return [
    ['keyPattern', index.specification.get('key') ?? new Map()],
    ['indexName', index.name],
    ...collationOf(index),
    ['isMultiKey', index.multikey],
    ['multiKeyPaths', multikeyPaths(index)],
    ['isUnique', index.unique],
    ['isSparse', index.sparse],
    ['isPartial', index.partialFilter !== undefined],
    ['indexVersion', count(2)],
    ['direction', directionName(direction)],
    ['indexBounds', new Map(perField)],
  ];
}

function textMatchProperties({
  index,
  textQuery,
  query,
}: Extract<PlanNode, { stage: 'TEXT_MATCH' }>): Field[] {
  const parsed = new Map<string, Value>([
    ['terms', [...query.indexTerms]],
    ['search', textQuery.search],
    ['caseSensitive', textQuery.caseSensitive],
    ['diacriticSensitive', textQuery.diacriticSensitive],
  ]);
  return [
    ['indexName', index.name],
    ['parsedTextQuery', parsed],
    ['textIndexVersion', index.specification.get('textIndexVersion') ?? count(3)],
  ];
}

function collationOf({ specification }: IndexScanNode['index']): Field[] {
  const collation = specification.get('collation');
  return collation === undefined ? [] : [['collation', collation]];
}

function multikeyPaths(index: IndexScanNode['index']): BsonDocument {
  return new Map(
    index.fields.map(({ path }): Field => [path, index.multikeyPaths.has(path) ? [path] : []]),
  );
}

function directionName(direction: 1 | -1): string {
  return direction === 1 ? 'forward' : 'backward';
}

function sortDocument(sort: SortPattern): BsonDocument {
  return new Map(
    sort.map((field): Field => {
      if (field.kind === 'textScore') return ['$computed0', new Map([['$meta', 'textScore']])];
      return [field.kind === 'path' ? field.path : '$natural', count(field.direction)];
    }),
  );
}

/** What only this kind of stage counts. */
function countersOf({ node, stage }: BuiltStage): Field[] {
  const { keysExamined, documentsExamined } = stage.statistics;
  switch (node.stage) {
    case 'COLLSCAN':
    case 'FETCH':
      return [['docsExamined', count(documentsExamined)]];
    case 'IDHACK':
      return [
        ['keysExamined', count(keysExamined)],
        ['docsExamined', count(documentsExamined)],
      ];
    default:
  }
  if (stage instanceof IndexScan) {
    return [
      ['keysExamined', count(keysExamined)],
      ['seeks', count(stage.seeks)],
      ['dupsDropped', count(stage.duplicatesDropped)],
    ];
  }
  if (stage instanceof Union || stage instanceof MergeSort) {
    return [['dupsDropped', count(stage.duplicatesDropped)]];
  }
  if (stage instanceof Sort) {
    return [
      ['totalDataSizeSorted', size(stage.totalDataSizeSorted)],
      ['usedDisk', stage.spills > 0],
      ['spills', count(stage.spills)],
      ['spilledDataStorageSize', size(stage.spilledBytes)],
    ];
  }
  return [];
}
