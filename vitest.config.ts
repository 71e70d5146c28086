import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const packages = new URL('./packages/', import.meta.url).pathname

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@zkstack\/([a-z0-9-]+)\/testing$/, replacement: `${packages}$1/testing/index.ts` },
      { find: /^@zkstack\/([a-z0-9-]+)$/, replacement: `${packages}$1/src/index.ts` },
    ],
  },
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
      'bench/test/**/*.test.ts',
      'scripts/test/**/*.test.mjs',
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // vitest would leave one of two processors idle
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
})
