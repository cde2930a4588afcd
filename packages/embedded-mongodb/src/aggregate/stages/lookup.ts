import { orderOf } from '../../expression/build';
import { compileExpression } from '../../expression/compile';
import type { Expression } from '../../expression/types';
import { assertWritableVariableName, withVariables } from '../../expression/variables';
import { rootOf } from '../../plan/index-candidate';
import type { FindQuery } from '../../plan/query';
import { inheritMetadata } from '../../values/metadata';
import type { BsonDocument, Value } from '../../values/types';
import { correlationOf, type Correlation } from '../correlation';
import { distinctValues, equalsOneOf, JoinTable, localValues } from '../join';
import { parseLookup, type LookupOptions } from '../lookup-options';
import { fieldsOfExpression } from '../fields-read';
import { MemoryBudget } from '../memory';
import { pathsOverlap, withNested } from '../nested-fields';
import { collect, streamOf } from '../stream';
import type {
  DocumentStream,
  Namespace,
  Stage,
  StageSite,
  StageTable,
  SubPipeline,
} from '../types';

/** Finds what each document of a chunk is joined with, in the order of the chunk. */
type Join = (chunk: readonly BsonDocument[]) => Promise<BsonDocument[][]>;

interface Variable {
  readonly name: string;
  readonly expression: Expression;
}

/** Answers the values of the `let` variables for one document. */
function variablesOf(variables: readonly Variable[], document: BsonDocument): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const { name, expression } of variables) {
    const value = expression.evaluate({ root: document });
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

class LookupCompiler {
  readonly #site: StageSite;
  readonly #options: LookupOptions;
  readonly #namespace: Namespace | undefined;
  readonly #letVariables: readonly Variable[];
  /** Without `let` variables it is the same for all documents; with them it tells what kind it is. */
  readonly #probe: SubPipeline | undefined;

  constructor(site: StageSite, options: LookupOptions) {
    this.#site = site;
    this.#options = options;
    this.#namespace =
      options.from === undefined
        ? undefined
        : { database: site.database, collection: options.from };
    this.#letVariables = [...options.let].map(([name, value]) => {
      assertWritableVariableName(name);
      return { name, expression: compileExpression(value, site.scope) };
    });
    // Faults of the pipeline are reported even when no document is ever joined.
    this.#probe = options.pipeline && this.#compile(this.#anyVariables());
  }

  /** Values that stand for the variables while the pipeline is only checked. */
  #anyVariables(): Map<string, Value> {
    return new Map(this.#letVariables.map(({ name }) => [name, null]));
  }

  #compile(values: Map<string, Value>): SubPipeline {
    // A variable whose value is missing must still be known; it reads as missing.
    const known = withVariables(this.#site.variables, values);
    return this.#site.compilePipeline(this.#stagesFor(values), {
      namespace: this.#namespace,
      variables: known,
      container: '$lookup',
    });
  }

  #stagesFor(values: ReadonlyMap<string, Value>): readonly BsonDocument[] {
    const stages = this.#options.pipeline ?? [];
    const missing = this.#letVariables.filter(({ name }) => !values.has(name));
    if (missing.length === 0) return stages;
    const names: ReadonlySet<string> = new Set(missing.map(({ name }) => name));
    return stages.map((stage) => withoutVariablesIn(stage, names));
  }

  join(): Join {
    const { join, pipeline } = this.#options;
    const probe = this.#probe;
    if (!pipeline || !probe) return (chunk) => this.#joinByFields(chunk);
    if (!join && this.#letVariables.length === 0) return this.#uncorrelated();
    const correlation = join ? undefined : correlationOf(pipeline, this.#letVariables);
    if (!this.#namespace || probe.readsLittle) return (chunk) => this.#joinOneByOne(chunk);
    if (join) return (chunk) => this.#joinByFields(chunk);
    return correlation
      ? (chunk) => this.#joinByCorrelation(chunk, correlation)
      : (chunk) => this.#joinOneByOne(chunk);
  }

  /** The whole chunk in one query, then hashed: what makes `$lookup` cost one indexed find. */
  async #joinByFields(chunk: readonly BsonDocument[]): Promise<BsonDocument[][]> {
    const { localField, foreignField } = this.#options.join!;
    const wanted = chunk.map((document) => localValues(document, localField));
    const table = await this.#fetch(foreignField, wanted.flat());
    return this.#finish(
      chunk,
      wanted.map((values) => table.find(values)),
    );
  }

  async #fetch(path: string, values: readonly Value[]): Promise<JoinTable> {
    const { scope } = this.#site;
    const order = orderOf(scope);
    const table = new JoinTable(path, order);
    const budget = new MemoryBudget('$lookup');
    const match = equalsOneOf(path, distinctValues(values, order), scope.collation);
    const query = { match, ...this.#fieldsFor(path) };
    for await (const found of this.#site.source.find(this.#namespace!, query)) {
      for (const document of found) {
        budget.add(document);
        table.add(document);
      }
    }
    return table;
  }

  /** The only fields of the foreign documents that are looked at, where they can be told. */
  #fieldsFor(path: string): Pick<FindQuery, 'fields'> {
    const fields = this.#letVariables.length === 0 ? this.#probe?.fields : undefined;
    return fields ? { fields: [...fields, rootOf(path)] } : {};
  }

  /** Runs the pipeline, when there is one, over what each document was joined with. */
  async #finish(
    chunk: readonly BsonDocument[],
    joined: readonly BsonDocument[][],
  ): Promise<BsonDocument[][]> {
    if (!this.#options.pipeline) return [...joined];
    const treatOne = this.#letVariables.length === 0 ? this.#probe?.treatOne : undefined;
    if (treatOne) return this.#treatEach(joined, treatOne);
    const results: BsonDocument[][] = [];
    for (const [index, document] of chunk.entries()) {
      const pipeline = this.#compile(variablesOf(this.#letVariables, document));
      results.push(await collect(pipeline.runOn(streamOf(joined[index]!))));
    }
    return results;
  }

  /** A pipeline that looks at each document by itself, which needs to be done once for each. */
  async #treatEach(
    joined: readonly BsonDocument[][],
    treatOne: NonNullable<SubPipeline['treatOne']>,
  ): Promise<BsonDocument[][]> {
    const treated = new Map<BsonDocument, BsonDocument | undefined>();
    const results: BsonDocument[][] = [];
    for (const documents of joined) {
      for (const document of documents) {
        if (treated.has(document)) continue;
        treated.set(document, treatOne(document));
        const turn = this.#site.source.yieldPoint?.();
        if (turn !== undefined) await turn;
      }
      results.push(
        documents.map((document) => treated.get(document)).filter((found) => found !== undefined),
      );
    }
    return results;
  }

  /** A superset for the whole chunk by one `$in`; the pipeline itself decides for each document. */
  async #joinByCorrelation(
    chunk: readonly BsonDocument[],
    { path, variable }: Correlation,
  ): Promise<BsonDocument[][]> {
    const wanted = chunk.map((document) => variable.evaluate({ root: document }) ?? null);
    if (wanted.some((value) => Array.isArray(value))) return this.#joinOneByOne(chunk);
    const table = await this.#fetch(path, wanted);
    return this.#finish(
      chunk,
      wanted.map((value) => table.find([value])),
    );
  }

  async #joinOneByOne(chunk: readonly BsonDocument[]): Promise<BsonDocument[][]> {
    const { join } = this.#options;
    const results: BsonDocument[][] = [];
    for (const document of chunk) {
      const pipeline = this.#compile(variablesOf(this.#letVariables, document));
      const first = join
        ? equalsOneOf(
            join.foreignField,
            localValues(document, join.localField),
            this.#site.scope.collation,
          )
        : undefined;
      results.push(await collect(pipeline.run(first)));
    }
    return results;
  }

  /** A pipeline that depends on no document gives the same for all: it runs once. */
  #uncorrelated(): Join {
    let result: Promise<BsonDocument[]> | undefined;
    return async (chunk) => {
      result ??= collect(this.#compile(new Map()).run());
      const documents = await result;
      return chunk.map(() => documents);
    };
  }
}

/** The stage with every use of the named variables as `$$REMOVE`, which is what missing means. */
function withoutVariables(value: Value, names: ReadonlySet<string>): Value {
  if (typeof value === 'string') {
    const reference = /^\$\$([^.]+)/.exec(value);
    return reference && names.has(reference[1]!) ? '$$REMOVE' : value;
  }
  if (Array.isArray(value)) return value.map((element) => withoutVariables(element, names));
  return value instanceof Map ? withoutVariablesIn(value, names) : value;
}

function withoutVariablesIn(document: BsonDocument, names: ReadonlySet<string>): BsonDocument {
  return new Map(
    [...document].map(([name, inner]) => [
      name,
      name === '$literal' ? inner : withoutVariables(inner, names),
    ]),
  );
}

/** A field that the result goes into is looked at as well. */
function fieldsOfLookup({ join, let: variables, as }: LookupOptions): string[] | undefined {
  const computed = fieldsOfExpression(variables);
  return computed && [...computed, ...as.slice(0, 1), ...(join ? [rootOf(join.localField)] : [])];
}

function compileLookup(site: StageSite): Stage {
  const options = parseLookup(site.specification);
  const compiler = new LookupCompiler(site, options);
  async function* run(input: DocumentStream): DocumentStream {
    const join = compiler.join();
    for await (const chunk of input) {
      const joined = await join(chunk);
      yield chunk.map((document, index) =>
        inheritMetadata(document, withNested(document, options.as, joined[index])),
      );
    }
  }
  const as = options.as.join('.');
  return {
    name: site.name,
    run,
    isOneToOne: true,
    changes: (path) => pathsOverlap(path, as),
    reads: fieldsOfLookup(options),
  };
}

export const LOOKUP_STAGES: StageTable = { $lookup: compileLookup };
