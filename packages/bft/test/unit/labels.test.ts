import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const root = new URL('../../../../', import.meta.url)
const page = readFileSync(new URL('docs/spec/chonky.md', root), 'utf8')
const labels = [...page.matchAll(/\*\*\[([A-Z]\d+)\]\*\*/g)].map((match) => match[1]!)
const rules = [...page.matchAll(/<a id="rule-(\d+)"><\/a>/g)].map((match) => Number(match[1]))

function sourcesOf(...packages: readonly string[]): string {
  return packages
    .flatMap((name) => {
      const folder = new URL(`packages/${name}/src/`, root)
      return readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
        .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    })
    .join('\n')
}

/** What a list like `P1 to P3, V8` names. */
function expand(list: string): readonly string[] {
  return [...list.matchAll(/([A-Z]?)(\d+)(?: to [A-Z]?(\d+))?/g)].flatMap(
    ([, letter = '', first, last]) =>
      Array.from(
        { length: Number(last ?? first) - Number(first) + 1 },
        (_, i) => `${letter}${Number(first) + i}`,
      ),
  )
}

const label = '[A-Z]\\d+(?: to [A-Z]\\d+)?'
const citedLabels = [
  ...sourcesOf('bft', 'crypto').matchAll(
    new RegExp(`docs/spec/chonky\\.md (${label}(?:, ${label})*)`, 'g'),
  ),
].flatMap((match) => expand(match[1]!))
const citedRules = [
  ...sourcesOf('bft', 'roles').matchAll(/\brules? (\d+(?:(?: to|,| and) \d+)*)/g),
].flatMap((match) => expand(match[1]!).map(Number))

describe('labels of docs/spec/chonky.md', () => {
  test('labels › those that the code cites › are there', () => {
    expect(citedLabels.filter((cited) => !labels.includes(cited))).toEqual([])
    expect(citedRules.filter((cited) => !rules.includes(cited))).toEqual([])
  })

  test('labels › those that are there › are cited where they are implemented', () => {
    expect(labels.filter((name) => !citedLabels.includes(name))).toEqual([])
    expect(rules.filter((rule) => !citedRules.includes(rule))).toEqual([])
  })

  test('labels › of states, handlers, omitted checks and rules › are each given once', () => {
    expect(labels).toHaveLength(new Set(labels).size)
    const count = (letter: string) => labels.filter((name) => name.startsWith(letter)).length
    expect(['S', 'P', 'V', 'N', 'T', 'D'].map(count)).toEqual([4, 10, 8, 6, 5, 11])
    expect(rules).toEqual(Array.from({ length: 25 }, (_, i) => i + 1))
  })

  test('checks that are omitted or delayed › each › has an argument under its label', () => {
    const omitted = labels.filter((name) => name.startsWith('D'))
    expect(omitted.filter((name) => !page.includes(`\n**${name}, `))).toEqual([])
  })
})
