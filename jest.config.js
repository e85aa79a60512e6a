const runner = '<rootDir>/packages/sandbox/test/runner'

/** Two kinds of tests: pure files have theirs beside them, stories of the whole live in packages/sandbox/test. */
export default {
  extensionsToTreatAsEsm: ['.ts'],
  // a test runs in Node itself, which reads TypeScript, and not in a context of its own
  testEnvironment: `${runner}/node-itself.js`,
  runtime: `${runner}/modules-of-node.js`,
  transform: {},
  globalSetup: `${runner}/global-setup.ts`,
  // before the other, so that it sees what that one prints
  reporters: [`${runner}/no-secrets.js`, 'default'],
  testTimeout: 60_000,
  // most of a story is waiting for something to happen
  maxWorkers: 4,
  testSequencer: `${runner}/long-first.js`,
  testMatch: ['<rootDir>/apps/**/*.test.ts', '<rootDir>/packages/**/*.test.ts'],
}
