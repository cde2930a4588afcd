import { Long, NumberUtils, onDemand, Timestamp } from 'bson';
import { BSON_TYPE } from '../values/bson-types';

/** A cursor's batch as it came: each document is a view into the reply. */
export interface CursorReply {
  readonly documents: readonly Uint8Array[];
  /** Zero when there is nothing more. */
  readonly id: Long;
  /** The state that a snapshot read was answered from. */
  readonly atClusterTime?: Timestamp;
}

/** Type, where the name begins, its length, where the value begins, its length. */
type Element = readonly [number, number, number, number, number];

/** The batch of a reply; undefined when it holds no cursor (an error, for example). */
export function splitCursorReply(body: Uint8Array): CursorReply | undefined {
  const cursor = findElement(body, 0, 'cursor', BSON_TYPE.OBJECT);
  if (!cursor) return undefined;
  const batch =
    findElement(body, cursor[3], 'firstBatch', BSON_TYPE.ARRAY) ??
    findElement(body, cursor[3], 'nextBatch', BSON_TYPE.ARRAY);
  const id = findElement(body, cursor[3], 'id', BSON_TYPE.LONG);
  if (!batch || !id) return undefined;
  const time = findElement(body, cursor[3], 'atClusterTime', BSON_TYPE.TIMESTAMP);
  return {
    documents: elementsAt(body, batch[3]).map(([, , , start, length]) =>
      body.subarray(start, start + length),
    ),
    id: Long.fromBigInt(NumberUtils.getBigInt64LE(body, id[3])),
    ...(time && { atClusterTime: new Timestamp(NumberUtils.getBigInt64LE(body, time[3])) }),
  };
}

function findElement(
  bytes: Uint8Array,
  documentStart: number,
  name: string,
  type: number,
): Element | undefined {
  return elementsAt(bytes, documentStart).find(
    ([elementType, nameStart, nameLength]) =>
      elementType === type && isNamed(bytes, nameStart, nameLength, name),
  );
}

function isNamed(bytes: Uint8Array, start: number, length: number, name: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('latin1') === name;
}

function elementsAt(bytes: Uint8Array, start: number): Element[] {
  return [...onDemand.parseToElements(bytes, start)];
}
