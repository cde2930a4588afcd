import type { RunOnRequirement } from './schema';

/** What the tests run against, as `runOnRequirements` describes servers. */
const SERVER_VERSION = [7, 0, 0];
const TOPOLOGY = 'replicaset';
const PARAMETERS: ReadonlyMap<string, unknown> = new Map([
  ['enableTestCommands', true],
  ['requireApiVersion', false],
  ['acceptApiVersion2', false],
]);

/**
 * Whether a test applies to a one-member replica set of version 7.0 without authentication.
 * @returns undefined when it does, else why not.
 */
export function reasonNotToRun(
  requirements: readonly RunOnRequirement[] | undefined,
): string | undefined {
  if (!requirements || requirements.some(isMet)) return undefined;
  return 'is for other servers';
}

function isMet(requirement: RunOnRequirement): boolean {
  const { minServerVersion, maxServerVersion, topologies, serverless, auth, csfle } = requirement;
  const parameters = Object.entries(requirement.serverParameters ?? {});
  if (parameters.some(([name, value]) => PARAMETERS.get(name) !== value)) return false;
  if (minServerVersion && compareVersions(SERVER_VERSION, parse(minServerVersion)) < 0)
    return false;
  if (maxServerVersion && compareVersions(SERVER_VERSION, parse(maxServerVersion)) > 0)
    return false;
  if (topologies && !topologies.includes(TOPOLOGY)) return false;
  return serverless !== 'require' && auth !== true && !csfle;
}

function parse(version: string): number[] {
  return version.split('.').map(Number);
}

function compareVersions(left: readonly number[], right: readonly number[]): number {
  for (const [position, part] of right.entries()) {
    const difference = (left[position] ?? 0) - part;
    if (difference !== 0) return difference;
  }
  return 0;
}
