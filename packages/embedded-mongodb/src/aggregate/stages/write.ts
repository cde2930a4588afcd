import { ObjectId } from 'bson';
import { MongoServerError } from '../../errors';
import { compileExpression } from '../../expression/compile';
import type { CompileScope } from '../../expression/types';
import { withVariables } from '../../expression/variables';
import { bsonTypeName } from '../../values/compare';
import type { BsonDocument, MaybeValue, Value } from '../../values/types';
import { parseFieldPath } from '../../expression/field-path';
import { getNested } from '../nested-fields';
import { stagesOf } from '../stage-entry';
import type {
  DocumentStream,
  Namespace,
  PipelineWriter,
  Stage,
  StageSite,
  StageTable,
} from '../types';

function targetOf(value: Value, site: StageSite, code: number): Namespace {
  if (typeof value === 'string') return { database: site.database, collection: value };
  if (value instanceof Map) {
    const database = value.get('db') ?? site.database;
    const collection = value.get('coll');
    const unknown = [...value.keys()].find((field) => field !== 'db' && field !== 'coll');
    if (unknown !== undefined) {
      throw new MongoServerError(
        40415,
        `BSON field '${site.name}.${unknown}' is an unknown field.`,
      );
    }
    if (typeof database === 'string' && typeof collection === 'string') {
      return { database, collection };
    }
  }
  throw new MongoServerError(
    code,
    `${site.name} only supports a string or object argument, but found ${bsonTypeName(value)}`,
  );
}

function writerOf(site: StageSite): PipelineWriter {
  if (site.source.write) return site.source.write;
  throw new MongoServerError(
    'OperationNotSupportedInTransaction',
    `${site.name} cannot be used in a transaction`,
  );
}

function compileOut(site: StageSite): Stage {
  const target = targetOf(site.specification, site, 16990);
  const writer = writerOf(site);
  async function* run(input: DocumentStream): DocumentStream {
    await writer.replaceCollection(target, withIds(input));
    yield* [];
  }
  return { name: site.name, run };
}

function withId(document: BsonDocument): BsonDocument {
  return document.has('_id')
    ? document
    : new Map<string, Value>([['_id', new ObjectId()], ...document]);
}

async function* withIds(input: DocumentStream): DocumentStream {
  for await (const chunk of input) yield chunk.map(withId);
}

type WhenMatched = 'replace' | 'keepExisting' | 'merge' | 'fail' | readonly BsonDocument[];
type WhenNotMatched = 'insert' | 'discard' | 'fail';

interface MergeOptions {
  readonly into: Namespace;
  readonly on: readonly string[];
  readonly letVariables: BsonDocument;
  readonly whenMatched: WhenMatched;
  readonly whenNotMatched: WhenNotMatched;
}

function onFields(value: MaybeValue): string[] {
  if (value === undefined) return ['_id'];
  const fields = Array.isArray(value) ? value : [value];
  const names = fields.map((field) => {
    if (typeof field === 'string') return field;
    throw new MongoServerError(
      51186,
      `$merge 'on' field must be either a string or an array of strings, but found ${bsonTypeName(field)}`,
    );
  });
  if (names.length === 0) {
    throw new MongoServerError(
      51187,
      "If explicitly specifying $merge 'on', must include at least one field",
    );
  }
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated === undefined) return names;
  throw new MongoServerError(31465, `Found a duplicate field '${repeated}'`);
}

function badEnum(field: string, value: Value): MongoServerError {
  return new MongoServerError(
    'BadValue',
    `Enumeration value '${typeof value === 'string' ? value : bsonTypeName(value)}' for field '$merge.${field}' is not a valid value.`,
  );
}

function whenMatchedOf(value: Value): WhenMatched {
  if (Array.isArray(value)) return stagesOf(value, 'whenMatched');
  switch (value) {
    case 'replace':
    case 'keepExisting':
    case 'merge':
    case 'fail':
      return value;
    default:
      throw badEnum('whenMatched', value);
  }
}

function whenNotMatchedOf(value: Value): WhenNotMatched {
  switch (value) {
    case 'insert':
    case 'discard':
    case 'fail':
      return value;
    default:
      throw badEnum('whenNotMatched', value);
  }
}

const NO_OPTIONS: BsonDocument = new Map();
const MERGE_OPTIONS = ['into', 'on', 'let', 'whenMatched', 'whenNotMatched'];

function mergeOptionsOf(site: StageSite): MergeOptions {
  const { specification } = site;
  const options: BsonDocument =
    typeof specification === 'string'
      ? new Map([['into', specification]])
      : specification instanceof Map
        ? specification
        : NO_OPTIONS;
  const unknown = [...options.keys()].find((field) => !MERGE_OPTIONS.includes(field));
  if (unknown !== undefined) {
    throw new MongoServerError(40415, `BSON field '$merge.${unknown}' is an unknown field.`);
  }
  const into = options.get('into');
  if (into === undefined) {
    throw new MongoServerError(
      51182,
      `$merge requires a string or object argument, but found ${bsonTypeName(specification)}`,
    );
  }
  const whenMatched = whenMatchedOf(options.get('whenMatched') ?? 'merge');
  const letVariables = options.get('let');
  if (letVariables !== undefined && !Array.isArray(whenMatched)) {
    throw new MongoServerError(
      51199,
      `Cannot use 'let' variables with 'whenMatched: ${whenMatched as string}' mode`,
    );
  }
  return {
    into: targetOf(into, site, 51178),
    on: onFields(options.get('on')),
    letVariables:
      letVariables instanceof Map ? letVariables : new Map<string, Value>([['new', '$$ROOT']]),
    whenMatched,
    whenNotMatched: whenNotMatchedOf(options.get('whenNotMatched') ?? 'insert'),
  };
}

/** The query that identifies the target of a document. */
function identityOf(document: BsonDocument, on: readonly string[]): BsonDocument {
  const filter: BsonDocument = new Map();
  for (const field of on) {
    const value = getNested(document, parseFieldPath(field));
    if (value === undefined || value === null || Array.isArray(value)) {
      throw new MongoServerError(
        51132,
        `$merge write error: 'on' field '${field}' cannot be missing, null, undefined or an array`,
      );
    }
    filter.set(field, new Map([['$eq', value]]));
  }
  return filter;
}

function updateOf(document: BsonDocument, whenMatched: WhenMatched): BsonDocument | BsonDocument[] {
  if (Array.isArray(whenMatched)) return [...(whenMatched as readonly BsonDocument[])];
  if (whenMatched === 'replace') return document;
  if (whenMatched === 'merge') {
    return [new Map([['$replaceWith', new Map([['$mergeObjects', ['$$ROOT', '$$new']]])]])];
  }
  // A stage that changes nothing still says whether there is a document.
  return [new Map([['$replaceWith', '$$ROOT']])];
}

class Merger {
  readonly #site: StageSite;
  readonly #writer: PipelineWriter;
  readonly #options: MergeOptions;
  readonly #scope: CompileScope;

  constructor(site: StageSite, writer: PipelineWriter, options: MergeOptions) {
    this.#site = site;
    this.#writer = writer;
    this.#options = options;
    this.#scope = site.scope;
  }

  async merge(source: BsonDocument): Promise<void> {
    const { into, on, whenMatched, whenNotMatched } = this.#options;
    const document = on.includes('_id') ? withId(source) : source;
    const filter = identityOf(document, on);
    if (whenMatched === 'fail') {
      await this.#writer.insertMany(into, [withId(document)]);
      return;
    }
    if (await this.#update(filter, document)) return;
    if (whenNotMatched === 'discard') return;
    if (whenNotMatched === 'fail') {
      throw new MongoServerError(
        13113,
        '$merge could not find a matching document in the target collection for at least one document in the source collection',
      );
    }
    await this.#insert(filter, withId(document));
  }

  async #update(filter: BsonDocument, document: BsonDocument): Promise<boolean> {
    const variables = new Map<string, Value>();
    for (const [name, value] of this.#options.letVariables) {
      const evaluated = compileExpression(value, this.#scope).evaluate({ root: document });
      if (evaluated !== undefined) variables.set(name, evaluated);
    }
    const { matched } = await this.#writer.updateOne(this.#options.into, {
      filter,
      update: updateOf(document, this.#options.whenMatched),
      variables: withVariables(this.#site.variables, variables),
    });
    return matched;
  }

  /** Another writer may have inserted the document meanwhile: then it is an update after all. */
  async #insert(filter: BsonDocument, document: BsonDocument): Promise<void> {
    try {
      await this.#writer.insertMany(this.#options.into, [document]);
    } catch (error) {
      if (!(error instanceof MongoServerError) || error.codeName !== 'DuplicateKey') throw error;
      if (!(await this.#update(filter, document))) throw error;
    }
  }
}

/** @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/merge/ */
function compileMerge(site: StageSite): Stage {
  const options = mergeOptionsOf(site);
  const writer = writerOf(site);
  async function* run(input: DocumentStream): DocumentStream {
    // An index orders by bytes; under a collation it does not tell what is unique.
    const isUnique =
      !site.scope.collation && (await writer.hasUniqueIndex(options.into, options.on));
    if (!isUnique) {
      throw new MongoServerError(
        51183,
        'Cannot find index to verify that join fields will be unique',
      );
    }
    const merger = new Merger(site, writer, options);
    for await (const chunk of input) {
      for (const document of chunk) await merger.merge(document);
    }
    yield* [];
  }
  return { name: site.name, run };
}

/** Stages that write a collection; each must be the last of its pipeline. */
export const WRITE_STAGES: StageTable = { $merge: compileMerge, $out: compileOut };
