/** Mutation testing of one room (scripts/mutate.mjs says which). */
const room = process.env.MUTATE_ROOM ?? 'run';

export default {
  testRunner: 'vitest',
  vitest: { configFile: 'vite.config.ts', related: true },
  plugins: ['@stryker-mutator/vitest-runner'],
  mutate: [
    `src/${room}/**/*.{ts,tsx}`,
    '!src/**/*.test.{ts,tsx}',
    '!src/**/fixtures/**',
    '!src/**/testing/**',
  ],
  mutator: { excludedMutations: ['StringLiteral'] },
  ignoreStatic: true,
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 20_000,
  reporters: ['clear-text', 'json'],
  clearTextReporter: { logTests: false, reportTests: false, reportScoreTable: true },
  jsonReporter: { fileName: 'build/mutation.json' },
  tempDirName: 'build/stryker',
  ignorePatterns: ['/dist', '/dist-cli', '/test-results', '/build', '/.cache'],
  allowEmpty: true,
};
