import type { Response } from 'supertest';

/** Asserts the failure envelope of the contract, whole: a test then looks at what is special. */
export function expectFailure(answer: Response, statusCode: number, code: string): void {
  expect({ status: answer.status, body: answer.body }).toEqual({
    status: statusCode,
    body: {
      statusCode,
      data: null,
      success: false,
      message: expect.stringMatching(/\S/),
      errors: expect.any(Array),
      code,
      requestId: expect.stringMatching(/\S/),
    },
  });
}

/** Asserts a 400 that names exactly these fields. */
export function expectInvalid(answer: Response, fields: readonly string[]): void {
  expectFailure(answer, 400, 'VALIDATION_FAILED');
  const named = (answer.body.errors as { field: string }[]).map(({ field }) => field);
  expect([...new Set(named)].sort()).toEqual([...fields].sort());
}

/** Asserts the success envelope and answers its `data`. */
export function dataOf(answer: Response, statusCode = 200) {
  expect({ status: answer.status, body: answer.body }).toEqual({
    status: statusCode,
    body: expect.objectContaining({
      statusCode,
      success: true,
      message: expect.stringMatching(/\S/),
    }),
  });
  return answer.body.data;
}

export interface ReceivedCookie {
  value: string;
  /** Attribute names in lower case; flags have an empty value. */
  attributes: Record<string, string>;
}

/** The `Set-Cookie` headers of an answer, by cookie name. */
export function cookiesOf(answer: Response): Record<string, ReceivedCookie> {
  const headers = (answer.headers['set-cookie'] ?? []) as unknown as string[];
  return Object.fromEntries(
    headers.map((header) => {
      const [pair = '', ...attributes] = header.split('; ');
      const [name = '', value = ''] = splitOnce(pair);
      const entries = attributes.map((attribute) => {
        const [key = '', text = ''] = splitOnce(attribute);
        return [key.toLowerCase(), text];
      });
      return [name, { value, attributes: Object.fromEntries(entries) }];
    }),
  );
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
