import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Binary, Int32 } from 'bson';
import { MongoServerError } from '../errors';
import type { BsonDocument } from '../values/types';
import { BackupError } from './backup-error';
import type { Credentials } from './connection-string';
import type { WireClient } from './wire-client';

const deriveKey = promisify(pbkdf2);

type CommandRunner = Pick<WireClient, 'command'>;

interface Mechanism {
  readonly name: string;
  readonly digest: 'sha1' | 'sha256';
  readonly keyBytes: number;
  /** What goes for the password (specification "Driver Authentication"). */
  readonly secret: (credentials: Credentials) => string;
}

const SCRAM_SHA_256: Mechanism = {
  name: 'SCRAM-SHA-256',
  digest: 'sha256',
  keyBytes: 32,
  // NFKC is what SASLprep (RFC 4013) does to the characters that people use in passwords.
  secret: ({ password }) => password.normalize('NFKC'),
};
const SCRAM_SHA_1: Mechanism = {
  name: 'SCRAM-SHA-1',
  digest: 'sha1',
  keyBytes: 20,
  secret: ({ username, password }) =>
    createHash('md5').update(`${username}:mongo:${password}`).digest('hex'),
};
const LEAST_ITERATIONS = 4096;

/**
 * Logs in by SCRAM (RFC 5802, RFC 7677) and checks that the server knows the password too.
 * @throws MongoServerError 18 for wrong credentials, BackupError for other mechanisms.
 */
export async function authenticate(
  client: CommandRunner,
  credentials: Credentials,
  nonce = randomBytes(24).toString('base64'),
): Promise<void> {
  const mechanism = await chooseMechanism(client, credentials);
  const { source } = credentials;
  const firstBare = `n=${escapeName(credentials.username)},r=${nonce}`;
  const started = await client.command(source, {
    saslStart: 1,
    mechanism: mechanism.name,
    payload: payloadOf(`n,,${firstBare}`),
    options: { skipEmptyExchange: true },
  });
  const conversationId = started.get('conversationId') ?? new Int32(1);
  const challenge = readPayload(started);
  const proof = await prove(mechanism, credentials, { nonce, firstBare, challenge });
  const finished = await client.command(source, {
    saslContinue: 1,
    conversationId,
    payload: payloadOf(proof.message),
  });
  checkServerSignature(readPayload(finished), proof.serverSignature);
  if (finished.get('done') === true) return;
  await client.command(source, { saslContinue: 1, conversationId, payload: payloadOf('') });
}

async function chooseMechanism(
  client: CommandRunner,
  credentials: Credentials,
): Promise<Mechanism> {
  const { username, source, mechanism } = credentials;
  if (mechanism !== undefined) {
    const known = [SCRAM_SHA_256, SCRAM_SHA_1].find(({ name }) => name === mechanism);
    if (known) return known;
    throw new BackupError(`authentication by ${mechanism} is not supported, only SCRAM`);
  }
  const hello = await client.command('admin', {
    hello: 1,
    saslSupportedMechs: `${source}.${username}`,
  });
  const offered = hello.get('saslSupportedMechs');
  const offersSha256 = Array.isArray(offered) && offered.includes(SCRAM_SHA_256.name);
  return offersSha256 ? SCRAM_SHA_256 : SCRAM_SHA_1;
}

interface Exchange {
  readonly nonce: string;
  readonly firstBare: string;
  readonly challenge: string;
}

async function prove(
  { digest, keyBytes, secret }: Mechanism,
  credentials: Credentials,
  { nonce, firstBare, challenge }: Exchange,
): Promise<{ message: string; serverSignature: Buffer }> {
  const fields = fieldsOf(challenge);
  const combinedNonce = fields.get('r') ?? '';
  const iterations = Number(fields.get('i'));
  if (!combinedNonce.startsWith(nonce) || !(iterations >= LEAST_ITERATIONS)) {
    throw new BackupError('the server answered the login with an unsafe challenge');
  }
  const salt = Buffer.from(fields.get('s') ?? '', 'base64');
  const salted = await deriveKey(secret(credentials), salt, iterations, keyBytes, digest);
  const hmac = (key: Buffer, text: string): Buffer => createHmac(digest, key).update(text).digest();
  const clientKey = hmac(salted, 'Client Key');
  const storedKey = createHash(digest).update(clientKey).digest();
  const withoutProof = `c=biws,r=${combinedNonce}`;
  const authMessage = `${firstBare},${challenge},${withoutProof}`;
  const clientSignature = hmac(storedKey, authMessage);
  const proof = clientKey.map((byte, index) => byte ^ (clientSignature[index] ?? 0));
  return {
    message: `${withoutProof},p=${Buffer.from(proof).toString('base64')}`,
    serverSignature: hmac(hmac(salted, 'Server Key'), authMessage),
  };
}

function checkServerSignature(answer: string, expected: Buffer): void {
  const given = Buffer.from(fieldsOf(answer).get('v') ?? '', 'base64');
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw new MongoServerError(
    'AuthenticationFailed',
    'the server does not know the password either',
  );
}

function fieldsOf(message: string): Map<string, string> {
  return new Map(message.split(',').map((field) => [field.slice(0, 1), field.slice(2)]));
}

function escapeName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}

function payloadOf(text: string): Binary {
  return new Binary(Buffer.from(text));
}

function readPayload(reply: BsonDocument): string {
  const payload = reply.get('payload');
  return payload instanceof Binary ? Buffer.from(payload.value()).toString() : '';
}
