import { SAMPLE_CHANNELS } from './content/texts';
import { usernameOf } from './rows/people';
import { rowId } from './seed-ids';
import type { SeedPlan } from './seed-plan';
import { SeedRandom } from './seed-random';
import { SEED_PASSWORD, type SeedSummary } from './seed.service';

export interface SeedOutcome {
  plan: SeedPlan;
  seed: number;
  summary: SeedSummary;
  seconds: number;
  /** The start of the addresses of pages. */
  address: string;
}

/** What there is now, who can sign in, and which pages to open: for people, line by line. */
export function describeSeed({ plan, seed, summary, seconds, address }: SeedOutcome): string[] {
  const { rows, canSignIn, resumed } = summary;
  const counts = Object.entries(rows).map(([name, count]) => `${count} ${name}`);
  const naming = { random: new SeedRandom(seed), channels: plan.channels };
  const username = (person: number): string => usernameOf(naming, person);
  const name = SAMPLE_CHANNELS[0]?.fullName ?? '';
  return [
    `${resumed ? 'Finished' : 'Seeded'} in ${seconds.toFixed(1)} s: ${counts.join(', ')}.`,
    '',
    ...(canSignIn
      ? [
          `Sign in at ${address}/login, everybody with the password "${SEED_PASSWORD}":`,
          `  ${username(0)}  has the channel ${name}`,
          `  ${username(plan.channels)}  watches a lot`,
        ]
      : ['In production nobody can sign in as the people of a seed.']),
    '',
    'Pages to open:',
    `  ${address}/`,
    `  ${address}/watch/${rowId(seed, 'video', 0).toString()}`,
    `  ${address}/c/${username(0)}`,
    `  ${address}/search?query=hiking`,
    ...(canSignIn ? [`  ${address}/studio`] : []),
  ];
}
