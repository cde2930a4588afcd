import { parseArgs } from 'node:util';
import dotenv from 'dotenv';
import { loadConfig } from '../config';
import { USER_ROLES, type UserRole } from '../models/user.model';
import { openDatabase } from '../services/migrations/open-database';
import { changeRoleFromConsole } from '../services/role.service';
import { ApiError } from '../utils/api-error';
import { createLogger } from '../utils/logger';
import { runScript, UsageError, type ScriptManual } from './run-script';

/** `npm run role -- <username> <role>`: the only way to the first admin. */
const MANUAL: ScriptManual = {
  usage: `npm run role -- <username> <${USER_ROLES.join('|')}>`,
  about: 'Gives somebody a role: the only way to the first admin.',
};

dotenv.config({ quiet: true });

async function main(): Promise<void> {
  const { username, role } = readArguments();
  const config = loadConfig(process.env);
  const database = await openDatabase(config, createLogger({ logLevel: 'warn' }), 'script');
  try {
    await changeRoleFromConsole(username, role);
    process.stdout.write(`${username} is ${role === 'admin' ? 'an' : 'a'} ${role} now\n`);
  } catch (error) {
    if (error instanceof ApiError)
      throw new Error(`nobody is called ${username}`, { cause: error });
    throw error;
  } finally {
    await database.close();
  }
}

function readArguments(): { username: string; role: UserRole } {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [name = '', wanted, ...others] = positionals;
  const role = USER_ROLES.find((known) => known === wanted);
  if (name === '' || !role || others.length > 0) throw new UsageError(MANUAL);
  return { username: name.toLowerCase(), role };
}

runScript({ manual: MANUAL, task: 'change the role', run: main });
