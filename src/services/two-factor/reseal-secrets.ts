import type { AppDependencies } from '../../app-dependencies';
import { TwoFactor } from '../../models/two-factor.model';
import { createSecretBox, type OpenedSecret, type SecretBox } from './secret-box';

/**
 * After REFRESH_TOKEN_SECRET was changed: seals what the listed older secrets sealed under the
 * present one, so that those need not be kept for people who rarely sign in. Without older secrets
 * there is nothing to do.
 */
export async function resealSecrets({
  config,
  logger,
}: Pick<AppDependencies, 'config' | 'logger'>): Promise<void> {
  const { secret, previousSecrets } = config.refreshToken;
  if (previousSecrets.length === 0) return;
  const box = createSecretBox(secret, previousSecrets);
  const counts = { resealed: 0, unreadable: 0 };
  const rows = TwoFactor.find({}, { user: 1, encryptedSecret: 1 }).lean().cursor();
  for await (const { _id, user, encryptedSecret } of rows) {
    const opened = tryToOpen(box, encryptedSecret, user.toString());
    if (!opened) {
      counts.unreadable += 1;
    } else if (opened.outdated) {
      const { modifiedCount } = await TwoFactor.updateOne(
        // Not one that was replaced in between.
        { _id, encryptedSecret },
        { $set: { encryptedSecret: box.seal(opened.text, user.toString()) } },
        { timestamps: false },
      );
      counts.resealed += modifiedCount;
    }
  }
  const level = counts.unreadable > 0 ? 'error' : 'info';
  logger[level](counts, 'two-factor secrets are under the present REFRESH_TOKEN_SECRET');
}

/** One row that nobody can read any more must not keep the others from being read. */
function tryToOpen(box: SecretBox, sealed: string, owner: string): OpenedSecret | undefined {
  try {
    return box.open(sealed, owner);
  } catch {
    return undefined;
  }
}
