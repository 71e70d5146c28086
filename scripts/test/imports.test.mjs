import { describe, expect, test } from 'vitest'
import { importProblems, layers } from '../lib/imports.mjs'
import { writeTree } from './tree.mjs'

/** A tree in order: every package declares all that it may import, and `files` come on top. */
function tree(files) {
  const manifests = Object.entries(layers).map(([folder, above]) => {
    const dependencies = Object.fromEntries(above.map((name) => [`@zkstack/${name}`, '1.0.0']))
    return [
      `packages/${folder}/package.json`,
      JSON.stringify({ name: `@zkstack/${folder}`, dependencies }),
    ]
  })
  return writeTree({ ...Object.fromEntries(manifests), ...files })
}

const problemsOf = (file, text) => importProblems(tree({ [file]: text }))

describe('the import order', () => {
  test.each([
    ['packages/roles/src/a.ts', "import { keccak256 } from '@zkstack/crypto'"],
    ['packages/bft/src/a.ts', "import type { BlockStore } from '@zkstack/storage'"],
    ['packages/bft/src/a.ts', "import { b } from './runner/b.js'"],
    ['packages/bft/testing/a.ts', "import { memoryFaults } from '@zkstack/storage/testing'"],
    ['packages/bft/testing/a.ts', "import { step } from '../src/chonky/step.js'"],
    ['packages/bft/test/unit/a.ts', "import { harness } from '../../testing/index.js'"],
    ['packages/bft/test/unit/a.ts', "import { test } from 'vitest'"],
    ['packages/bft/test/unit/a.ts', "import { step } from '@zkstack/bft'"],
    ['packages/bft/src/chonky/step.ts', "import type { View } from '@zkstack/roles'"],
    ['packages/network/src/a.ts', "import { createHash } from 'node:crypto'"],
    ['packages/crypto/src/platform.ts', "await import('node:crypto')"],
    ['examples/a/index.ts', "import { createTestNetwork } from '@zkstack/executor/testing'"],
  ])('%s may contain: %s', (file, text) => {
    expect(problemsOf(file, text)).toEqual([])
  })

  test.each([
    [
      'packages/crypto/src/a.ts',
      "import { View } from '@zkstack/roles'",
      'roles is not above crypto',
    ],
    ['packages/storage/src/a.ts', "export * from '@zkstack/bft'", 'bft is not above storage'],
    ['packages/bft/src/a.ts', "import '@zkstack/network'", 'network is not above bft'],
    [
      'packages/network/src/a.ts',
      "import type { Step } from '@zkstack/bft'",
      'bft is not above network',
    ],
    [
      'packages/network/test/a.ts',
      "import { step } from '@zkstack/bft'",
      'bft is not above network',
    ],
    ['packages/roles/src/a.ts', "type V = import('@zkstack/bft').Step", 'bft is not above roles'],
    ['packages/bft/src/a.ts', "await import('@zkstack/executor')", 'executor is not above bft'],
    [
      'packages/bft/src/a.ts',
      "import { a } from '@zkstack/storage/testing'",
      'src never imports testing',
    ],
    [
      'packages/bft/src/a.ts',
      "import { a } from '../testing/index.js'",
      'src imports only from src',
    ],
    ['packages/bft/testing/a.ts', "import { a } from '../test/a.js'", 'testing imports only from'],
    ['packages/bft/src/a.ts', "import { a } from '@zkstack/bft'", 'import relatively'],
    [
      'packages/bft/src/a.ts',
      "import { a } from '../../storage/src/index.js'",
      'out of its package',
    ],
    ['packages/bft/src/a.ts', "import { a } from '@zkstack/storage/src/level.js'", 'not an entry'],
    ['packages/bft/src/a.ts', "import { a } from './b'", 'ends in .js'],
    ['packages/bft/src/a.ts', "import { level } from 'level'", 'is not a dependency'],
    ['packages/bft/src/a.ts', "import { a } from 'fs'", 'write node:fs'],
    ['packages/bft/src/chonky/a.ts', "import type { A } from '../runner/a.js'", 'pure folder'],
    ['packages/bft/src/chonky/a.ts', "import { Watch } from '@zkstack/concurrency'", 'pure folder'],
    ['packages/bft/src/chonky/a.ts', "import { EventEmitter } from 'node:events'", 'pure folder'],
    ['packages/roles/src/a.ts', "await import('node:crypto')", 'runs in a browser too'],
    ['examples/a/index.ts', "import { a } from '../../packages/bft/src/index.js'", 'not an entry'],
    ['bench/a.ts', "import { a } from '@zkstack/bft/dist/index.js'", 'not an entry'],
    ['packages/rollup/src/a.ts', '', 'is not in the picture'],
  ])('%s may not contain: %s (%s)', (file, text, reason) => {
    expect(problemsOf(file, text)).toEqual([expect.stringContaining(reason)])
  })

  test('a dependency declared against the order is refused', () => {
    const problems = importProblems(
      tree({
        'packages/crypto/package.json': '{ "dependencies": { "@zkstack/roles": "1.0.0" } }',
      }),
    )
    expect(problems).toEqual([expect.stringContaining('which is not above crypto')])
  })

  test('a problem names the file and the line', () => {
    const text = "// first line\n\nimport '@zkstack/network'\n"
    expect(problemsOf('packages/bft/src/a.ts', text)[0]).toMatch(/^packages\/bft\/src\/a\.ts:3: /)
  })

  test('no arrow of the picture points both ways', () => {
    for (const [folder, above] of Object.entries(layers)) {
      for (const name of above) expect(layers[name]).not.toContain(folder)
    }
  })
})
