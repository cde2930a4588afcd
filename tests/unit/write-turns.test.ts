import { createWriteTurns } from '../../src/services/media/write-turns';

const nothing = (): Promise<void> => Promise.resolve();

/** A work that goes on until it is ended. */
function openWork() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { work: () => ended, end: () => end() };
}

describe('createWriteTurns', () => {
  test('run, when several wait for a place, gives it to whoever joined first', async () => {
    const turns = createWriteTurns(1, 100);
    const [first, second, third] = [turns.join(), turns.join(), turns.join()];
    const order: string[] = [];
    const note = (name: string) => () => {
      order.push(name);
      return Promise.resolve();
    };
    const { work, end } = openWork();
    const writing = first.run(10, work);
    const waiting = [
      third.run(10, note('third')),
      second.run(10, note('second')),
      first.run(10, note('first again')),
    ];

    end();
    await Promise.all([writing, ...waiting]);

    expect(order).toEqual(['first again', 'second', 'third']);
  });

  test('run, when a writer has used up its bytes, puts it behind all others', async () => {
    const turns = createWriteTurns(1, 100);
    const [large, small] = [turns.join(), turns.join()];
    const order: string[] = [];
    await large.run(100, nothing);
    const { work, end } = openWork();
    const writing = small.run(10, work);
    const waiting = [
      large.run(10, () => nothing().then(() => void order.push('large'))),
      small.run(10, () => nothing().then(() => void order.push('small'))),
    ];

    end();
    await Promise.all([writing, ...waiting]);

    expect(order).toEqual(['small', 'large']);
  });

  test('run, when a work fails, throws its error and frees the place', async () => {
    const turns = createWriteTurns(1, 100);

    await expect(turns.join().run(1, () => Promise.reject(new Error('disk')))).rejects.toThrow(
      'disk',
    );

    await expect(turns.join().run(1, () => Promise.resolve('written'))).resolves.toBe('written');
  });

  test('run, when a writer has nothing to write, lets later ones use all places', async () => {
    const turns = createWriteTurns(2, 100);
    turns.join();
    const later = [turns.join(), turns.join()];
    const works = later.map(openWork);
    let begun = 0;
    const writing = later.map((turn, index) =>
      turn.run(1, () => {
        begun += 1;
        return works[index]?.work() ?? nothing();
      }),
    );
    await nothing();

    expect(begun).toBe(2);
    for (const { end } of works) end();
    await Promise.all(writing);
  });
});
