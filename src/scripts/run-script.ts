import { reasonOf } from '../utils/boot-error';

/** How a script is called, and what it is for: all that `--help` answers. */
export interface ScriptManual {
  /** One line, as one types it. */
  usage: string;
  /** What it does, what its options mean, and what it exits with. */
  about: string;
}

export interface Script {
  manual: ScriptManual;
  /** Completes "Cannot …". */
  task: string;
  /** The exit code when it could not do that; 1, when absent. */
  couldNotRun?: number;
  run: () => Promise<void>;
}

/** Called in a way that the script does not know. */
export class UsageError extends Error {
  constructor({ usage }: ScriptManual) {
    super(`use it as ${usage}`);
    this.name = 'UsageError';
  }
}

/** Runs a script, or only says what it is for; a failure is one line, without a stack. */
export function runScript({ manual, task, couldNotRun = 1, run }: Script): void {
  if (asksForHelp(process.argv.slice(2))) {
    process.stdout.write(`${manual.usage}\n\n${manual.about}\n`);
    return;
  }
  run().catch((error: unknown) => {
    process.stderr.write(`Cannot ${task}: ${reasonOf(error)}\n`);
    if (isUnknownOption(error)) process.stderr.write(`Use it as ${manual.usage}\n`);
    process.exitCode = couldNotRun;
  });
}

/** Writes a line to the standard output. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function asksForHelp(parameters: readonly string[]): boolean {
  const end = parameters.indexOf('--');
  const options = end === -1 ? parameters : parameters.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

/** What `parseArgs` throws: https://nodejs.org/api/errors.html#err_parse_args_unknown_option */
function isUnknownOption(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')
  );
}
