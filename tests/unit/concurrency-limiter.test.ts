import { createConcurrencyLimiter } from '../../src/utils/concurrency-limiter';

/** Work that ends when the test says so. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe('createConcurrencyLimiter', () => {
  test('run, when more works arrive than may run, starts the rest in order as places get free', async () => {
    const limiter = createConcurrencyLimiter(2, 10);
    const gates = [gate(), gate(), gate()];
    const started: number[] = [];
    const runs = gates.map(({ opened }, index) =>
      limiter.run(async () => {
        started.push(index);
        await opened;
        return index;
      }),
    );
    await Promise.resolve();
    expect(started).toEqual([0, 1]);

    gates[1]?.open();
    await runs[1];
    await new Promise(setImmediate);
    expect(started).toEqual([0, 1, 2]);

    gates[0]?.open();
    gates[2]?.open();
    expect(await Promise.all(runs)).toEqual([0, 1, 2]);
  });

  test('run, when the queue is full, refuses with 503 and Retry-After, and recovers', async () => {
    const limiter = createConcurrencyLimiter(1, 1);
    const first = gate();
    const running = limiter.run(() => first.opened);
    const waiting = limiter.run(async () => 'second');

    await expect(limiter.run(async () => 'third')).rejects.toMatchObject({
      statusCode: 503,
      headers: { 'Retry-After': '5' },
    });

    first.open();
    await running;
    expect(await waiting).toBe('second');
    expect(await limiter.run(async () => 'fourth')).toBe('fourth');
  });

  test('run, when a work fails, passes the error on and frees its place', async () => {
    const limiter = createConcurrencyLimiter(1, 1);

    await expect(
      limiter.run(async () => {
        throw new Error('broken');
      }),
    ).rejects.toThrow('broken');

    expect(await limiter.run(async () => 'next')).toBe('next');
  });
});
