import { createHash } from 'node:crypto';
import os from 'node:os';

/** What names of temporary files say of the host whose process made them. */
export function hostMark(hostName: string = os.hostname()): string {
  return createHash('sha256').update(hostName).digest('hex').slice(0, 8);
}
