import { MongoServerError } from '../../errors';
import { compileAccumulator } from '../../expression/accumulators/registry';
import type { Accumulator, AccumulatorState } from '../../expression/accumulators/types';
import { approximateSize } from '../../expression/accumulators/size';
import { compileExpression } from '../../expression/compile';
import { orderOf } from '../../expression/build';
import { integerValue } from '../../expression/numeric';
import type { CompileScope, Environment } from '../../expression/types';
import type { BsonDocument, MaybeValue, Value } from '../../values/types';
import type { ValueOrder } from '../../values/value-order';
import { fieldsOfExpression } from '../fields-read';
import { MemoryBudget } from '../memory';
import { streamOf } from '../stream';
import type { DocumentStream, PipelineSource, Stage, StageSite, StageTable } from '../types';

/** A computed field of a group. */
export interface GroupField {
  readonly name: string;
  readonly accumulator: Accumulator;
}

/** Compiles `{ <field>: { <accumulator>: … }, … }`. */
export function compileGroupFields(specification: BsonDocument, scope: CompileScope): GroupField[] {
  return [...specification].map(([name, value]) => ({
    name,
    accumulator: compileAccumulator(name, value, scope),
  }));
}

const GROUP_OVERHEAD = 256;
const NO_FIELDS: BsonDocument = new Map();

/** The accumulator states of one group. */
export class Group {
  readonly #fields: readonly GroupField[];
  readonly #states: readonly AccumulatorState[];
  /** Those whose size grows with what they are given; most have a fixed one. */
  readonly #growing: readonly AccumulatorState[];

  constructor(id: MaybeValue, fields: readonly GroupField[]) {
    this.#fields = fields;
    const environment: Environment = { root: id instanceof Map ? id : NO_FIELDS };
    this.#states = fields.map(({ accumulator }) => accumulator.start(environment));
    this.#growing = this.#states.filter(({ bytes }) => bytes !== undefined);
  }

  add(environment: Environment): void {
    for (const state of this.#states) state.add(environment);
  }

  /** Bytes held beyond a fixed size. */
  get bytes(): number {
    if (this.#growing.length === 0) return 0;
    return this.#growing.reduce((total, state) => total + (state.bytes ?? 0), 0);
  }

  /** The document of the group; null where an accumulator has nothing. */
  document(id: MaybeValue): BsonDocument {
    const result: BsonDocument = new Map<string, Value>([['_id', id ?? null]]);
    this.#fields.forEach(({ name }, index) => {
      result.set(name, this.#states[index]!.result() ?? null);
    });
    return result;
  }
}

/** How keys of groups compare, and where others get their turn. */
interface GroupSetting {
  readonly order: ValueOrder;
  readonly source: Pick<PipelineSource, 'yieldPoint'>;
}

/** Groups a stream by the value of `idOf`; groups come in the order of their first document. */
export async function groupStream(
  input: DocumentStream,
  idOf: (environment: Environment) => MaybeValue,
  fields: readonly GroupField[],
  { order, source }: GroupSetting,
): Promise<{ id: MaybeValue; group: Group }[]> {
  const keyOf = order.createKeys();
  const groups = new Map<string, { id: MaybeValue; group: Group }>();
  const budget = new MemoryBudget('$group');
  for await (const chunk of input) {
    for (const root of chunk) {
      const environment = { root };
      const id = idOf(environment) ?? null;
      const key = keyOf(id);
      let entry = groups.get(key);
      if (!entry) {
        entry = { id, group: new Group(id, fields) };
        groups.set(key, entry);
        budget.addBytes(GROUP_OVERHEAD + approximateSize(id));
      }
      const before = entry.group.bytes;
      entry.group.add(environment);
      budget.addBytes(entry.group.bytes - before);
      const turn = source.yieldPoint?.();
      if (turn !== undefined) await turn;
    }
  }
  return [...groups.values()];
}

function specificationOf(value: Value): { id: Value; fields: BsonDocument } {
  if (!(value instanceof Map)) {
    throw new MongoServerError(15947, "a group's fields must be specified in an object");
  }
  const id = value.get('_id');
  if (id === undefined) {
    throw new MongoServerError(15955, 'a group specification must include an _id');
  }
  const fields = new Map(value);
  fields.delete('_id');
  return { id, fields };
}

/** @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/group/ */
export function compileGroup({ name, specification, scope, source }: StageSite): Stage {
  const { id, fields: fieldSpecifications } = specificationOf(specification);
  const idExpression = compileExpression(id, scope);
  const fields = compileGroupFields(fieldSpecifications, scope);
  async function* run(input: DocumentStream): DocumentStream {
    const groups = await groupStream(input, idExpression.evaluate, fields, {
      order: orderOf(scope),
      source,
    });
    yield* streamOf(groups.map((entry) => entry.group.document(entry.id)));
  }
  const isCount =
    idExpression.constant && fields.every(({ accumulator }) => accumulator.countsDocuments);
  const stage: Stage = { name, run, reads: fieldsOfExpression(specification), replaces: true };
  if (!isCount) return stage;
  return {
    ...stage,
    countOnly: (count) => {
      if (count === 0) return [];
      const counts = fields.map((field): [string, Value] => [field.name, integerValue(count)]);
      return [new Map<string, Value>([['_id', idExpression.constant?.value ?? null], ...counts])];
    },
  };
}

export const GROUP_STAGES: StageTable = { $group: compileGroup };
