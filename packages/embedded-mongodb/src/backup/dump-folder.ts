import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { BsonDocument, Value } from '../values/types';
import { BackupError } from './backup-error';
import { readBsonFile } from './bson-file';
import {
  collectionOf,
  DATA_SUFFIX,
  INCOMPLETE_INFIX,
  INCOMPLETE_MARKER,
  isDatabaseName,
  isServerCollection,
  MANIFEST_FILE,
  METADATA_SUFFIX,
} from './dump-names';
import { fromExtendedJson } from './extended-json';
import { parseManifest, type ManifestEntry } from './manifest';
import type { Report } from './progress';

/** A collection or view as a dump holds it. */
export interface DumpedCollection {
  readonly database: string;
  readonly collection: string;
  readonly isView: boolean;
  readonly options: BsonDocument;
  /** All but the one on `_id`, which every collection has. */
  readonly indexes: readonly BsonDocument[];
  /** Absent when only metadata was dumped. */
  readonly data?: { readonly path: string; readonly documents: number; readonly bytes: number };
}

interface Metadata {
  readonly options: BsonDocument;
  readonly indexes: readonly BsonDocument[];
  readonly collectionName?: string;
  readonly isView: boolean;
}

const NO_METADATA: Metadata = { options: new Map(), indexes: [], isView: false };

/**
 * Reads a dump's metadata, and every data file once to see that it consists of whole documents and,
 * for dumps of this tool, is what was written. Nothing is restored from a dump that fails here.
 * @throws BackupError for an unfinished, damaged, incomplete or compressed dump.
 */
export async function readDumpFolder(from: string, report: Report): Promise<DumpedCollection[]> {
  const folder = resolve(from);
  const names = await listFolder(folder);
  refuseUnfinished(folder, names);
  const manifest = await readManifest(folder, names);
  const dumped: DumpedCollection[] = [];
  for (const database of names) {
    const path = join(folder, database);
    if (!(await stat(path)).isDirectory()) continue;
    if (!isDatabaseName(database)) throw new BackupError(`${path} is no name of a database`);
    dumped.push(...(await readDatabase(path, database, manifest, report)));
  }
  if (dumped.length === 0 && !manifest) {
    throw new BackupError(`${folder} holds no dump: expected a folder for each database`);
  }
  assertComplete(manifest, dumped);
  return dumped;
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    throw new BackupError(`${folder} is no folder`, { cause: error });
  }
}

function refuseUnfinished(folder: string, names: readonly string[]): void {
  if (names.includes(INCOMPLETE_MARKER) || basename(folder).includes(INCOMPLETE_INFIX)) {
    throw new BackupError(`${folder} is a dump that was not finished`);
  }
  if (names.includes('oplog.bson')) {
    throw new BackupError(
      `${folder} was dumped with --oplog, which cannot be replayed here: dump it without`,
    );
  }
}

type Manifest = ReadonlyMap<string, ManifestEntry>;

async function readManifest(
  folder: string,
  names: readonly string[],
): Promise<Manifest | undefined> {
  if (!names.includes(MANIFEST_FILE)) return undefined;
  const entries = parseManifest(await readFile(join(folder, MANIFEST_FILE), 'utf8'));
  return new Map(entries.map((entry) => [`${entry.database}.${entry.collection}`, entry]));
}

async function readDatabase(
  folder: string,
  database: string,
  manifest: Manifest | undefined,
  report: Report,
): Promise<DumpedCollection[]> {
  const names = await listFolder(folder);
  const compressed = names.find((name) => name.endsWith('.gz'));
  if (compressed !== undefined) {
    throw new BackupError(`${join(folder, compressed)} is compressed: unpack the dump first`);
  }
  const dumped: DumpedCollection[] = [];
  for (const stem of stemsOf(names)) {
    const metadata = names.includes(stem + METADATA_SUFFIX)
      ? await readMetadata(join(folder, stem + METADATA_SUFFIX))
      : NO_METADATA;
    const collection = metadata.collectionName ?? collectionOf(stem);
    if (isServerCollection(collection)) {
      report(`${database}.${collection}: skipped, it belongs to the server that was dumped`);
      continue;
    }
    const { options, indexes, isView } = metadata;
    const described = { database, collection, isView, options, indexes };
    if (!names.includes(stem + DATA_SUFFIX)) {
      dumped.push(described);
      continue;
    }
    const path = join(folder, stem + DATA_SUFFIX);
    dumped.push({
      ...described,
      data: await checkData(path, `${database}.${collection}`, manifest),
    });
  }
  return dumped;
}

/** File names without their suffixes, each once. */
function stemsOf(names: readonly string[]): Set<string> {
  const stems = new Set<string>();
  for (const name of names) {
    const suffix = [METADATA_SUFFIX, DATA_SUFFIX].find((ending) => name.endsWith(ending));
    if (suffix !== undefined) stems.add(name.slice(0, -suffix.length));
  }
  return stems;
}

async function checkData(
  path: string,
  namespace: string,
  manifest: Manifest | undefined,
): Promise<{ path: string; documents: number; bytes: number }> {
  const hash = createHash('sha256');
  let documents = 0;
  let bytes = 0;
  for await (const batch of readBsonFile(path, hash)) {
    documents += batch.length;
    bytes += batch.reduce((sum, { length }) => sum + length, 0);
  }
  if (manifest && manifest.get(namespace)?.sha256 !== hash.digest('hex')) {
    throw new BackupError(`${path} is not what was dumped: it was changed, cut off or added`);
  }
  return { path, documents, bytes };
}

function assertComplete(manifest: Manifest | undefined, dumped: readonly DumpedCollection[]): void {
  const found = new Set(
    dumped.filter(({ data }) => data).map((one) => `${one.database}.${one.collection}`),
  );
  for (const namespace of manifest?.keys() ?? []) {
    if (!found.has(namespace)) throw new BackupError(`the dump has lost the data of ${namespace}`);
  }
}

async function readMetadata(path: string): Promise<Metadata> {
  let parsed: Value;
  try {
    parsed = fromExtendedJson(await readFile(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    throw new BackupError(`${path}: ${error.message}`, { cause: error });
  }
  const wrong = (field: string): BackupError =>
    new BackupError(`${path}: the field '${field}' is not what mongodump writes`);
  if (!(parsed instanceof Map)) throw wrong('');
  const options = parsed.get('options') ?? new Map<string, Value>();
  const indexes = parsed.get('indexes') ?? [];
  const name = parsed.get('collectionName');
  if (!(options instanceof Map)) throw wrong('options');
  if (!Array.isArray(indexes)) throw wrong('indexes');
  if (name !== undefined && typeof name !== 'string') throw wrong('collectionName');
  return {
    options,
    indexes: indexes.map((index) => readIndex(index, wrong)).filter((index) => !isIdIndex(index)),
    isView: parsed.get('type') === 'view' || options.has('viewOn'),
    ...(name !== undefined && { collectionName: name }),
  };
}

/** `ns` was written by servers before 4.4 and is refused by later ones. */
function readIndex(index: Value, wrong: (field: string) => BackupError): BsonDocument {
  if (!(index instanceof Map) || !(index.get('key') instanceof Map)) throw wrong('indexes');
  return new Map([...index].filter(([field]) => field !== 'ns'));
}

function isIdIndex(index: BsonDocument): boolean {
  return index.get('name') === '_id_' || index.get('clustered') === true;
}
