import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { docstring } from './scripts/eslint/docstring.mjs'

/** What library code must be given instead of taking it from its surroundings. */
const ambient = {
  setTimeout: 'Take a Clock: clock.setTimer(at, fire), or ctx.sleep(ms).',
  setInterval: 'Take a Clock, and loop over ctx.sleep(ms).',
  setImmediate: 'Take a Clock, or await a resolved promise.',
  Date: 'Take a Clock: clock.nowUtc().',
  performance: 'Take a Clock: clock.now().',
  crypto: 'Take a Random.',
}

const timers = ['setTimeout', 'setInterval', 'setImmediate']

/** Names that a synchronous state machine cannot need. */
const impure = [
  ...Object.keys(ambient),
  'AbortController',
  'AbortSignal',
  'Promise',
  'fetch',
  'process',
  'queueMicrotask',
]

const forbidGlobals = (names) => [
  'error',
  ...names.map((name) => ({ name, message: ambient[name] ?? 'The state machine is pure.' })),
]

const forbidAmbientProperties = [
  'error',
  { object: 'Date', property: 'now', message: ambient.Date },
  { object: 'performance', property: 'now', message: ambient.performance },
  { object: 'Math', property: 'random', message: 'Take a Random.' },
  ...Object.keys(ambient).map((property) => ({
    object: 'globalThis',
    property,
    message: ambient[property],
  })),
]

const forbidNodeImports = [
  'error',
  {
    patterns: [
      { group: ['node:*'], message: 'This folder runs in a browser too.', allowTypeImports: true },
    ],
  },
]

const namedExportsOnly = { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }

// The patterns start with `**/` so that scripts/fixtures/lint, a tree of the same shape, meets the same rules.
export default defineConfig(
  {
    ignores: [
      '**/.*',
      '**/dist/**',
      '**/node_modules/**',
      '**/coverage/**',
      '**/src/proto/generated.*',
      'packages/settlement/testing/contracts/artifacts.ts',
      'scripts/fixtures/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { zkstack: { rules: { docstring } } },
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        { checkThenables: true, ignoreVoid: false },
      ],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      // An interface that returns promises is often met by code that need not wait.
      '@typescript-eslint/require-await': 'off',
      // Bags of functions are taken apart everywhere, and their interfaces are written with methods.
      '@typescript-eslint/unbound-method': 'off',
      'max-lines': ['error', { max: 400 }],
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/packages/*/{src,testing}/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', namedExportsOnly],
      'zkstack/docstring': 'error',
    },
  },
  {
    files: ['**/packages/*/src/**/*.ts'],
    ignores: ['**/packages/concurrency/src/{*clock,random,yield-turn}.ts'],
    rules: {
      'no-restricted-globals': forbidGlobals(timers),
      'no-restricted-properties': forbidAmbientProperties,
    },
  },
  {
    files: ['**/packages/{concurrency,crypto,pessimistic-proof,roles}/src/**/*.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': forbidNodeImports },
  },
  {
    files: [
      '**/packages/bft/src/chonky/**/*.ts',
      '**/packages/l1/src/jobs/machine/**/*.ts',
      '**/packages/pessimistic-proof/src/{codec,hashes,sp1,transition,trees,types,witness}/**/*.ts',
      '**/packages/settlement/src/{certificates,clock,codec,epochs,rate-limit,submission,types}/**/*.ts',
    ],
    // The asynchronous edge: a network's trees in a key-value store.
    ignores: ['**/{node-store,load-paths,network-state-store}.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': forbidNodeImports,
      'no-restricted-globals': forbidGlobals(impure),
      'no-restricted-syntax': [
        'error',
        namedExportsOnly,
        { selector: ':function[async=true]', message: 'Protocol logic is synchronous.' },
      ],
    },
  },
  {
    files: ['**/*.mjs'],
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-unused-vars': 'error',
    },
  },
)
