import { hostname } from 'node:os';
import { pino, type DestinationStream, type Logger } from 'pino';
import type { Config } from '../config';

/** The process's logger: JSON lines on standard output, secrets redacted wherever they appear. */
export function createLogger(
  config: Pick<Config, 'logLevel'> & Partial<Pick<Config, 'workerNumber'>>,
  destination?: DestinationStream,
): Logger {
  const secrets = [
    'password',
    'oldPassword',
    'newPassword',
    'confirmPassword',
    'accessToken',
    'refreshToken',
    'token',
    'secret',
    'recoveryCodes',
  ];
  const headers = ['authorization', 'cookie', '["set-cookie"]'];
  const { workerNumber } = config;
  return pino(
    {
      level: config.logLevel,
      base: {
        pid: process.pid,
        hostname: hostname(),
        ...(workerNumber !== undefined && { worker: workerNumber }),
      },
      redact: {
        paths: [
          ...secrets.flatMap((name) => [name, `*.${name}`]),
          ...headers.flatMap((name) => {
            const key = name.startsWith('[') ? name : `.${name}`;
            return [`headers${key}`, `*.headers${key}`];
          }),
        ],
        censor: '[redacted]',
      },
    },
    destination ?? pino.destination({ sync: false }),
  );
}
