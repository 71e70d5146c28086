import { describe, expect, test } from 'vitest'
import { completedLock, lockProblems } from '../lib/lock.mjs'

const lock = {
  lockfileVersion: 3,
  packages: {
    '': { name: 'x' },
    'node_modules/rollup': {
      version: '4.0.0',
      dev: true,
      optionalDependencies: {
        '@rollup/rollup-darwin-arm64': '4.0.0',
        '@rollup/rollup-linux-x64-gnu': '4.0.0',
      },
    },
    'node_modules/@rollup/rollup-linux-x64-gnu': { version: '4.0.0', dev: true, optional: true },
    'packages/a': { version: '1.0.0', optionalDependencies: { native: '2.0.0' } },
    'packages/a/node_modules/native': { version: '2.0.0', optional: true },
  },
}

describe('the lock file', () => {
  test('without an optional package of another platform is refused, and completed', () => {
    expect(lockProblems(lock)).toEqual(['@rollup/rollup-darwin-arm64 is left out'])
    const completed = completedLock(lock)
    expect(lockProblems(completed)).toEqual([])
    expect(completed.packages['node_modules/@rollup/rollup-darwin-arm64']).toEqual({
      version: '4.0.0',
      cpu: ['arm64'],
      os: ['darwin'],
      dev: true,
      optional: true,
    })
  })

  test('that is complete stays as it is', () => {
    const completed = completedLock(lock)
    expect(completedLock(completed)).toEqual(completed)
  })

  test('with a download address is refused, and with a link inside the repository is not', () => {
    const packages = {
      'node_modules/a': { resolved: 'https://example.org/a.tgz' },
      'node_modules/b': { resolved: 'packages/b', link: true },
    }
    expect(lockProblems({ packages })).toEqual(['node_modules/a has a download address'])
  })
})
