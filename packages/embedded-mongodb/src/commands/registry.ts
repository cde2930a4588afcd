import { aggregateCommands } from './aggregate';
import { collectionCommands } from './collection-commands';
import type { CommandDefinition } from './command';
import { countAndDistinctCommands } from './count-distinct';
import { cursorCommands } from './cursor-commands';
import { diagnosticCommands } from './diagnostics';
import { explainCommands } from './explain';
import { findCommands } from './find';
import { findAndModifyCommands } from './find-and-modify';
import { handshakeCommands } from './handshake';
import { indexCommands } from './index-commands';
import { sessionCommands } from './session-commands';
import { statisticsCommands } from './statistics-commands';
import { validateCommands } from './validate';
import { writeCommands } from './write-commands';
import { GENERIC_FIELDS } from './generic-arguments';

export interface RegisteredCommand {
  readonly definition: CommandDefinition;
  /** Accepted fields including the generic ones; undefined accepts anything. */
  readonly fields?: ReadonlySet<string>;
}

const FAMILIES: readonly (readonly CommandDefinition[])[] = [
  handshakeCommands,
  findCommands,
  cursorCommands,
  countAndDistinctCommands,
  writeCommands,
  findAndModifyCommands,
  aggregateCommands,
  explainCommands,
  collectionCommands,
  indexCommands,
  statisticsCommands,
  validateCommands,
  sessionCommands,
  diagnosticCommands(allCommands),
];

const COMMANDS = new Map<string, RegisteredCommand>();
for (const definition of FAMILIES.flat()) {
  const names = [definition.name, ...(definition.aliases ?? [])];
  const fields = definition.fields && new Set([...names, ...definition.fields, ...GENERIC_FIELDS]);
  for (const name of names) COMMANDS.set(name, { definition, ...(fields && { fields }) });
}

/** The command with this name or alias (names are case-sensitive, as on the server). */
export function findCommand(name: string): RegisteredCommand | undefined {
  return COMMANDS.get(name);
}

/** Every command, for listCommands and the README's support table. */
export function allCommands(): CommandDefinition[] {
  return FAMILIES.flat();
}
