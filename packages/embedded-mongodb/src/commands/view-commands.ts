import { compilePipeline } from '../aggregate/pipeline';
import { MongoServerError } from '../errors';
import { createCommandVariables } from '../expression/command-variables';
import type { Namespace } from '../storage/types';
import type { ViewDefinition } from '../storage/views';
import type { BsonDocument, Value } from '../values/types';
import type { CommandArguments } from './arguments';
import type { Invocation } from './command';
import { GENERIC_FIELDS } from './generic-arguments';
import { collectionNamespace, formatNamespace } from './namespaces';
import { pipelineSource } from './pipeline-source';

/** Whether `create` or `collMod` is about a view. */
export function isViewRequest(parsed: CommandArguments): boolean {
  return parsed.has('viewOn') || parsed.has('pipeline');
}

/**
 * `create` with `viewOn`. Throws 2 for a pipeline without it, 72 for options of collections, 167 for
 * stages that a view may not have, and what its pipeline throws when it is compiled.
 */
export async function createView(
  invocation: Invocation,
  namespace: Namespace,
  options: BsonDocument,
): Promise<void> {
  const { arguments: parsed, operation, server } = invocation;
  const viewOn = parsed.string('viewOn');
  if (viewOn === undefined) {
    throw new MongoServerError('BadValue', "'pipeline' requires 'viewOn' to also be specified");
  }
  if (viewOn === '') throw new MongoServerError('BadValue', "'viewOn' cannot be empty.'");
  for (const [name, value] of options) {
    if (VIEW_OPTIONS.has(name) || isWithoutEffect(name, value)) continue;
    throw new MongoServerError(
      name === 'collation' ? 'NotImplemented' : 'InvalidOptions',
      `the option '${name}' is not supported on a view`,
    );
  }
  const pipeline = parsed.documents('pipeline') ?? [];
  await server.engine.createView(operation, checkedView(invocation, namespace, viewOn, pipeline));
}

const VIEW_OPTIONS = new Set(['viewOn', 'pipeline']);

function isWithoutEffect(name: string, value: Value): boolean {
  if (value === false || value === null) return true;
  return name === 'collation' && value instanceof Map && value.get('locale') === 'simple';
}

/** `collMod` of a view. Throws 72 unless it gives both `viewOn` and `pipeline` and nothing else. */
export async function modifyView(invocation: Invocation, namespace: Namespace): Promise<void> {
  const { arguments: parsed, operation, server } = invocation;
  if (!server.engine.getView(operation, namespace)) {
    const exists = server.engine.getCollection(operation, namespace) !== undefined;
    if (!exists) throw new MongoServerError('NamespaceNotFound', 'ns does not exist');
    const option = parsed.has('viewOn') ? 'viewOn' : 'pipeline';
    throw new MongoServerError('InvalidOptions', `'${option}' option only supported on a view`);
  }
  const generic = new Set(GENERIC_FIELDS);
  for (const name of parsed.body.keys()) {
    if (name === parsed.command || VIEW_OPTIONS.has(name) || generic.has(name)) continue;
    throw new MongoServerError('InvalidOptions', `option not supported on a view: ${name}`);
  }
  const viewOn = parsed.string('viewOn');
  const pipeline = parsed.documents('pipeline');
  if (!viewOn || !pipeline) {
    throw new MongoServerError(
      'InvalidOptions',
      "Must specify both 'viewOn' and 'pipeline' when modifying a view and 'viewOn' must not be empty.",
    );
  }
  await server.engine.modifyView(operation, checkedView(invocation, namespace, viewOn, pipeline));
}

/** A definition whose pipeline compiles and only reads. */
function checkedView(
  invocation: Invocation,
  namespace: Namespace,
  source: string,
  pipeline: readonly BsonDocument[],
): ViewDefinition {
  const viewOn = collectionNamespace(namespace.database, source);
  const variables = createCommandVariables(undefined, new Date());
  const { writes } = compilePipeline(pipeline, {
    namespace: viewOn,
    variables,
    source: pipelineSource(invocation, variables),
  });
  if (writes) {
    const [name = ''] = pipeline.at(-1)?.keys() ?? [];
    throw new MongoServerError(
      'OptionNotSupportedOnView',
      `The aggregation stage ${name} in location ${pipeline.length - 1} of the pipeline cannot be used in the view definition of ${formatNamespace(namespace)} because it writes to disk`,
    );
  }
  return { namespace, viewOn, pipeline };
}
