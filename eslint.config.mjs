import js from '@eslint/js';
import globals from 'globals';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Rooms from the ground up: a room imports from rooms of lower rank, and from itself. */
const floors = [
  ['model'],
  ['files', 'numbers'],
  ['formats', 'data', 'quant', 'engine'],
  ['run'],
  ['train', 'analysis'],
  ['report'],
  ['jobs'],
  ['state', 'cli'],
  ['ui'],
];
const rooms = floors.flat();

const tests = ['**/*.test.ts', '**/*.test.tsx', '**/testing/**'];
/** Cases and checks that the tests of every backend run, in node and in a page. */
const cases = ['src/engine/suite/**', 'src/engine/wasm/{cases*,all-cases,browser-check}.ts'];
/** Rooms whose tests still import upward; none when the list is empty. */
const looseTests = ['quant', 'state'];

/** The rooms that `room` must not import, and who alone knows which package. */
function restrictions(room, below) {
  const forbidden = rooms.filter((other) => other !== room && !below.includes(other));
  const above = {
    group: forbidden.flatMap((other) => [`**/../${other}`, `**/../${other}/**`]),
    message: `${room} must not import this room (ARCHITECTURE.md).`,
  };
  return [
    forbidden.length > 0 ? above : null,
    room === 'ui'
      ? null
      : {
          group: ['react', 'react-dom', 'react/*', '@mantine/*', 'recharts', '@xyflow/*'],
          message: 'Only ui knows React.',
        },
    room === 'train' ? null : { group: ['@tensorflow/*'], message: 'Only train knows TF.js.' },
    room === 'state' ? null : { group: ['idb'], message: 'Only state persists.' },
  ].filter(Boolean);
}

const layering = floors.flatMap((floor, rank) =>
  floor.flatMap((room) => {
    const patterns = restrictions(room, floors.slice(0, rank).flat());
    const helpers = { group: ['**/testing/**'], message: 'Only tests import what tests share.' };
    const rule = (list) => ({ 'no-restricted-imports': ['error', { patterns: list }] });
    const loose = looseTests.includes(room);
    return [
      {
        files: [`src/${room}/**/*.{ts,tsx}`],
        ignores: [...tests, ...cases],
        rules: rule([...patterns, helpers]),
      },
      {
        files: tests.map((pattern) => `src/${room}/${pattern}`),
        ignores: loose ? ['**'] : [],
        rules: rule(patterns),
      },
      { files: cases.filter((pattern) => pattern.includes(`/${room}/`)), rules: rule(patterns) },
    ].filter(({ files }) => files.length > 0);
  }),
);

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      '.cache',
      'dist',
      'dist-cli',
      'build',
      'public',
      'test-results',
      'playwright-report',
      '**/generated/**',
      'src/engine/wasm/assembly/**',
      'src/train/kernels/assembly/**',
      'src/numbers/assembly/**',
      'src/quant/adaround/assembly/**',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ['**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['**/*.mjs', '*.config.*', 'scripts/**'], languageOptions: { globals: globals.node } },
  { files: ['src/ui/**/*.{ts,tsx}'], ...reactHooks.configs.flat.recommended },
  ...layering,
  {
    files: ['src/{model,files,numbers,formats,data,quant,engine,run,analysis,report}/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        'self',
        'window',
        'document',
        'postMessage',
        'fetch',
        'process',
      ],
    },
  },
);
