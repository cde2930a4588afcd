import { call, caseFile, command, fails, outcome } from '../build-cases';
import type { UnifiedTestFile } from '../runner/schema';

const ENGLISH = { locale: 'en_US', strength: 2 } as const;
const WORDS = [
  { _id: 1, x: 11 },
  { _id: 2, x: 'ping' },
  { _id: 3, x: 'pINg' },
  { _id: 4, x: 'résumé' },
  { _id: 5, x: 'file10' },
  { _id: 6, x: 'file9' },
  { _id: 'Ab', x: ['PING', 'pong'] },
];

function found(filter: object, ids: readonly unknown[], collation: object = ENGLISH) {
  const expected = ids.map((_id) => ({ _id }));
  return call('find', { filter, projection: { _id: 1 }, sort: { _id: 1 }, collation }, expected);
}

/** Text that compares by the rules of a language. */
export const collations: readonly UnifiedTestFile[] = [
  caseFile('reference/collation', WORDS, [
    {
      description: 'at strength 2 case does not matter in a filter',
      operations: [
        found({ x: 'PING' }, [2, 3, 'Ab']),
        found({ x: { $in: ['Ping', 11] } }, [1, 2, 3, 'Ab']),
        found({ x: { $ne: 'PING' } }, [1, 4, 5, 6]),
        found({ x: { $nin: ['PING', 'FILE9'] } }, [1, 4, 5]),
        found({ x: { $not: { $eq: 'PING' } } }, [1, 4, 5, 6]),
        found({ x: { $all: ['ping', 'PONG'] } }, ['Ab']),
        found({ x: { $elemMatch: { $eq: 'PONG' } } }, ['Ab']),
        found({ _id: 'aB' }, ['Ab']),
        found({ x: { $gt: 'PING', $lt: 'S' } }, [4, 'Ab']),
      ],
    },
    {
      description: 'at strength 1 accents do not matter either, at 3 both do',
      operations: [
        found({ x: 'RESUME' }, [4], { locale: 'en', strength: 1 }),
        found({ x: 'RESUME' }, []),
        found({ x: 'PING' }, ['Ab'], { locale: 'en', strength: 3 }),
        found({ x: 'PING' }, ['Ab'], { locale: 'simple' }),
      ],
    },
    {
      description: 'an index, which orders by bytes, does not narrow a filter with text',
      operations: [
        call('createIndex', { keys: { x: 1 } }),
        found({ x: 'PING' }, [2, 3, 'Ab']),
        found({ x: { $gte: 'PING', $lte: 'PING' } }, [2, 3, 'Ab']),
        found({ x: 11 }, [1]),
      ],
    },
    {
      description: 'a sort follows it, numbers in text by their value when asked for',
      operations: [
        call(
          'find',
          {
            filter: { x: /^file/ },
            sort: { x: 1 },
            collation: { locale: 'en', numericOrdering: true },
          },
          [{ _id: 6 }, { _id: 5 }],
        ),
        call(
          'find',
          {
            filter: { x: { $type: 'string' } },
            sort: { x: -1, _id: 1 },
            limit: 3,
            collation: ENGLISH,
          },
          [{ _id: 4 }, { _id: 'Ab' }, { _id: 2 }],
        ),
        call(
          'aggregate',
          {
            pipeline: [{ $match: { x: 'PING' } }, { $sort: { x: 1, _id: -1 } }, { $limit: 2 }],
            collation: ENGLISH,
          },
          [{ _id: 'Ab' }, { _id: 3 }],
        ),
      ],
    },
    {
      description: 'counts and distinct follow it',
      operations: [
        call('countDocuments', { filter: { x: 'PING' }, collation: ENGLISH }, 3),
        call('count', { filter: { x: 'PING' }, collation: ENGLISH }, 3),
        call('distinct', { fieldName: 'x', filter: { x: /^p/i }, collation: ENGLISH }, [
          'ping',
          'pong',
        ]),
      ],
    },
    {
      description: 'updates and deletions find by it',
      operations: [
        call(
          'updateMany',
          { filter: { x: 'PING' }, update: { $set: { hit: 1 } }, collation: ENGLISH },
          { matchedCount: 3, modifiedCount: 3 },
        ),
        call(
          'findOneAndUpdate',
          {
            filter: { x: 'FILE9' },
            update: { $set: { x: 'read' } },
            sort: { x: 1 },
            returnDocument: 'After',
            collation: ENGLISH,
          },
          { _id: 6, x: 'read' },
        ),
        call(
          'replaceOne',
          { filter: { _id: 'aB' }, replacement: { y: 1 }, collation: ENGLISH },
          { matchedCount: 1 },
        ),
        call('deleteMany', { filter: { x: 'PING' }, collation: ENGLISH }, { deletedCount: 2 }),
        call('findOneAndDelete', { filter: { x: 'FILE10' }, collation: ENGLISH }, { _id: 5 }),
        call(
          'updateOne',
          {
            filter: { x: 'Nobody' },
            update: { $set: { _id: 7 } },
            upsert: true,
            collation: ENGLISH,
          },
          { upsertedCount: 1, upsertedId: 7 },
        ),
      ],
      outcome: outcome([
        { _id: 1, x: 11 },
        { _id: 4, x: 'résumé' },
        { _id: 6, x: 'read' },
        { _id: 7, x: 'Nobody' },
        { _id: 'Ab', y: 1 },
      ]),
    },
    {
      description: 'what cannot be done under it is refused',
      operations: [
        command(
          { find: 'items', collation: { locale: 'xx-none' } },
          fails(2, "'locale' is invalid"),
        ),
        command({ find: 'items', collation: { strength: 2 } }, fails(40414)),
        command({ find: 'items', collation: { locale: 'en', strength: 9 } }, fails(2)),
        command({ find: 'items', collation: { locale: 'en', strong: 1 } }, fails(40415)),
        command({ find: 'items', collation: { locale: 'en', strength: 4 } }, fails(238)),
        command(
          { find: 'items', filter: { $expr: { $eq: ['$x', 'PING'] } }, collation: ENGLISH },
          fails(238),
        ),
        call(
          'aggregate',
          { pipeline: [{ $group: { _id: '$x' } }], collation: ENGLISH },
          fails(238),
        ),
        call(
          'updateOne',
          { filter: {}, update: { $pull: { x: 'PING' } }, collation: ENGLISH },
          fails(238),
        ),
      ],
    },
  ]),
];
