/** What stands below these is a value, whatever it looks like. */
export const LITERALS: ReadonlySet<string> = new Set(['$literal', '$const']);
