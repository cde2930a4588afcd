import { readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import { parse } from 'dotenv';
import { ConfigError, KNOWN_VARIABLES, loadConfig, type Config } from '../../config';
import { failed, ok, warning, type Finding } from './finding';

type Environment = Readonly<Record<string, string | undefined>>;

const WHAT = 'configuration';
/** Read by Node and its libraries, not by us. */
const FOREIGN_VARIABLES =
  /^(NODE_|npm_|UV_|TZ$|LANG$|LC_|PATH$|DEBUG|SSL_|HTTPS?_PROXY$|NO_PROXY$)/i;

/** The configuration, unless it is invalid, and what is to be said about it. Writes nothing. */
export function checkConfiguration(
  environment: Environment,
  envFile: string,
): { config?: Config; findings: Finding[] } {
  const fromFile = checkEnvFile(envFile);
  try {
    const config = loadConfig(environment, undefined, { mayGenerate: false });
    const advice = [...secretAdvice(environment, config), ...publicAdvice(config)];
    const database = config.mongodbUri === undefined ? 'the embedded database' : 'MONGODB_URI';
    const store = config.cloudinary ? 'Cloudinary' : 'the local store';
    const summary = ok(WHAT, `valid, ${config.nodeEnv}, with ${database} and ${store}`);
    return { config, findings: [summary, ...advice, ...fromFile] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const faults = error.faults.map((fault) =>
      failed(WHAT, fault, 'correct it in the environment or in .env; .env.sample explains each'),
    );
    return { findings: [...faults, ...fromFile] };
  }
}

/** Weak secrets are no fault outside production; whoever has set them may believe they are good. */
function secretAdvice(environment: Environment, config: Config): Finding[] {
  const advice = 'set different values of 32 random bytes: openssl rand -base64 48';
  if (config.isProduction) return [ok('secrets', 'set, long, random and different')];
  const isSet = Boolean(environment.ACCESS_TOKEN_SECRET || environment.REFRESH_TOKEN_SECRET);
  if (!isSet) {
    return [ok('secrets', `generated into ${config.dataDir}; production wants its own`)];
  }
  const weak = faultsInProduction(environment).filter((fault) => fault.includes('_SECRET'));
  if (weak.length === 0) return [ok('secrets', 'set, long, random and different')];
  return weak.map((fault) => warning('secrets', `production would refuse: ${fault}`, advice));
}

function faultsInProduction(environment: Environment): readonly string[] {
  try {
    loadConfig({ ...environment, NODE_ENV: 'production' }, undefined, { mayGenerate: false });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

/** What is valid and, for a server on the internet, probably not meant. */
function publicAdvice(config: Config): Finding[] {
  const found: Finding[] = [];
  const warn = (what: string, says: string, advice: string): void => {
    found.push(warning(what, says, advice));
  };
  const isHttps = config.publicUrl?.startsWith('https:') === true;
  if (!config.isProduction && isHttps) {
    const says = `NODE_ENV is ${config.nodeEnv} with an https PUBLIC_URL: cookies are not Secure`;
    warn('NODE_ENV', says, 'set NODE_ENV=production for a server on the internet');
  }
  if (config.corsOrigins.includes('*')) {
    const says = 'any page may read what needs no sign-in';
    warn('CORS_ORIGIN', says, 'list the origins of your frontends instead of *');
  }
  if (config.webConcurrency > os.availableParallelism()) {
    const says = `${config.webConcurrency} workers on ${os.availableParallelism()} cores`;
    warn('WEB_CONCURRENCY', says, 'more workers than cores only take each other memory');
  }
  if (config.isProduction) found.push(...productionAdvice(config, isHttps));
  return found;
}

function productionAdvice(config: Config, isHttps: boolean): Finding[] {
  const found: Finding[] = [];
  if (config.publicUrl === undefined) {
    const says = `not set: media addresses begin with http://localhost:${config.port}`;
    found.push(warning('PUBLIC_URL', says, 'set it to where clients reach the server'));
  } else if (!isHttps) {
    const says = 'http: browsers keep Secure cookies over HTTPS alone, so nobody stays signed in';
    found.push(warning('PUBLIC_URL', says, 'put a proxy with TLS in front, and say https'));
  }
  if (config.trustProxy === false && isHttps) {
    const says = 'false, and TLS ends at a proxy: all throttles see one client, the proxy';
    found.push(warning('TRUST_PROXY', says, 'set the number of proxies, or their addresses'));
  }
  if (config.mail.smtpUrl === undefined) {
    const says = `not set: mails are written to ${config.dataDir}/outbox, and reach nobody`;
    found.push(warning('SMTP_URL', says, 'set it and MAIL_FROM, or nobody can reset a password'));
  }
  return found;
}

/** A misspelt variable is silent otherwise: what it was meant to change keeps its default. */
function checkEnvFile(file: string): Finding[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    return [failed('.env', `cannot be read: ${String(error)}`, 'let this user read it')];
  }
  const names = Object.keys(parse(text));
  const unknown = names.filter(
    (name) => !KNOWN_VARIABLES.has(name) && !FOREIGN_VARIABLES.test(name),
  );
  const found = unknown.map((name) =>
    warning('.env', `${name} is no variable of this server`, '.env.sample lists all of them'),
  );
  // Windows has no such bits.
  const isOpen = process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0;
  if (isOpen && names.some((name) => /SECRET|_URI|_URL|TOKEN/.test(name))) {
    found.push(warning('.env', 'other users of this machine may read it', 'chmod 600 .env'));
  }
  return found;
}
