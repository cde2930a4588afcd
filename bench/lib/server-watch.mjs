import { readFileSync, existsSync } from 'node:fs';
import { residentBytes } from './processes.mjs';

const MEBIBYTE = 1024 ** 2;

/**
 * Looks at a server every so often, from outside and through its own metrics: memory in MiB, lag of
 * the event loop in milliseconds since the look before.
 * @returns a function that ends it and gives `{ seconds, resident, own, heap, lag, worstLag }` of each
 * look; `resident` and `own` are undefined where the system has no /proc
 */
export function watchServer({ pid, url }, everySeconds) {
  const startedAt = performance.now();
  const looks = [];
  let looking = Promise.resolve();
  const look = async () => {
    const seconds = (performance.now() - startedAt) / 1000;
    const resident = residentBytes(pid);
    const own = anonymousBytes(pid);
    const page = await (await fetch(`${url}/metrics`)).text();
    const metric = (name) => Number(new RegExp(`^${name}(?:{.*})? (\\S+)$`, 'm').exec(page)?.[1]);
    looks.push({
      seconds,
      resident: resident && resident / MEBIBYTE,
      own: own && own / MEBIBYTE,
      heap: metric('nodejs_heap_size_used_bytes') / MEBIBYTE,
      lag: metric('nodejs_eventloop_lag_p99_seconds') * 1000,
      worstLag: metric('nodejs_eventloop_lag_max_seconds') * 1000,
    });
  };
  const timer = setInterval(() => (looking = looking.then(look)), everySeconds * 1000);
  return async () => {
    clearInterval(timer);
    await looking;
    return looks;
  };
}

/** What only the process itself can give back: without pages of mapped files, its data file above all. */
function anonymousBytes(pid) {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return undefined;
  return Number(/RssAnon:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))[1]) * 1024;
}
