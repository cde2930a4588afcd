import { parseCollation, type Collation } from '../values/collation';
import type { CommandArguments } from './arguments';

/**
 * The `collation` of a command or statement; undefined for none and for the simple one.
 * @throws MongoServerError as parseCollation
 */
export function collationOf(parsed: CommandArguments): Collation | undefined {
  const specification = parsed.document('collation');
  return specification && specification.size > 0 ? parseCollation(specification) : undefined;
}
