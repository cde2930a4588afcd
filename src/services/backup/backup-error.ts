/** Why a backup or a restore was not made, with what to do. */
export class BackupError extends Error {
  override name = 'BackupError';
}
