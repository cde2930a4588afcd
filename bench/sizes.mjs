/**
 * How many bytes one document of each collection takes, and the keys of its indexes: the first table
 * of docs/SCALING.md. Documents are made by the models themselves, with texts of the lengths below;
 * nothing is opened or stored.
 *
 *   npm run build && node bench/sizes.mjs
 */
import { createRequire } from 'node:module';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const require = createRequire(import.meta.url);
const DIST = path.resolve(import.meta.dirname, '..', 'dist');
const mongoose = require('mongoose');
const { Types } = mongoose;
const { calculateObjectSize } = mongoose.mongo.BSON;

for (const file of readdirSync(path.join(DIST, 'models'))) {
  if (file.endsWith('.model.js')) require(path.join(DIST, 'models', file));
}

/** Seventy different words of five letters: of a hundred words of prose, so many are different. */
const WORDS = Array.from({ length: 70 }, (_, index) => {
  const [first, second] = [Math.floor(index / 10), index % 10];
  return `${'bdfgklm'[first]}a${'bdfgklmnpr'[second]}er`;
});
/** Text of so many characters, as people write it. */
const text = (length) =>
  Array.from({ length }, (_, index) => WORDS[index % WORDS.length])
    .join(' ')
    .slice(0, length);
const id = () => new Types.ObjectId();
const now = new Date();
const hash = 'f'.repeat(64);

const picture = {
  url: `/media/ab/cd/${'a'.repeat(32)}.jpg`,
  publicId: `ab/cd/${'a'.repeat(32)}.jpg`,
  resourceType: 'image',
  bytes: 180_000,
  format: 'jpg',
  width: 1280,
  height: 720,
};
const film = {
  ...picture,
  url: picture.url.replace('jpg', 'mp4'),
  publicId: picture.publicId.replace('jpg', 'mp4'),
  resourceType: 'video',
  bytes: 60_000_000,
  format: 'mp4',
  durationSeconds: 480.5,
  thumbnailUrl: `/media/ab/cd/${'a'.repeat(32)}/poster.jpg`,
  hlsUrl: `/media/ab/cd/${'a'.repeat(32)}/index.m3u8`,
};

/** One typical document each. */
const TYPICAL = {
  User: {
    username: text(12).replaceAll(' ', '_'),
    email: 'somebody.typical@example.com',
    fullName: text(16),
    description: text(120),
    avatar: picture,
    coverImage: picture,
    password: '$2b$12$'.padEnd(60, 'x'),
    createdAt: now,
    updatedAt: now,
    emailVerifiedAt: now,
    lastSignedInAt: now,
  },
  Session: {
    user: id(),
    refreshTokenHash: hash,
    previousRefreshTokenHash: hash,
    refreshTokenIssuedAt: now,
    rotatedAt: now,
    userAgent: text(120),
    ip: '203.0.113.110',
    lastUsedAt: now,
    expiresAt: now,
    endsAt: now,
    createdAt: now,
  },
  Video: {
    owner: id(),
    title: text(50),
    description: text(600),
    tags: ['rivers', 'bridges', 'building', 'nature', 'season'],
    category: 'education',
    videoFile: film,
    thumbnail: picture,
    duration: 480.5,
    hlsStatus: 'ready',
    keys: {
      title: text(50),
      category: 'education',
      tags: ['rivers', 'bridges', 'building', 'nature', 'season'],
    },
    createdAt: now,
    updatedAt: now,
  },
  WatchHistory: { user: id(), video: id(), watchedAt: now, progress: 211.25 },
  ViewMark: { video: id(), viewer: id().toString(), expiresAt: now },
  DayViews: { owner: id(), day: now, views: 120 },
  ChannelTally: {
    _id: `${id().toHexString()}7`,
    views: 120_000,
    likesCount: 4000,
    commentsCount: 800,
  },
  Like: { likedBy: id(), targetType: 'video', target: id(), createdAt: now },
  Comment: { video: id(), owner: id(), content: text(120), createdAt: now, updatedAt: now },
  Subscription: { subscriber: id(), channel: id(), createdAt: now },
  Tweet: { owner: id(), content: text(140), createdAt: now, updatedAt: now },
  Playlist: {
    owner: id(),
    name: text(24),
    description: text(60),
    videos: Array.from({ length: 20 }, id),
    createdAt: now,
    updatedAt: now,
  },
};

/** What WiredTiger keeps beside each key; small record ids take less, large ones more. */
const RECORD_ID_BYTES = 5;

/** Bytes of one value in MongoDB's KeyString encoding, to within a byte or two. */
function keyBytes(value) {
  if (value === null || value === undefined || typeof value === 'boolean') return 1;
  if (value instanceof Types.ObjectId) return 13;
  if (value instanceof Date) return 9;
  if (typeof value === 'number') return Number.isInteger(value) ? 3 : 9;
  return Buffer.byteLength(value) + 2;
}

function valueAt(document, field) {
  return field.split('.').reduce((value, name) => value?.[name], document);
}

/** Keys of one index for one document, and their bytes. */
function indexCost(document, key, options) {
  if (options.partialFilterExpression) {
    const conditions = Object.entries(options.partialFilterExpression);
    if (conditions.some(([field, value]) => document[field] !== value)) return 0;
  }
  if (Object.values(key).includes('text')) return textIndexBytes(document, Object.keys(key));
  const values = Object.keys(key).map((field) => valueAt(document, field));
  const several = values.find((value) => Array.isArray(value));
  return (several ?? [undefined]).reduce((sum, one) => {
    const single = values.map((value) => (value === several && several ? one : value));
    return sum + single.reduce((bytes, value) => bytes + keyBytes(value), 1 + RECORD_ID_BYTES);
  }, 0);
}

/** One key for each different word; its weight is a double. */
function textIndexBytes(document, fields) {
  const all = fields.flatMap((field) => document[field]).join(' ');
  const terms = new Set(all.toLowerCase().match(/[a-z]{3,}/g));
  return [...terms].reduce((sum, term) => sum + term.length + 2 + 9 + 1 + RECORD_ID_BYTES, 0);
}

const rows = [];
for (const [name, fields] of Object.entries(TYPICAL)) {
  const model = mongoose.model(name);
  const document = new model(fields);
  await document.validate();
  const stored = { ...document.toObject(), __v: 0 };
  const indexes = model.schema.indexes();
  const keys = indexes.map(([key, options]) => indexCost(stored, key, options));
  const idIndex = keyBytes(document._id) + 1 + RECORD_ID_BYTES;
  rows.push({
    collection: model.collection.collectionName,
    document: calculateObjectSize(stored),
    indexes: indexes.length + 1,
    keys: keys.reduce((sum, bytes) => sum + bytes, idIndex),
  });
}

process.stdout.write('| collection | document bytes | indexes | key bytes | together |\n');
process.stdout.write('| --- | ---: | ---: | ---: | ---: |\n');
for (const { collection, document, indexes, keys } of rows) {
  process.stdout.write(
    `| ${collection} | ${document} | ${indexes} | ${keys} | ${document + keys} |\n`,
  );
}
process.exit();
