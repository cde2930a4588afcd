import { MongoServerError } from '../errors';
import type { MatchExpression } from '../match/types';
import { asksForTextScore, noTextScore } from '../text/score-request';
import type { DocumentMetadata } from '../values/metadata';
import type { BsonDocument } from '../values/types';
import { addComputedFields, excludeFields, hasComputedFields, includeFields } from './apply';
import { pickMatched, sliceAt } from './arrays';
import { parseProjection, type ProjectionOptions } from './parse';
import type { CompiledProjection, ProjectionNode, ProjectionTree } from './types';

export type { ProjectionOptions } from './parse';
export type { CompiledProjection } from './types';

/**
 * Compiles the projection of a find command or a `$project` stage.
 * @throws MongoServerError with MongoDB's codes for invalid projections
 */
export function compileProjection(
  spec: BsonDocument,
  options: ProjectionOptions,
): CompiledProjection {
  const { root, isInclusion } = parseProjection(spec, options);
  const { kind, match } = options;
  if (kind === 'find' && match && !match.textQuery && asksForTextScore(spec)) throw noTextScore();
  const select = isInclusion ? includeFields : excludeFields;
  const hasComputed = hasComputedFields(root);
  const finish = arrayOperations(root, match);
  return {
    isInclusion,
    includedPaths: isInclusion ? includedPaths(root) : undefined,
    apply: (document, metadata?: DocumentMetadata) => {
      const output = select(root, document);
      if (hasComputed) addComputedFields(root, output, { root: document, metadata });
      return finish === undefined ? output : finish(output, document);
    },
  };
}

type ArrayOperation = (output: BsonDocument, original: BsonDocument) => BsonDocument;

/** `$slice` and `a.$` work on what the rest of the projection has left. */
function arrayOperations(
  root: ProjectionTree,
  match: MatchExpression | undefined,
): ArrayOperation | undefined {
  const operations: ArrayOperation[] = [];
  visitLeaves(root, [], (node, path) => {
    if (node.kind === 'slice') {
      operations.push((output) => sliceAt(output, path, node.skip, node.limit));
    } else if (node.kind === 'positional' && match !== undefined) {
      operations.push((output, original) => {
        const { matched, arrayIndex } = match.matchWithPosition(original);
        if (!matched) {
          throw new MongoServerError(
            51246,
            "Executor error during find command :: caused by :: positional operator '.$' couldn't " +
              'find a matching element in the array',
          );
        }
        return pickMatched(output, path, arrayIndex);
      });
    }
  });
  if (operations.length === 0) return undefined;
  return (output, original) =>
    operations.reduce((current, operation) => operation(current, original), output);
}

function visitLeaves(
  tree: ProjectionTree,
  path: readonly string[],
  visit: (node: Exclude<ProjectionNode, ProjectionTree>, path: readonly string[]) => void,
): void {
  for (const [name, node] of tree.children) {
    const childPath = [...path, name];
    if (node.kind === 'tree') visitLeaves(node, childPath, visit);
    else visit(node, childPath);
  }
}

/** The paths of an inclusion that only picks fields; undefined when it does more. */
function includedPaths(root: ProjectionTree): readonly string[] | undefined {
  const paths: string[] = [];
  let picksOnly = true;
  visitLeaves(root, [], (node, path) => {
    if (node.kind !== 'flag') picksOnly = false;
    else if (node.included) paths.push(path.join('.'));
  });
  return picksOnly ? paths : undefined;
}
