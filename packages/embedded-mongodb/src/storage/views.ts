import { MongoServerError } from '../errors';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import type { CollectionInfo, Namespace } from './types';

/** A query that is read like a collection. */
export interface ViewDefinition {
  readonly namespace: Namespace;
  /** The collection or view that the pipeline reads. */
  readonly viewOn: Namespace;
  readonly pipeline: readonly BsonDocument[];
}

/** Where the server keeps the definitions of a database's views. */
export const SYSTEM_VIEWS = 'system.views';
/** How many views may stand on each other (manual: "Views"). */
const DEEPEST_VIEW = 20;

/** What a catalog entry defines as a view, undefined for a collection. */
export function viewOf({
  namespace,
  options,
}: Pick<CollectionInfo, 'namespace' | 'options'>): ViewDefinition | undefined {
  const viewOn = options.get('viewOn');
  if (typeof viewOn !== 'string') return undefined;
  return {
    namespace,
    viewOn: { database: namespace.database, collection: viewOn },
    pipeline: stagesOf(options.get('pipeline')),
  };
}

export function commandNotSupportedOnView({ database, collection }: Namespace): MongoServerError {
  return new MongoServerError(
    'CommandNotSupportedOnView',
    `Namespace ${database}.${collection} is a view, not a collection`,
  );
}

/**
 * Checks a definition against the other views of its database.
 * Throws 5 GraphContainsCycle, 165 ViewDepthLimitExceeded.
 */
export function assertViewGraph(
  others: readonly ViewDefinition[],
  definition: ViewDefinition,
): void {
  const sources = new Map<string, readonly string[]>();
  for (const view of [...others, definition]) {
    const { viewOn, pipeline } = view;
    sources.set(view.namespace.collection, [viewOn.collection, ...collectionsRead(pipeline)]);
  }
  const heights = new Map<string, number>();
  for (const name of sources.keys()) heightOf(name, sources, heights, []);
}

/** How many views stand on each other from this one down; 0 for a collection. */
function heightOf(
  name: string,
  sources: ReadonlyMap<string, readonly string[]>,
  heights: Map<string, number>,
  above: readonly string[],
): number {
  if (above.includes(name)) {
    throw new MongoServerError(
      'GraphContainsCycle',
      `View cycle detected: ${[...above, name].join(' => ')}`,
    );
  }
  const known = heights.get(name);
  const read = sources.get(name);
  if (known !== undefined || !read) return known ?? 0;
  const path = [...above, name];
  const below = read.map((source) => heightOf(source, sources, heights, path));
  const height = 1 + Math.max(...below);
  if (height > DEEPEST_VIEW) {
    throw new MongoServerError(
      'ViewDepthLimitExceeded',
      `View depth limit exceeded; maximum depth is ${DEEPEST_VIEW}`,
    );
  }
  heights.set(name, height);
  return height;
}

/** The collections that the stages of a pipeline read besides its own. */
function collectionsRead(pipeline: readonly BsonDocument[]): string[] {
  return pipeline.flatMap((stage) => {
    const [[name, specification] = ['', undefined]] = stage;
    return collectionsReadBy(name, specification);
  });
}

function collectionsReadBy(name: string, specification: MaybeValue): string[] {
  if (name === '$unionWith' && typeof specification === 'string') return [specification];
  if (!(specification instanceof Map)) return [];
  if (name === '$facet') {
    return [...specification.values()].flatMap((inner) => collectionsRead(stagesOf(inner)));
  }
  if (name !== '$lookup' && name !== '$graphLookup' && name !== '$unionWith') return [];
  const source = specification.get(name === '$unionWith' ? 'coll' : 'from');
  const inner = collectionsRead(stagesOf(specification.get('pipeline')));
  return typeof source === 'string' ? [source, ...inner] : inner;
}

function stagesOf(pipeline: MaybeValue): BsonDocument[] {
  const stages: readonly Value[] = Array.isArray(pipeline) ? pipeline : [];
  return stages.filter((stage): stage is BsonDocument => stage instanceof Map);
}
