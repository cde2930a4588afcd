import { EXAMPLE_ID } from './schemas/common.schema';

/** What the variables of a Postman run are like, for examples that stand by themselves. */
export const EXAMPLE_VARIABLES: Readonly<Record<string, string>> = {
  server: 'http://localhost:8000',
  accessToken: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2NjUwIn0.c2lnbmF0dXJl',
  refreshToken: 'eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOiI2NjUwIn0.c2lnbmF0dXJl',
  userId: '6650f0aaa4b5c6d7e8f90001',
  username: 'ada',
  otherUsername: 'charles',
  password: 'analytical engine no. 1',
  newPassword: 'difference engine no. 2',
  appCode: '287082',
  recoveryCode: '2lqx7u-3mw5kd-p2n7ha-yc6tro',
  sessionId: '6650f606a4b5c6d7e8f90501',
  videoId: EXAMPLE_ID,
  commentId: '6650f2d3a4b5c6d7e8f90211',
  replyId: '6650f2d3a4b5c6d7e8f90212',
  tweetId: '6650f3e4a4b5c6d7e8f90301',
  playlistId: '6650f4f5a4b5c6d7e8f90401',
  channelId: '6650f0aaa4b5c6d7e8f90002',
  reportId: '6650f607a4b5c6d7e8f90601',
  fileId: '6650f718a4b5c6d7e8f90701',
  uploadId: '3f1d7a90c2e84b56a1d0f9e2',
  mediaFirst: '9c',
  mediaSecond: '04',
  mediaName: '9c04d00d9c04d00d9c04d00d9c04d00d.mp4',
};

const VARIABLE = /\{\{(\w+)\}\}/g;

/** The names in braces of an example, each once. */
export function variablesIn(example: unknown): string[] {
  const names = [...(JSON.stringify(example) ?? '').matchAll(VARIABLE)].map(
    ([, name = '']) => name,
  );
  return [...new Set(names)];
}

/**
 * The same example with a value for every name in braces.
 * @throws Error for a name that EXAMPLE_VARIABLES does not have
 */
export function withExampleValues<Example>(example: Example): Example {
  const text = JSON.stringify(example);
  if (text === undefined) return example;
  const filled = text.replaceAll(VARIABLE, (_braces, name: string) => {
    const value = EXAMPLE_VARIABLES[name];
    if (value === undefined) throw new Error(`{{${name}}} is not in EXAMPLE_VARIABLES`);
    return value;
  });
  return JSON.parse(filled) as Example;
}
