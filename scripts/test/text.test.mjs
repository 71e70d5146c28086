import { describe, expect, test } from 'vitest'
import { textProblems } from '../lib/text.mjs'
import { writeTree } from './tree.mjs'

const problemsOf = (file, text) => textProblems(writeTree({ [file]: text }), file)

/** Joined at run time, so that this file does not say it itself. */
const said = (...parts) => parts.join('')

describe('the text check', () => {
  test.each([
    ['a.ts', said("const path = '/wo", "rk/main'"), 'path of one machine'],
    ['a.md', said('Look into /tm', 'p/zk/notes.'), 'path of one machine'],
    ['a.md', said('See sha', 'red/design/api.md.'), 'outside the repository'],
    ['.npmrc', said('regis', 'try=https://example.org'), "registry's host"],
    ['a.json', said('{ "url": "https://regis', 'try.npm', 'js.org/x" }'), "registry's host"],
    ['a.ts', said('// TO', 'DO: later'), 'unfinished work'],
    ['a.test.ts', said('test.on', "ly('x', () => {})"), 'not run'],
    ['a.ts', said('// @ts-ig', 'nore'), 'invisible'],
    ['a.md', 'See [the guide](docs/guide.md).', 'does not exist'],
    ['a.md', '<img src="docs/picture.svg">', 'does not exist'],
  ])('%s may not say: %s', (file, text, reason) => {
    expect(problemsOf(file, text)).toEqual([expect.stringContaining(reason)])
  })

  test.each([
    ['a.ts', "import { a } from './framework/main.js'"],
    ['a.ts', 'const networkPath = `${base}/work/`'],
    ['a.ts', 'const tests = list.todo'],
    ['a.md', 'See [the web](https://example.org) and [below](#below) and [itself](a.md#top).'],
    ['a.bin', `/wo${'rk/'}\0`],
  ])('%s may say: %s', (file, text) => {
    expect(problemsOf(file, text)).toEqual([])
  })

  test('a problem names the file and the line', () => {
    expect(problemsOf('a.md', 'fine\n[x](gone.md)\n')).toEqual([
      'a.md:2: a link to gone.md, which does not exist',
    ])
  })
})
