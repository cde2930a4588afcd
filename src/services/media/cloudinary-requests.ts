import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Agent } from 'node:https';

/** What Node's `http.request` asks of an agent: it takes any object with this method. */
interface AgentLike {
  addRequest(request: ClientRequest, options: unknown): void;
}

/** The requests that the SDK makes through `agent`, of one attempt. */
export interface WatchedRequests {
  readonly agent: Agent;
  /** How long the provider, in its last answer, asked to be left alone; undefined if it did not. */
  retryAfterSeconds(): number | undefined;
}

/**
 * The SDK keeps its requests to itself: it shows no header of an answer, cannot be told to stop, and
 * leaves a silent Admin API waiting for ever. They all pass through the agent, so we meet them there.
 * @param signal ends the requests that are on their way
 */
export function watchRequests(agent: Agent, signal?: AbortSignal): WatchedRequests {
  let retryAfterSeconds: number | undefined;
  const watch = (request: ClientRequest): void => {
    const stop = (): void => void request.destroy(new Error('the caller has gone'));
    signal?.addEventListener('abort', stop, { once: true });
    request.once('close', () => signal?.removeEventListener('abort', stop));
    request.once('timeout', () => request.destroy(new Error('no answer in time')));
    request.once('response', (answer) => {
      retryAfterSeconds = secondsToWait(answer);
    });
  };
  const addRequest: AgentLike['addRequest'] = (request, options) => {
    watch(request);
    (agent as unknown as AgentLike).addRequest(request, options);
  };
  return {
    agent: Object.create(agent, { addRequest: { value: addRequest } }) as Agent,
    retryAfterSeconds: () => retryAfterSeconds,
  };
}

/** RFC 9110 section 10.2.3: seconds or a date. The Admin API says in a header of its own when. */
function secondsToWait({ statusCode = 0, headers }: IncomingMessage): number | undefined {
  if (statusCode < 400) return undefined;
  const reset = headers['x-featureratelimit-reset'];
  const text = headers['retry-after'] ?? (typeof reset === 'string' ? reset : '');
  if (/^\d+$/.test(text)) return Number(text);
  const seconds = Math.ceil((Date.parse(text) - Date.now()) / 1000);
  return seconds > 0 ? seconds : undefined;
}
