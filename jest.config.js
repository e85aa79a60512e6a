/** Two kinds of tests: pure files have theirs beside them, stories of the whole live in packages/sandbox/test. */
export default {
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: 'node',
  globalSetup: '<rootDir>/packages/sandbox/test/global-setup.ts',
  // before the other, so that it sees what that one prints
  reporters: ['<rootDir>/packages/sandbox/test/no-secrets.js', 'default'],
  testTimeout: 60_000,
  // most of a story is waiting for something to happen
  maxWorkers: 3,
  testSequencer: '<rootDir>/packages/sandbox/test/long-first.js',
  testMatch: ['<rootDir>/apps/**/*.test.ts', '<rootDir>/packages/**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
}
