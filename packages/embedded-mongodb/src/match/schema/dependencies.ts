import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/bson-types';
import type { BsonDocument, Value } from '../../values/types';
import { wrongType } from './errors';
import { explanation, nestedExplanation } from './explanation';
import { documentOf } from './object-keywords';
import { hasProperty } from './properties';
import type { KeywordSite, SchemaRule } from './types';

/** What the existence of one property asks for. */
interface Dependency {
  readonly property: string;
  accepts(document: BsonDocument): boolean;
  explain(document: BsonDocument): BsonDocument;
}

/** `dependencies`: a schema, or further properties, that a property needs beside it. */
export function parseDependencies(site: KeywordSite): SchemaRule {
  const { keyword, operand } = site;
  if (!(operand instanceof Map)) throw wrongType(keyword, 'must be an object');
  // Nothing depends on these two when they are strings: they are texts for the explanation.
  const isText = ([name, needs]: [string, Value]): boolean =>
    (name === 'title' || name === 'description') && typeof needs === 'string';
  const annotations: BsonDocument = new Map([...operand].filter(isText));
  const dependencies = [...operand]
    .filter((entry) => !isText(entry))
    .map(([property, needs]) => parseOne(site, property, needs));
  const failing = (value: Value): Dependency[] => {
    const document = documentOf(value);
    return dependencies.filter(
      (dependency) => hasProperty(document, dependency.property) && !dependency.accepts(document),
    );
  };
  return {
    accepts: (value) => failing(value).length === 0,
    explain: (value) => {
      const failures = failing(value).map((dependency) => dependency.explain(documentOf(value)));
      return explanation(keyword, [['failingDependencies', failures]], annotations);
    },
  };
}

function parseOne(
  { keyword, parseNested }: KeywordSite,
  property: string,
  needs: Value,
): Dependency {
  const place: [string, Value] = ['conditionalProperty', property];
  if (needs instanceof Map) {
    const schema = parseNested(needs);
    return {
      property,
      accepts: (document) => schema.accepts(document),
      explain: (document) => nestedExplanation([place], schema, document),
    };
  }
  if (!Array.isArray(needs)) {
    throw new MongoServerError(
      'TypeMismatch',
      `property '${property}' in $jsonSchema keyword '${keyword}' must be either an object or an array`,
    );
  }
  const names = neededNames(keyword, property, needs);
  const missing = (document: BsonDocument): string[] =>
    names.filter((name) => !hasProperty(document, name));
  return {
    property,
    accepts: (document) => missing(document).length === 0,
    explain: (document) =>
      new Map<string, Value>([place, ['missingProperties', missing(document)]]),
  };
}

function neededNames(keyword: string, property: string, needs: readonly Value[]): string[] {
  if (needs.length === 0) {
    throw new MongoServerError(
      'FailedToParse',
      `property '${property}' in $jsonSchema keyword '${keyword}' cannot be an empty array`,
    );
  }
  const where = `array '${property}' in $jsonSchema keyword '${keyword}'`;
  const names = new Set<string>();
  for (const name of needs) {
    if (typeof name !== 'string') {
      throw new MongoServerError(
        'TypeMismatch',
        `${where} can only contain strings, but found element of type: ${bsonTypeName(name)}`,
      );
    }
    if (names.has(name)) {
      throw new MongoServerError('FailedToParse', `${where} contains duplicate element: ${name}`);
    }
    names.add(name);
  }
  return [...names];
}
