import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../../../', import.meta.url)

/** What users of Agglayer complained about, by what is to be read in its repositories. */
const complaints = [
  ...['#1076', '#1157', '#1131', '#1147', '#1154', '#1106', '#1234', '#1597', '#1580'],
  ...['#420', '#1411', '#1387', '#1514', '#1615', '#1253', '#530', '#1706', '#919', '#902', '#930'],
  ...['#111', '#541', '#585', '#217', '#23', '#24', '#25', '#517', '#1708', '#727', '#198'],
  ...['#1676', '#1352', '#700', '#1201', '#1200', '#1610', '#1715', '#955', '#1675', '#285'],
]

/** The rows of the table: what is cited, and the files whose tests cite it. */
const rows = readFileSync(new URL('docs/settlement.md', root), 'utf8')
  .split('## What users of Agglayer complained about')[1]
  ?.split('\n## ')[0]
  ?.split('\n')
  .filter((line) => line.includes('.test.ts'))
  .map((line) => ({
    cited: line.match(/#\d+/g) ?? [],
    files: line.match(/packages\/[\w/.-]+\.test\.ts/g) ?? [],
  }))

/** Everything in quotes in a line that cites something: names of tests and of scenarios. */
function namesIn(file: string): string {
  const lines = readFileSync(new URL(file, root), 'utf8').split('\n')
  return lines.filter((line) => /['"`].*#\d+.*['"`]/.test(line)).join('\n')
}

test('every complaint is in the table', () => {
  const cited = new Set(rows?.flatMap((row) => row.cited))
  expect(complaints.filter((complaint) => !cited.has(complaint))).toEqual([])
})

test('every complaint in the table has a test with its name', () => {
  const missing = rows?.flatMap(({ cited, files }) => {
    const names = files.map(namesIn).join('\n')
    return cited.filter((complaint) => !new RegExp(`${complaint}\\b`).test(names))
  })
  expect(missing).toEqual([])
})
