import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ESLint } from 'eslint'
import { beforeAll, describe, expect, test } from 'vitest'
import { root } from '../lib/packages.mjs'

const fixtures = join(root, 'scripts/fixtures/lint')
const files = readdirSync(fixtures, { recursive: true }).filter((file) => file.endsWith('.ts'))

/** What the `// expect:` comments of a file announce, as `line rule`, once per report. */
function announced(file) {
  return readFileSync(join(fixtures, file), 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      const [, rule, times = '1'] = /\/\/ expect: (\S+)(?: ×(\d))?$/.exec(line) ?? []
      return rule ? Array(Number(times)).fill(`${index + 1} ${rule}`) : []
    })
}

describe('the lint', () => {
  const reported = new Map()

  beforeAll(async () => {
    const eslint = new ESLint({ cwd: root, ignore: false })
    for (const { filePath, messages } of await eslint.lintFiles([join(fixtures, '**/*.ts')])) {
      const lines = messages.map(({ line, ruleId, message }) => `${line} ${ruleId ?? message}`)
      reported.set(relative(fixtures, filePath), lines)
    }
  }, 60_000)

  test.each(files)('%s is refused at the lines it names, and at no other', (file) => {
    expect(announced(file)).not.toEqual([])
    expect(reported.get(file)?.toSorted()).toEqual(announced(file).toSorted())
  })
})
