import type { Logger } from 'pino';
import type { Config } from '../../config';
import { reasonOf } from '../../utils/boot-error';
import { checkConfiguration } from './check-configuration';
import { checkDatabase } from './check-database';
import { checkFolders, checkNode, checkOpenFiles, checkPort } from './check-machine';
import { checkStore } from './check-store';
import { failed, type Finding } from './finding';

/**
 * Looks at everything that a server needs, and says what to do about what is wrong. Beside a running
 * server it looks at that one's database.
 * @param envFile where `.env` is, if there is one
 * @returns in the order in which to put things right; where the configuration is invalid, what can be
 *   seen without it
 */
export async function examine(
  environment: Readonly<Record<string, string | undefined>>,
  envFile: string,
  logger: Logger,
): Promise<Finding[]> {
  const { config, findings } = checkConfiguration(environment, envFile);
  const general = [checkNode(), checkOpenFiles()];
  if (!config) return [...general, ...findings];
  return [...general, ...findings, ...(await examineRest(config, logger))];
}

async function examineRest(config: Config, logger: Logger): Promise<Finding[]> {
  const findings = await checkFolders(config);
  findings.push(await checkPort(config));
  for (const [what, check] of [
    ['media store', () => checkStore(config, logger)],
    ['database', () => checkDatabase(config, logger)],
  ] as const) {
    try {
      findings.push(...(await check()));
    } catch (error) {
      findings.push(failed(what, reasonOf(error), 'this is unforeseen: please report it'));
    }
  }
  return findings;
}
