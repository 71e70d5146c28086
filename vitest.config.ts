import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const packages = new URL('./packages/', import.meta.url).pathname

/** Files whose tests need nothing of a process of their own: loading the packages anew for each costs more than most of them. */
const shared = ['unit', 'property', 'vectors', 'simulation'].map(
  (group) => `packages/!(crypto)/test/${group}/**/*.test.ts`,
)

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@zkstack\/([a-z0-9-]+)\/testing$/, replacement: `${packages}$1/testing/index.ts` },
      { find: /^@zkstack\/([a-z0-9-]+)$/, replacement: `${packages}$1/src/index.ts` },
    ],
  },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // what comes in a millisecond here takes a second where the processor is shared
    expect: { poll: { timeout: 50_000 } },
    pool: 'forks',
    // vitest would leave one of two processors idle
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      { extends: true, test: { name: 'shared', include: shared, isolate: false } },
      {
        extends: true,
        test: {
          name: 'own',
          include: [
            'packages/*/test/**/*.test.ts',
            'examples/*/test/**/*.test.ts',
            'bench/test/**/*.test.ts',
            'scripts/test/**/*.test.mjs',
          ],
          exclude: ['**/node_modules/**', ...shared],
        },
      },
    ],
  },
})
