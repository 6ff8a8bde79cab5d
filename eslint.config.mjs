import js from '@eslint/js';
import globals from 'globals';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Rooms from the ground up: a room imports from rooms of lower rank, and from itself. */
const floors = [
  ['model'],
  ['files'],
  ['formats', 'data', 'quant', 'engine'],
  ['train', 'analysis'],
  ['report'],
  ['jobs'],
  ['state'],
  ['ui'],
];
const rooms = floors.flat();

const layering = floors.flatMap((floor, rank) =>
  floor.map((room) => {
    const below = floors.slice(0, rank).flat();
    const forbidden = rooms.filter((other) => other !== room && !below.includes(other));
    const packages = [
      room === 'ui'
        ? null
        : {
            group: ['react', 'react-dom', 'react/*', '@mantine/*', 'recharts', '@xyflow/*'],
            message: 'Only ui knows React.',
          },
      room === 'jobs' || room === 'state'
        ? null
        : { group: ['comlink'], message: 'Only jobs and workers know comlink.' },
      room === 'train' ? null : { group: ['@tensorflow/*'], message: 'Only train knows TF.js.' },
      room === 'state' ? null : { group: ['idb'], message: 'Only state persists.' },
    ].filter(Boolean);
    return {
      files: [`src/${room}/**/*.{ts,tsx}`],
      ignores: ['**/*.test.ts', '**/*.test.tsx', '**/testing/**'],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              ...(forbidden.length > 0
                ? [
                    {
                      group: forbidden.map((other) => `**/../${other}/**`),
                      message: `${room} must not import this room (ARCHITECTURE.md).`,
                    },
                  ]
                : []),
              ...packages,
            ],
          },
        ],
      },
    };
  }),
);

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      'dist',
      'dist-cli',
      'build',
      'public',
      'test-results',
      'playwright-report',
      '**/generated/**',
      'src/engine/wasm/assembly/**',
      'src/train/kernels/assembly/**',
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
    files: ['src/{model,files,formats,data,quant,engine,analysis,report}/**/*.ts'],
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
