import { LITERALS } from '../expression/literals';
import type { Value } from '../values/types';

const DRAWING: ReadonlySet<string> = new Set(['$rand', '$sampleRate']);

/** True for stages, filters and expressions that come out differently each time they are asked. */
export function drawsAtRandom(value: Value): boolean {
  if (Array.isArray(value)) return value.some(drawsAtRandom);
  if (!(value instanceof Map)) return false;
  return [...value].some(
    ([name, inner]) => DRAWING.has(name) || (!LITERALS.has(name) && drawsAtRandom(inner)),
  );
}
