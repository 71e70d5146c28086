import { describe, expect, test } from 'vitest'
import { firstExample } from '../lib/markdown.mjs'
import { workspacePackages } from '../lib/packages.mjs'
import { tarballProblems } from '../lib/tarball.mjs'
import { writeTree } from './tree.mjs'

describe('the packages', () => {
  test('come dependencies first', () => {
    const manifest = (name, ...needs) =>
      JSON.stringify({ name, dependencies: Object.fromEntries(needs.map((need) => [need, '1'])) })
    const tree = writeTree({
      'packages/a/package.json': manifest('@x/a', '@x/b', 'other'),
      'packages/b/package.json': manifest('@x/b', '@x/c'),
      'packages/c/package.json': manifest('@x/c'),
    })
    expect(workspacePackages(tree).map(({ name, needs }) => [name, needs])).toEqual([
      ['@x/c', []],
      ['@x/b', ['@x/c']],
      ['@x/a', ['@x/b']],
    ])
  })
})

describe('a tarball', () => {
  const files = ['package.json', 'README.md', 'LICENSE-MIT', 'LICENSE-APACHE', 'dist/index.js']
  const manifest = {
    version: '1.0.0',
    exports: { '.': { default: './dist/index.js' }, './package.json': './package.json' },
    dependencies: { '@zkstack/crypto': '1.0.0', level: '10.0.0' },
    publishConfig: { access: 'public' },
  }

  test('in order passes', () => {
    expect(tarballProblems(manifest, files)).toEqual([])
    const withCommand = { ...manifest, bin: { x: './bin/x.js' } }
    expect(tarballProblems(withCommand, [...files, 'bin/x.js'])).toEqual([])
  })

  test.each([
    ['lacks LICENSE-MIT', manifest, files.filter((file) => file !== 'LICENSE-MIT')],
    ['lacks dist/index.js', manifest, files.slice(0, -1)],
    ['lacks bin/x.js', { ...manifest, bin: { x: './bin/x.js' } }, files],
    ['should not contain src/index.ts', manifest, [...files, 'src/index.ts']],
    ['install script', { ...manifest, scripts: { postinstall: 'x' } }, files],
    ['not 1.0.0', { ...manifest, dependencies: { '@zkstack/crypto': '^0.9.0' } }, files],
    ['publishConfig', { ...manifest, publishConfig: undefined }, files],
  ])('%s', (problem, changed, contents) => {
    expect(tarballProblems(changed, contents)).toEqual([expect.stringContaining(problem)])
  })
})

describe('the example of a README', () => {
  test('is its first block of TypeScript', () => {
    const text = '# x\n```sh\nnpm i\n```\n```ts\nconst a = 1\n\nf(a)\n```\n```ts\nno\n```\n'
    expect(firstExample(text)).toBe('const a = 1\n\nf(a)\n')
    expect(firstExample('# x\n')).toBeUndefined()
  })
})
