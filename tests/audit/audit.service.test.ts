import { Types } from 'mongoose';
import { audit } from '../../src/services/audit.service';
import { recordingLogger } from '../helpers/recording-logger';

const userId = new Types.ObjectId('64b000000000000000000001');
const sessionId = new Types.ObjectId('64b000000000000000000002');

test('audit, when a request of a signed-in person is the source, writes who, from where and which request', () => {
  const { logger, lines } = recordingLogger();
  const request = {
    log: logger,
    id: 'request-1',
    ip: '192.0.2.7',
    user: { _id: userId },
    session: { _id: sessionId },
  };

  audit(request, 'logout');

  expect(lines()).toEqual([
    expect.objectContaining({
      level: 30,
      audit: true,
      event: 'logout',
      outcome: 'success',
      userId: '64b000000000000000000001',
      sessionId: '64b000000000000000000002',
      ip: '192.0.2.7',
      requestId: 'request-1',
    }),
  ]);
});

test('audit, when a service reports a failure, writes a warning with its reason and what it was told', () => {
  const { logger, lines } = recordingLogger();

  audit({ logger, requestId: 'request-2', ip: '192.0.2.8' }, 'login', {
    outcome: 'failure',
    reason: 'INVALID_CREDENTIALS',
    userId,
  });

  const [line] = lines();
  expect(line).toMatchObject({
    level: 40,
    audit: true,
    event: 'login',
    outcome: 'failure',
    reason: 'INVALID_CREDENTIALS',
    userId: '64b000000000000000000001',
    requestId: 'request-2',
  });
  expect(line).not.toHaveProperty('sessionId');
});
