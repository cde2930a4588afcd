import { BackupError } from './backup-error';

export type ServerAddress =
  { readonly socketPath: string } | { readonly host: string; readonly port: number };

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Database that the user is defined in. */
  readonly source: string;
  /** undefined: what the server offers. */
  readonly mechanism?: string;
}

export interface TlsSettings {
  readonly caFile?: string;
}

export interface ConnectionString {
  readonly addresses: readonly ServerAddress[];
  readonly directConnection: boolean;
  readonly credentials?: Credentials;
  readonly tls?: TlsSettings;
}

const SCHEME = 'mongodb://';
const DEFAULT_PORT = 27017;
/** Options that change how or where a server is reached; any other one is the application's affair. */
const REFUSED_OPTIONS = new Set([
  'authmechanismproperties',
  'loadbalanced',
  'proxyhost',
  'tlsallowinvalidcertificates',
  'tlsallowinvalidhostnames',
  'tlscertificatekeyfile',
  'tlsinsecure',
]);

/**
 * Takes a `mongodb://` connection string apart
 * (https://www.mongodb.com/docs/manual/reference/connection-string/).
 * @throws BackupError for what is malformed, and for options that cannot be honoured.
 */
export function parseConnectionString(uri: string): ConnectionString {
  if (uri.startsWith('mongodb+srv://')) {
    throw new BackupError(
      'mongodb+srv:// is not supported: give the hosts as mongodb://host:port,…',
    );
  }
  if (!uri.startsWith(SCHEME)) throw new BackupError(`a connection string starts with ${SCHEME}`);
  const [beforeQuery = '', query = ''] = splitOnce(uri.slice(SCHEME.length), '?');
  const [authority = '', database = ''] = splitOnce(beforeQuery, '/');
  const at = authority.lastIndexOf('@');
  const options = parseOptions(query);
  const hosts = authority.slice(at + 1).split(',');
  return {
    addresses: hosts.map(parseAddress),
    directConnection: options.get('directconnection') === 'true',
    ...(at !== -1 && {
      credentials: parseCredentials(authority.slice(0, at), decode(database), options),
    }),
    ...tlsSettings(options),
  };
}

function parseOptions(query: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const [name = '', value = ''] = splitOnce(pair, '=');
    const key = name.toLowerCase();
    if (REFUSED_OPTIONS.has(key)) {
      throw new BackupError(`the connection string option ${name} is not supported`);
    }
    options.set(key, decode(value));
  }
  return options;
}

function tlsSettings(options: ReadonlyMap<string, string>): { tls?: TlsSettings } {
  const caFile = options.get('tlscafile');
  const wanted = options.get('tls') ?? options.get('ssl') ?? (caFile ? 'true' : 'false');
  return wanted === 'true' ? { tls: caFile === undefined ? {} : { caFile } } : {};
}

function parseCredentials(
  text: string,
  database: string,
  options: ReadonlyMap<string, string>,
): Credentials {
  const [username = '', password] = splitOnce(text, ':');
  if (username === '' || password === undefined) {
    throw new BackupError('the connection string names a user without a password');
  }
  const mechanism = options.get('authmechanism');
  return {
    username: decode(username),
    password: decode(password),
    source: options.get('authsource') ?? (database || 'admin'),
    ...(mechanism !== undefined && { mechanism }),
  };
}

function parseAddress(text: string): ServerAddress {
  const decoded = decode(text);
  if (decoded.endsWith('.sock')) return { socketPath: decoded };
  return parseHostAndPort(decoded);
}

/** `host`, `host:port` or `[IPv6]:port`, as connection strings and `hello` give it. */
export function parseHostAndPort(text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  if (host === undefined || port > 65535) throw new BackupError(`'${text}' is no server address`);
  return { host, port };
}

export function formatAddress(address: ServerAddress): string {
  if ('socketPath' in address) return address.socketPath;
  return address.host.includes(':')
    ? `[${address.host}]:${address.port}`
    : `${address.host}:${address.port}`;
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new BackupError(`'${text}' is not percent-encoded as a connection string must be`);
  }
}
