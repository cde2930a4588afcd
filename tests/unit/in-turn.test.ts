import { inTurn } from '../../src/utils/in-turn';

describe('inTurn', () => {
  test('inTurn, when works share a key, runs them one by one in order', async () => {
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} starts`);
      await new Promise(setImmediate);
      events.push(`${name} ends`);
      return name;
    };

    const results = await Promise.all([inTurn('x', work('a')), inTurn('x', work('b'))]);

    expect(results).toEqual(['a', 'b']);
    expect(events).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
  });

  test('inTurn, when keys differ, does not hold one up for the other', async () => {
    let release: () => void = () => undefined;
    const held = inTurn('x', () => new Promise<void>((resolve) => (release = resolve)));

    expect(await inTurn('y', async () => 'passed')).toBe('passed');

    release();
    await held;
  });

  test('inTurn, when a work fails, tells its caller and lets the next one run', async () => {
    const failing = inTurn('x', async () => {
      throw new Error('broken');
    });
    const next = inTurn('x', async () => 'next');

    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('next');
  });
});
