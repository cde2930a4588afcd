import { MongoServerError } from '../errors';
import type { Variables } from '../expression/variables';
import { compileMatch, type MatchExpression } from '../match/compile';
import type { BsonDocument, Value } from '../values/types';
import { errorInformation } from './error-information';
import { refuseForbiddenOperators } from './forbidden-operators';

/**
 * The validator of a collection
 * (https://www.mongodb.com/docs/v7.0/core/schema-validation/).
 */
export class DocumentValidator {
  readonly #source: BsonDocument;
  #compiled: { readonly match: MatchExpression; readonly variables: Variables } | undefined;
  /** Expressions see `$$NOW` as a constant. */
  readonly #dependsOnTime: boolean;

  /** @throws MongoServerError as compileMatch, and 2 for operators that a validator may not have */
  constructor(source: BsonDocument) {
    refuseForbiddenOperators(source);
    this.#source = source;
    this.#dependsOnTime = mentionsNow(source);
    this.#compile();
  }

  /** True when the document may be stored. A validator that cannot be evaluated accepts nothing. */
  accepts(document: BsonDocument): boolean {
    const { match } = this.#dependsOnTime ? this.#compile() : (this.#compiled ?? this.#compile());
    try {
      return match.matches(document);
    } catch (error) {
      if (error instanceof MongoServerError) return false;
      throw error;
    }
  }

  /** The error 121 of a document that is not accepted. */
  failure(document: BsonDocument): MongoServerError {
    const { variables } = this.#compiled ?? this.#compile();
    const errInfo = errorInformation(this.#source, { document, variables });
    return new MongoServerError('DocumentValidationFailure', 'Document failed validation', {
      extra: new Map([['errInfo', errInfo]]),
    });
  }

  #compile(): { readonly match: MatchExpression; readonly variables: Variables } {
    const variables = new Map<string, Value>([['NOW', new Date()]]);
    this.#compiled = { match: compileMatch(this.#source, { variables }), variables };
    return this.#compiled;
  }
}

function mentionsNow(value: Value): boolean {
  if (typeof value === 'string') return value.startsWith('$$NOW');
  if (Array.isArray(value)) return value.some(mentionsNow);
  return value instanceof Map && [...value.values()].some(mentionsNow);
}
