import { setTimeout as pause } from 'node:timers/promises';
import type { CloudinaryStub, Trouble } from '../cloudinary-stub';
import type { Random } from './random';
import type { ChaosServer } from './world';

/** All of them pass: a provider that refuses a file for good is another story. */
const PROVIDER_TROUBLES: readonly Trouble[] = [
  { status: 420 },
  { status: 429, retryAfterSeconds: 1 },
  { status: 500 },
  { status: 503 },
  { drop: true },
  { dropRequest: true },
  { stall: true },
  { late: true },
  { loseAnswer: true },
  { cutAnswer: true },
];

/** How often what happened, e.g. `shot` or `stall`. */
export type Happenings = Map<string, number>;

/** Shoots the server, and later freezes it or troubles its provider too, while others work. */
export async function makeTrouble(
  server: ChaosServer,
  stub: CloudinaryStub | undefined,
  random: Random,
  { isOver, answers }: { isOver: () => boolean; answers: () => number },
): Promise<Happenings> {
  const happenings: Happenings = new Map();
  const note = (what: string) => happenings.set(what, (happenings.get(what) ?? 0) + 1);
  while (!isOver()) {
    // On a slow machine, too, something gets done in between.
    const enough = answers() + random.between(2, 6);
    while (answers() < enough && !isOver()) await pause(50);
    await pause(random.between(0, 800));
    const chance = random.next();
    if (happenings.size === 0 || chance < (stub ? 0.35 : 0.75)) {
      note('shot');
      await server.shoot();
    } else if (chance < 0.45 || !stub) {
      note('frozen');
      await server.freeze(random.between(200, 3000));
    } else {
      const trouble = random.pick(PROVIDER_TROUBLES);
      note(describe(trouble));
      stub.setOutage(trouble);
      await pause(random.between(200, 1500));
      stub.setOutage();
      if (random.next() < 0.5) stub.finishLate();
    }
  }
  return happenings;
}

function describe(trouble: Trouble): string {
  return 'status' in trouble ? `status ${trouble.status}` : (Object.keys(trouble)[0] ?? '');
}
