import { MongoServerError } from '../errors';
import { compileExpression } from '../expression/compile';
import { parseFieldPath } from '../expression/field-path';
import { formatValue } from '../expression/format';
import { isOperator } from '../expression/registry';
import { isTruthy } from '../expression/truth';
import type { CompileScope } from '../expression/types';
import type { Variables } from '../expression/variables';
import { compileMatch } from '../match/compile';
import { formatElement } from '../match/operands';
import type { MatchExpression, MatchNode } from '../match/types';
import { bsonTypeName, isNumeric } from '../values/bson-types';
import type { Collation } from '../values/collation';
import type { BsonDocument, Value } from '../values/types';
import { parseFindSlice } from './find-slice';
import type { ProjectionNode, ProjectionTree } from './types';

/** What a projection is parsed with. */
export interface ProjectionOptions {
  /** The query, which the positional operator `a.$` needs. */
  readonly match?: MatchExpression;
  readonly variables?: Variables;
  /** `find` has `$slice` by count, `$elemMatch` and `a.$`; `aggregate` has not. */
  readonly kind: 'find' | 'aggregate';
  /** How text compares; by bytes when absent. */
  readonly collation?: Collation;
  /** What an error of a constant expression begins with. */
  readonly constantErrorPrefix?: string;
}

export interface ParsedProjection {
  readonly root: ProjectionTree;
  readonly isInclusion: boolean;
}

/** Of constant operands: these are found later than what is wrong with the syntax. */
const SLICE_EVALUATION_ERRORS = new Set([28724, 28725, 28726, 28727, 28728, 28729]);

const fail = (code: number, message: string): MongoServerError =>
  new MongoServerError(code, message);

const emptyTree = (): ProjectionTree => ({ kind: 'tree', children: new Map() });

/**
 * Parses a projection (manual: "Project Fields to Return from Query", "$project").
 * @throws MongoServerError with MongoDB's codes 31249–31324 and 51xxx
 */
export function parseProjection(spec: BsonDocument, options: ProjectionOptions): ParsedProjection {
  return new ProjectionParser(options).parse(spec);
}

class ProjectionParser {
  readonly #options: ProjectionOptions;
  readonly #scope: CompileScope;
  #isInclusion: boolean | undefined;
  #idIncluded = false;
  #hasPositional = false;
  #hasElemMatch = false;
  #hasSlice = false;
  #hasMeta = false;

  constructor(options: ProjectionOptions) {
    this.#options = options;
    const { variables, collation, constantErrorPrefix } = options;
    this.#scope = { variables, collation, constantErrorPrefix };
  }

  parse(spec: BsonDocument): ParsedProjection {
    const root = emptyTree();
    for (const [name, value] of spec) this.#element(name, value, root, '');
    const isInclusion = this.#isInclusion ?? this.#defaultsToInclusion();
    const idSpecified = [...spec.keys()].some((name) => name === '_id' || name.startsWith('_id.'));
    if (isInclusion && !idSpecified) root.children.set('_id', { kind: 'flag', included: true });
    if (!isInclusion && this.#idIncluded) root.children.delete('_id');
    return { root, isInclusion };
  }

  /** For projections that name neither an included nor an excluded field other than `_id`. */
  #defaultsToInclusion(): boolean {
    if (this.#hasSlice) return this.#idIncluded;
    if (this.#hasElemMatch) return true;
    if (this.#hasMeta && this.#options.kind === 'aggregate') return true;
    return this.#idIncluded;
  }

  #element(name: string, value: Value, parent: ProjectionTree, parentPath: string): void {
    const isPositional = name.endsWith('.$');
    if (!isPositional && name.includes('.$.')) throw positionalInTheMiddle();
    if (isPositional && this.#options.kind === 'aggregate') {
      throw fail(31324, 'Cannot use positional projection in aggregation projection');
    }
    if (value instanceof Map) {
      if (isPositional) {
        throw fail(31271, 'positional projection cannot be used with an expression or sub object');
      }
      return this.#subObject(name, value, parent, parentPath);
    }
    if (typeof value === 'boolean' || isNumeric(value)) {
      const isIncluded = isTruthy(value);
      if (!isPositional) {
        return isIncluded
          ? this.#inclusion(name, parent, parentPath)
          : this.#exclusion(name, parent, parentPath);
      }
      if (isIncluded) return this.#positional(name, parent, parentPath);
      throw fail(31395, 'positional projection cannot be used with exclusion');
    }
    if (isPositional) throw fail(31308, 'positional projection cannot be used with a literal');
    this.#literal(name, value, parent);
  }

  #inclusion(name: string, parent: ProjectionTree, parentPath: string): void {
    addAt(parent, parseFieldPath(name), { kind: 'flag', included: true });
    if (name === '_id' && parentPath === '') this.#idIncluded = true;
    else this.#requireInclusion(name);
  }

  #requireInclusion(name: string): void {
    if (this.#isInclusion === false) {
      throw fail(31253, `Cannot do inclusion on field ${name} in exclusion projection`);
    }
    this.#isInclusion = true;
  }

  #exclusion(name: string, parent: ProjectionTree, parentPath: string): void {
    addAt(parent, parseFieldPath(name), { kind: 'flag', included: false });
    if (name === '_id' && parentPath === '') return;
    if (this.#isInclusion === true) {
      throw fail(31254, `Cannot do exclusion on field ${name} in inclusion projection`);
    }
    this.#isInclusion = false;
  }

  #positional(name: string, parent: ProjectionTree, parentPath: string): void {
    if (this.#hasPositional) {
      throw fail(31276, 'Cannot specify more than one positional projection per query.');
    }
    if (this.#hasElemMatch) {
      throw fail(31256, 'Cannot specify positional operator and $elemMatch.');
    }
    const field = (parentPath === '' ? name : parentPath).split('.')[0] as string;
    if (this.#options.match === undefined) {
      throw fail(51050, 'Projections with a positional operator require a matcher');
    }
    if (!mentionsField(this.#options.match.root, field)) {
      throw fail(31277, `Positional projection '${name}' does not match the query document.`);
    }
    const start = name.indexOf('.$');
    if (start + 2 !== name.length) {
      throw fail(31287, `Cannot use positional operator twice: ${name}`);
    }
    addAt(parent, parseFieldPath(name.slice(0, start)), { kind: 'positional' });
    this.#hasPositional = true;
    this.#requireInclusion(name);
  }

  #literal(name: string, value: Value, parent: ProjectionTree): void {
    const expression = compileExpression(value, this.#scope);
    addAt(parent, parseFieldPath(name), { kind: 'expression', expression });
    if (this.#isInclusion === false) {
      throw fail(
        31310,
        `Cannot use an expression ${formatElement(name, value)} in an exclusion projection`,
      );
    }
    this.#isInclusion = true;
  }

  #subObject(name: string, object: BsonDocument, parent: ProjectionTree, parentPath: string): void {
    const path = parentPath === '' ? name : `${parentPath}.${name}`;
    if (object.size === 0) {
      throw fail(
        51270,
        `An empty sub-projection is not a valid value. Found empty object at path` +
          (parentPath === '' ? '' : ` ${path}`),
      );
    }
    const [first] = object.keys();
    if (object.size === 1 && first?.startsWith('$') === true) {
      return this.#operator(name, object, parent, parentPath);
    }
    const tree = treeAt(parent, parseFieldPath(name));
    for (const [childName, value] of object) {
      if (childName.startsWith('$')) parseFieldPath(childName);
      this.#element(childName, value, tree, path);
    }
  }

  #operator(name: string, object: BsonDocument, parent: ProjectionTree, parentPath: string): void {
    const [operator] = object.keys();
    const isFind = this.#options.kind === 'find';
    if (operator === '$elemMatch') {
      if (!isFind) {
        throw new MongoServerError(
          'InvalidPipelineOperator',
          'Cannot use $elemMatch in this context',
        );
      }
      return this.#elemMatch(name, object, parent, parentPath);
    }
    if (operator === '$slice' && isFind) {
      const node = parseFindSlice(object.get('$slice') as Value);
      if (node.kind === 'slice') {
        addAt(parent, parseFieldPath(name), node);
        this.#hasSlice = true;
        return;
      }
      return this.#expression(name, object, parent, node.reason);
    }
    this.#expression(name, object, parent);
  }

  #elemMatch(name: string, object: BsonDocument, parent: ProjectionTree, parentPath: string): void {
    const operand = object.get('$elemMatch');
    if (!(operand instanceof Map)) {
      const type = bsonTypeName(operand);
      throw fail(31274, `elemMatch: Invalid argument, object required, but got ${type}`);
    }
    if (this.#hasPositional) {
      throw fail(31255, 'Cannot specify positional operator and $elemMatch.');
    }
    if (parentPath !== '' || name.includes('.')) {
      throw fail(31275, 'Cannot use $elemMatch projection on a nested field.');
    }
    const match = compileMatch(new Map([[name, object]]), {
      allowSpecialOperators: false,
      collation: this.#options.collation,
    });
    addAt(parent, parseFieldPath(name), { kind: 'elemMatch', match, field: name });
    this.#hasElemMatch = true;
  }

  #expression(
    name: string,
    object: BsonDocument,
    parent: ProjectionTree,
    sliceReason?: string,
  ): void {
    const [operator = ''] = object.keys();
    const isMeta = operator === '$meta';
    if (!isOperator(operator)) throw fail(31325, `Unknown expression ${operator}`);
    if (!isMeta && this.#isInclusion === false) {
      throw fail(31252, 'Cannot use expression other than $meta in exclusion projection');
    }
    const expression = this.#compile(object, sliceReason);
    addAt(parent, parseFieldPath(name), { kind: 'expression', expression });
    if (isMeta) this.#hasMeta = true;
    else this.#isInclusion = true;
  }

  #compile(object: BsonDocument, sliceReason?: string): ReturnType<typeof compileExpression> {
    try {
      return compileExpression(object, this.#scope);
    } catch (error) {
      if (!(error instanceof MongoServerError) || sliceReason === undefined) throw error;
      if (SLICE_EVALUATION_ERRORS.has(error.code)) throw error;
      throw fail(
        error.code,
        `Invalid $slice syntax. The given syntax ${formatValue(object)} did not match the find() ` +
          `syntax because :: ${sliceReason} :: The given syntax did not match the expression ` +
          `$slice syntax. :: caused by :: ${error.message}`,
      );
    }
  }
}

function positionalInTheMiddle(): MongoServerError {
  return fail(
    31394,
    `As of 4.4, it's illegal to specify positional operator in the middle of a path.` +
      `Positional projection may only be used at the end, for example: a.b.$. If the query ` +
      `previously used a form like a.b.$.d, remove the parts following the '$' and the ` +
      `results will be equivalent.`,
  );
}

/** The tree at a path, made when it is missing. */
function treeAt(root: ProjectionTree, components: readonly string[]): ProjectionTree {
  let tree = root;
  components.forEach((component, depth) => {
    const child = tree.children.get(component);
    if (child === undefined) {
      const created = emptyTree();
      tree.children.set(component, created);
      tree = created;
    } else if (child.kind === 'tree') {
      tree = child;
    } else {
      const remaining = components.slice(depth + 1).join('.');
      const full = components.join('.');
      throw remaining === ''
        ? fail(31250, `Path collision at ${full}`)
        : fail(31249, `Path collision at ${full} remaining portion ${remaining}`);
    }
  });
  return tree;
}

function addAt(root: ProjectionTree, components: readonly string[], node: ProjectionNode): void {
  const name = components.at(-1) as string;
  const parents = components.slice(0, -1);
  let tree = root;
  parents.forEach((component, depth) => {
    const child = tree.children.get(component);
    if (child !== undefined && child.kind !== 'tree') {
      throw fail(
        31249,
        `Path collision at ${components.join('.')} remaining portion ` +
          components.slice(depth + 1).join('.'),
      );
    }
    tree = treeAt(tree, [component]);
  });
  if (tree.children.has(name)) throw fail(31250, `Path collision at ${components.join('.')}`);
  tree.children.set(name, node);
}

/** True when the query has a condition on the field or below it. */
function mentionsField(node: MatchNode, field: string): boolean {
  switch (node.kind) {
    case 'path':
      return node.path.split('.')[0] === field;
    case 'and':
    case 'or':
    case 'nor':
      return node.children.some((child) => mentionsField(child, field));
    default:
      return false;
  }
}
