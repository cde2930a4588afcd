import { Double, Int32 } from 'bson';
import { capOf, type Cap } from '../storage/capped';
import { isClustered } from '../storage/clustered';
import { countRecords, dataSize } from '../storage/collection';
import { indexSizes } from '../storage/index-sizes';
import type { CollectionInfo, KeyValueReader, OperationContext } from '../storage/types';
import type { Value } from '../values/types';
import type { CommandReply } from '../wire/reply-writer';
import { reply, type CommandDefinition, type Invocation } from './command';
import { formatNamespace, namespaceOf } from './namespaces';

async function dbStats(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server, database } = invocation;
  const scale = parsed.number('scale') ?? 1;
  const statistics = server.engine.databaseStatistics(operation, database);
  const average = statistics.objects === 0 ? 0 : statistics.dataSize / statistics.objects;
  let indexSize = 0;
  for (const collection of server.engine.listCollections(operation, database)) {
    indexSize += sumOf(await indexSizes(operation, collection));
  }
  return reply([
    ['db', database],
    ['collections', new Double(statistics.collections)],
    ['views', new Double(statistics.views)],
    ['objects', new Double(statistics.objects)],
    ['avgObjSize', new Double(average)],
    ['dataSize', new Double(statistics.dataSize / scale)],
    ['storageSize', new Double(statistics.dataSize / scale)],
    ['indexes', new Double(statistics.indexes)],
    ['indexSize', new Double(indexSize / scale)],
    ['totalSize', new Double((statistics.dataSize + indexSize) / scale)],
    ['scaleFactor', new Double(scale)],
  ]);
}

async function collStats(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const scale = parsed.number('scale') ?? 1;
  const collection = server.engine.getCollection(operation, namespace);
  return reply([
    ['ns', formatNamespace(namespace)],
    ...storageStatistics(operation.reader(), collection, scale),
    ...(await indexStatistics(operation, collection, scale)),
  ]);
}

async function indexStatistics(
  operation: OperationContext,
  collection: CollectionInfo | undefined,
  scale: number,
): Promise<[string, Value][]> {
  const sizes = collection ? await indexSizes(operation, collection) : new Map<string, number>();
  const documents = collection ? dataSize(operation.reader(), collection) : 0;
  const scaled = [...sizes].map(([name, size]): [string, Value] => [
    name,
    new Double(Math.floor(size / scale)),
  ]);
  return [
    ['indexSizes', new Map(scaled)],
    ['totalIndexSize', new Double(Math.floor(sumOf(sizes) / scale))],
    ['totalSize', new Double(Math.floor((documents + sumOf(sizes)) / scale))],
  ];
}

function sumOf(sizes: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const size of sizes.values()) sum += size;
  return sum;
}

/** Numbers of a collection, sizes divided by `scale`; zeros where there is none. */
export function storageStatistics(
  reader: KeyValueReader,
  collection: CollectionInfo | undefined,
  scale: number,
): [string, Value][] {
  const count = collection ? countRecords(reader, collection) : 0;
  const bytes = collection ? dataSize(reader, collection) : 0;
  const cap = collection && capOf(collection);
  const clustered = collection !== undefined && isClustered(collection);
  const entries: [string, Value][] = [
    ['size', new Double(bytes / scale)],
    ['count', new Int32(count)],
  ];
  if (count > 0) entries.push(['avgObjSize', new Double(Math.floor(bytes / count))]);
  entries.push(
    ['storageSize', new Double(bytes / scale)],
    ['capped', cap !== undefined],
    ...(cap ? cappedStatistics(cap, scale) : []),
    ['nindexes', new Int32((collection?.indexes.length ?? 0) - (clustered ? 1 : 0))],
    ...(clustered ? ([['clustered', true]] as [string, Value][]) : []),
    ['scaleFactor', new Int32(scale)],
  );
  return entries;
}

function cappedStatistics({ bytes, documents }: Cap, scale: number): [string, Value][] {
  return [
    ['max', new Int32(documents === Infinity ? 0 : documents)],
    ['maxSize', new Double(Math.floor(bytes / scale))],
  ];
}

export const statisticsCommands: readonly CommandDefinition[] = [
  { name: 'dbStats', aliases: ['dbstats'], fields: ['scale', 'freeStorage'], run: dbStats },
  { name: 'collStats', aliases: ['collstats'], fields: ['scale'], run: collStats },
];
