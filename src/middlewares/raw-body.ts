import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';

const NO_BODY = Buffer.alloc(0);
const rawBodies = new WeakMap<IncomingMessage, Buffer>();

/** Whether somebody signed the bytes of the body, so that the parsed body alone does not do. */
function isSigned({ headers }: IncomingMessage): boolean {
  return headers['x-cld-signature'] !== undefined;
}

/** `verify` of a body parser: remembers the bytes of a signed body beside what is parsed of it. */
export function keepSignedBody(request: IncomingMessage, _response: unknown, body: Buffer): void {
  if (isSigned(request)) rawBodies.set(request, body);
}

/** The bytes of a signed JSON body, after its content encoding was undone; empty when there are none. */
export function signedBodyOf(request: Request): Buffer {
  return rawBodies.get(request) ?? NO_BODY;
}
