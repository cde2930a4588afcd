/** Two projects, one run: the product (on the built engine, as any consumer uses it) and the engine itself. */
const transform = {
  '^.+\\.[cm]?[jt]s$': [
    '@swc/jest',
    { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
  ],
};

const common = {
  testEnvironment: 'node',
  runtime: `${__dirname}/tests/helpers/compiled-once.runtime.js`,
  transform,
  // These packages ship only as ES modules; jest's CommonJS runtime needs them transformed.
  transformIgnorePatterns: [
    '/node_modules/(?!(file-type|token-types|strtok3|uint8array-extras|@tokenizer|@borewit|@tus|srvx)/)',
  ],
};

module.exports = {
  projects: [
    {
      ...common,
      displayName: 'videotube',
      rootDir: __dirname,
      testMatch: ['<rootDir>/tests/**/*.test.ts'],
      globalSetup: '<rootDir>/tests/helpers/global-setup.ts',
      globalTeardown: '<rootDir>/tests/helpers/global-teardown.ts',
    },
    {
      ...common,
      displayName: 'embedded-mongodb',
      rootDir: `${__dirname}/packages/embedded-mongodb`,
      testMatch: ['<rootDir>/tests/**/*.test.ts'],
    },
  ],
  // No assertion: long enough for the slowest machine, short enough to name what hangs.
  testTimeout: 120_000,
  // Jest leaves one core idle by default, which on a small machine is half of it.
  maxWorkers: '100%',
  // What test files leave behind in a worker adds up; a fresh one costs less than to clean up.
  workerIdleMemoryLimit: '1GB',
  reporters: ['default', '<rootDir>/tests/helpers/closing-line.reporter.js'],
};
