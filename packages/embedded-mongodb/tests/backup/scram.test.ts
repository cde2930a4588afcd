import { Binary, Int32 } from 'bson';
import { authenticate } from '../../src/backup/scram';
import type { BsonDocument, Value } from '../../src/values/types';

const CREDENTIALS = { username: 'user', password: 'pencil', source: 'admin' };

interface Conversation {
  readonly mechanism: 'SCRAM-SHA-1' | 'SCRAM-SHA-256';
  readonly serverFirst: string;
  readonly serverFinal: string;
}

/** A server that says what the example of the RFC says, and keeps what it hears. */
function recordedServer({ mechanism, serverFirst, serverFinal }: Conversation): {
  heard: string[];
  command: (database: string, command: Readonly<Record<string, unknown>>) => Promise<BsonDocument>;
} {
  const heard: string[] = [];
  return {
    heard,
    command: async (_database, command) => {
      if ('hello' in command) return new Map<string, Value>([['saslSupportedMechs', [mechanism]]]);
      heard.push(Buffer.from((command.payload as Binary).value()).toString());
      const answer = 'saslStart' in command ? serverFirst : serverFinal;
      return new Map<string, Value>([
        ['conversationId', new Int32(1)],
        ['done', !('saslStart' in command)],
        ['payload', new Binary(Buffer.from(answer))],
      ]);
    },
  };
}

/** RFC 7677, section 3. */
const SHA_256: Conversation = {
  mechanism: 'SCRAM-SHA-256',
  serverFirst:
    'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
};

test('a login by SCRAM-SHA-256, when the server speaks as in RFC 7677, answers as there', async () => {
  const server = recordedServer(SHA_256);
  await authenticate(server, CREDENTIALS, 'rOprNGfwEbeRWgbNEkqO');
  expect(server.heard).toEqual([
    'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  ]);
});

/** The example of the specification "Driver Authentication", section SCRAM-SHA-1. */
test('a login by SCRAM-SHA-1, when the server offers no better, proves the hashed password', async () => {
  const server = recordedServer({
    mechanism: 'SCRAM-SHA-1',
    serverFirst:
      'r=fyko+d2lbbFgONRv9qkxdawLHo+Vgk7qvUOKUwuWLIWg4l/9SraGMHEE,s=rQ9ZY3MntBeuP3E1TDVC4w==,i=10000',
    serverFinal: 'v=UMWeI25JD1yNYZRMpZ4VHvhZ9e0=',
  });
  await authenticate(server, CREDENTIALS, 'fyko+d2lbbFgONRv9qkxdawL');
  expect(server.heard[1]).toBe(
    'c=biws,r=fyko+d2lbbFgONRv9qkxdawLHo+Vgk7qvUOKUwuWLIWg4l/9SraGMHEE,p=MC2T8BvbmWRckDw8oWl5IVghwCY=',
  );
});

test.each<[string, Partial<Conversation>, RegExp]>([
  ['has another signature', { serverFinal: 'v=AAAA' }, /does not know the password either/],
  ['answers another nonce', { serverFirst: 'r=other,s=AAAA,i=4096' }, /unsafe challenge/],
  [
    'asks for too few iterations',
    { serverFirst: 'r=rOprNGfwEbeRWgbNEkqO1,s=AAAA,i=1' },
    /unsafe challenge/,
  ],
])('a login, when the server %s, is refused', async (_, change, message) => {
  const server = recordedServer({ ...SHA_256, ...change });
  await expect(authenticate(server, CREDENTIALS, 'rOprNGfwEbeRWgbNEkqO')).rejects.toThrow(message);
});

test('a login, when another mechanism is asked for, is refused', async () => {
  const credentials = { ...CREDENTIALS, mechanism: 'MONGODB-X509' };
  await expect(authenticate(recordedServer(SHA_256), credentials)).rejects.toThrow(
    'authentication by MONGODB-X509 is not supported, only SCRAM',
  );
});
