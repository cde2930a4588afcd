import type { MatchNode, Predicate } from '../match/types';

/** The array that one $elemMatch looks into: its conditions hold for the same element. */
export interface ElementScope {
  readonly path: string;
}

/** A condition on one path. Its predicates hold for the same value. */
export interface FieldCondition {
  readonly path: string;
  readonly predicates: readonly Predicate[];
  readonly scope?: ElementScope;
  /** True when only elements of an array can meet the condition, not a value that is no array. */
  readonly isElementMatch?: boolean;
}

/** What a filter asks, in the form that indexes can serve: all of it must hold. */
export interface Conjunction {
  readonly conditions: readonly FieldCondition[];
  /** One entry per $or: at least one of its branches must hold. */
  readonly alternatives: readonly (readonly Conjunction[])[];
  /** False when the filter asks more than the conditions and alternatives say. */
  readonly complete: boolean;
  /** True when nothing can match. */
  readonly never: boolean;
  readonly text: boolean;
}

export const NO_CONDITIONS: Conjunction = {
  conditions: [],
  alternatives: [],
  complete: true,
  never: false,
  text: false,
};

const UNKNOWN: Conjunction = { ...NO_CONDITIONS, complete: false };

/** The part of a filter that indexes can serve. */
export function toConjunction(node: MatchNode): Conjunction {
  switch (node.kind) {
    case 'and':
      return node.children.map(toConjunction).reduce(both, NO_CONDITIONS);
    case 'or':
      return { ...NO_CONDITIONS, alternatives: [node.children.map(toConjunction)] };
    case 'path':
      return pathConjunction(node.path, node.predicate);
    case 'always':
      return { ...NO_CONDITIONS, never: !node.value };
    case 'text':
      return { ...UNKNOWN, text: true };
    default:
      return UNKNOWN;
  }
}

function both(left: Conjunction, right: Conjunction): Conjunction {
  return {
    conditions: [...left.conditions, ...right.conditions],
    alternatives: [...left.alternatives, ...right.alternatives],
    complete: left.complete && right.complete,
    never: left.never || right.never,
    text: left.text || right.text,
  };
}

function pathConjunction(path: string, predicate: Predicate): Conjunction {
  switch (predicate.op) {
    case 'all':
      if (predicate.predicates.length === 0) return { ...NO_CONDITIONS, never: true };
      return predicate.predicates.map((part) => pathConjunction(path, part)).reduce(both);
    case 'elemMatchValue': {
      const { predicates } = predicate;
      return { ...UNKNOWN, conditions: [{ path, predicates, isElementMatch: true }] };
    }
    case 'elemMatchObject':
      return { ...withinElement(toConjunction(predicate.node), { path }), complete: false };
    default:
      return { ...NO_CONDITIONS, conditions: [{ path, predicates: [predicate] }] };
  }
}

/**
 * The conditions of an $elemMatch as conditions on the document. Those of an $elemMatch inside it are
 * left to the matcher, so that a scope is always one array of the document.
 */
function withinElement(inner: Conjunction, scope: ElementScope): Conjunction {
  return {
    ...inner,
    conditions: inner.conditions
      .filter((condition) => condition.scope === undefined)
      .map((condition) => ({ ...condition, path: `${scope.path}.${condition.path}`, scope })),
    alternatives: inner.alternatives.map((branches) =>
      branches.map((branch) => withinElement(branch, scope)),
    ),
  };
}
