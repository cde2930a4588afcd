#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { runBackupCommand } from './backup/backup-command';
import { startInstance, type Instance, type InstanceOptions } from './instance';

const HELP = `Usage: embedded-mongodb --data DIR [--port N] [--bind HOST]
       embedded-mongodb dump --help
       embedded-mongodb restore --help

Serves a data directory to MongoDB drivers and tools until SIGTERM or Ctrl-C.

  --data DIR           where the data lies; made when it does not exist
  --port N             listen on TCP port N (0: any free one); without it, on a Unix domain socket
  --bind HOST          address for --port (default 127.0.0.1; there is no authentication)
  --no-test-commands   refuse configureFailPoint (fault injection)
  --help               print this
`;

const USAGE_ERROR = 2;

class UsageError extends Error {}

interface CommandLine {
  readonly help: boolean;
  readonly options?: InstanceOptions;
}

function parseCommandLine(argv: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      data: { type: 'string' },
      port: { type: 'string' },
      bind: { type: 'string' },
      'no-test-commands': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return { help: true };
  if (!values.data) throw new UsageError('--data DIR is required');
  if (values.bind !== undefined && values.port === undefined) {
    throw new UsageError('--bind needs --port');
  }
  const listen = values.port === undefined ? undefined : parsePort(values.port, values.bind);
  return {
    help: false,
    options: {
      dataDir: values.data,
      testCommands: values['no-test-commands'] !== true,
      ...(listen && { listen }),
    },
  };
}

function parsePort(text: string, host = '127.0.0.1'): { port: number; host: string } {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) {
    throw new UsageError(`--port must be a number from 0 to 65535, not '${text}'`);
  }
  return { port, host };
}

function log(message: string): void {
  process.stdout.write(`${new Date().toISOString()} ${message}\n`);
}

function logError(message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${message}\n`);
}

function stopOnSignals(instance: Instance): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    log(`${signal} received: finishing what runs`);
    instance.stop().then(
      () => {
        log('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        logError(`could not stop cleanly: ${messageOf(error)}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Exit codes: 0 stopped by a signal, 1 could not start or stop, 2 wrong usage. */
async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2);
  if (command === 'dump' || command === 'restore') {
    process.exitCode = await runBackupCommand(command, rest);
    return;
  }
  let commandLine: CommandLine;
  try {
    commandLine = parseCommandLine(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${HELP}`);
    process.exit(USAGE_ERROR);
  }
  if (!commandLine.options) {
    process.stdout.write(HELP);
    return;
  }
  try {
    const instance = await startInstance(commandLine.options, (error) => {
      logError(`internal fault: ${error.stack ?? error.message}`);
    });
    stopOnSignals(instance);
    log(`serving ${commandLine.options.dataDir}`);
    log(`ready at ${instance.uri}`);
  } catch (error) {
    logError(`could not start: ${messageOf(error)}`);
    process.exit(1);
  }
}

void main();
