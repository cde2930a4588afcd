import { z } from 'zod';
import { count, time } from './common.schema';

export const twoFactorStatus = z
  .strictObject({ isEnabled: z.boolean(), enabledAt: time.nullable(), recoveryCodesLeft: count })
  .meta({ id: 'TwoFactorStatus' });

/** `secret` is base32, to be typed; `uri` is the same for a QR code. */
export const twoFactorEnrolment = z
  .strictObject({ secret: z.string(), uri: z.string() })
  .meta({ id: 'TwoFactorEnrolment' });

export const recoveryCodes = z
  .strictObject({ recoveryCodes: z.array(z.string()).length(10) })
  .meta({ id: 'RecoveryCodes' });

const EXAMPLE_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

export const EXAMPLE_ENROLMENT = {
  secret: EXAMPLE_SECRET,
  uri: `otpauth://totp/VideoTube:ada?issuer=VideoTube&secret=${EXAMPLE_SECRET}&algorithm=SHA1&digits=6&period=30`,
};

export const EXAMPLE_RECOVERY_CODES = {
  recoveryCodes: ['2', '3', '4', '5', '6', '7', 'a', 'b', 'c', 'd'].map(
    (letter) => `${letter}lqx7u-3mw5kd-p2n7ha-yc6tro`,
  ),
};
