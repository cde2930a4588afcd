import type { Operations } from '../operation';
import { nothing } from '../schemas/common.schema';
import {
  EXAMPLE_ENROLMENT,
  EXAMPLE_RECOVERY_CODES,
  recoveryCodes,
  twoFactorEnrolment,
  twoFactorStatus,
} from '../schemas/two-factor.schema';

const PROOF = { password: '{{password}}', code: '{{recoveryCode}}' };
const SAVED_CODE = { recoveryCode: 'data.recoveryCodes.0' };

export const twoFactorOperations: Operations = {
  'GET /api/v1/users/two-factor': {
    tag: 'Two-factor',
    summary: 'Tell whether two-factor is on',
    access: 'signed in',
    rateLimit: 'read',
    answer: twoFactorStatus,
    example: { data: { isEnabled: false, enabledAt: null, recoveryCodesLeft: 0 } },
  },
  'POST /api/v1/users/two-factor': {
    tag: 'Two-factor',
    summary: 'Ask for a secret for the authenticator app',
    description:
      'Changes nothing about signing in until a code of the app confirms it, within 15 minutes. Show `uri` as a QR code, or `secret` to be typed; neither is told again.',
    access: 'signed in',
    rateLimit: 'credentials',
    answer: twoFactorEnrolment,
    failures: ['400 WRONG_PASSWORD', '409 TWO_FACTOR_ON', '503 SERVICE_UNAVAILABLE'],
    example: { body: { password: '{{password}}' }, data: EXAMPLE_ENROLMENT },
    saves: { sharedSecret: 'data.secret' },
  },
  'POST /api/v1/users/two-factor/confirm': {
    tag: 'Two-factor',
    summary: 'Switch two-factor on by a code of the app',
    description:
      'From now on signing in asks for a code, and so do changing the password and deleting the account. Ends every other session. Show the recovery codes to be kept: each signs in once without the app, and they are not told again.',
    access: 'signed in',
    rateLimit: 'credentials',
    answer: recoveryCodes,
    failures: ['400 TWO_FACTOR_INVALID', '409 TWO_FACTOR_ON', '409 TWO_FACTOR_NOT_STARTED'],
    example: { body: { code: '{{appCode}}' }, data: EXAMPLE_RECOVERY_CODES },
    saves: SAVED_CODE,
  },
  'POST /api/v1/users/two-factor/recovery-codes': {
    tag: 'Two-factor',
    summary: 'Replace the recovery codes',
    description: 'The former ones are void. `code` is one of the app, or a recovery code.',
    access: 'signed in',
    rateLimit: 'credentials',
    answer: recoveryCodes,
    failures: [
      '400 WRONG_PASSWORD',
      '400 TWO_FACTOR_INVALID',
      '409 TWO_FACTOR_OFF',
      '503 SERVICE_UNAVAILABLE',
    ],
    example: { body: PROOF, data: EXAMPLE_RECOVERY_CODES },
    saves: SAVED_CODE,
  },
  'DELETE /api/v1/users/two-factor': {
    tag: 'Two-factor',
    summary: 'Switch two-factor off',
    description: '`code` is one of the app, or a recovery code.',
    access: 'signed in',
    rateLimit: 'credentials',
    answer: nothing,
    failures: [
      '400 WRONG_PASSWORD',
      '400 TWO_FACTOR_INVALID',
      '409 TWO_FACTOR_OFF',
      '503 SERVICE_UNAVAILABLE',
    ],
    example: { body: PROOF, data: {} },
  },
};
