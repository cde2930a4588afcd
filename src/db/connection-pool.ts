import type { mongo } from 'mongoose';

/** The driver's connections to the database, as its monitoring events tell. */
export interface PoolState {
  open: number;
  inUse: number;
  /** Operations that wait for a connection. */
  waiting: number;
  /** Operations that waited in vain, since the start. */
  failedCheckouts: number;
}

/**
 * Follows the connection pools of a client; call it before the client connects, to miss none.
 * @see https://github.com/mongodb/specifications CMAP, "Events"
 */
export function watchPool(client: mongo.MongoClient): Readonly<PoolState> {
  const pool: PoolState = { open: 0, inUse: 0, waiting: 0, failedCheckouts: 0 };
  client.on('connectionCreated', () => (pool.open += 1));
  client.on('connectionClosed', () => (pool.open -= 1));
  client.on('connectionCheckOutStarted', () => (pool.waiting += 1));
  client.on('connectionCheckedOut', () => {
    pool.waiting -= 1;
    pool.inUse += 1;
  });
  client.on('connectionCheckOutFailed', () => {
    pool.waiting -= 1;
    pool.failedCheckouts += 1;
  });
  client.on('connectionCheckedIn', () => (pool.inUse -= 1));
  return pool;
}
