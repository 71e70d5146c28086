import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { initialState, step } from '@zkstack/bft'
import { deepFreeze, ReplicaHarness } from '@zkstack/bft/testing'

const folder = new URL('../../src/chonky/', import.meta.url)

describe('monitor and recording', () => {
  test.each(['monitor', 'recording'])(
    'purity › the files of %s › they use no clock of their own, chance, promise, output or module of Node',
    (name) => {
      const around = new URL(`../../src/${name}/`, import.meta.url)
      const found = readdirSync(around).filter((file) => {
        const source = readFileSync(new URL(file, around), 'utf8')
        const impure =
          /\b(Date|Math\.random|setTimeout|Promise|console|process)\b[.(<]|\b(async|await) /
        return impure.test(source) || source.includes("from 'node:")
      })
      expect(readdirSync(around).length).toBeGreaterThan(4)
      expect(found).toEqual([])
    },
  )
})

describe('the state machine', () => {
  test('purity › its files › they import nothing but each other, roles and crypto', () => {
    const imports = readdirSync(folder).flatMap((file) => {
      const source = readFileSync(new URL(file, folder), 'utf8')
      return [...source.matchAll(/from '([^']+)'/g)].map((match) => match[1]!)
    })
    const foreign = imports.filter(
      (name) => !/^\.\/[a-z-]+\.js$/.test(name) && !/^@zkstack\/(roles|crypto)$/.test(name),
    )
    expect(imports.length).toBeGreaterThan(50)
    expect(foreign).toEqual([])
  })

  test('purity › its files › they use no clock, chance, promise or output', () => {
    const found = readdirSync(folder).filter((file) => {
      const source = readFileSync(new URL(file, folder), 'utf8')
      return /\b(Date|Math\.random|setTimeout|Promise|async|await|console|process)\b[.(<]/.test(
        source,
      )
    })
    expect(found).toEqual([])
  })

  test('purity › one state and one input, twice › equal states and effects, and the state given is unchanged', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.propose()
    harness.commitBy([1, 2])
    const state = deepFreeze(harness.replica.state)
    const message = harness.committee.signCommit(3, harness.vote())
    const input = deepFreeze({ type: 'message', now: 77, message, carrier: 3 } as const)
    const first = step(state, input)
    const second = step(state, input)
    expect(first).toEqual(second)
    expect(first.state).not.toBe(state)
  })

  test('purity › a step that changes its state › the frozen state makes it throw', () => {
    const { config } = ReplicaHarness.inView1({ validators: 6 }).replica.state
    const conditions = { config, persisted: undefined, firstBlock: 0n, nextBlock: 0n }
    const state = deepFreeze(initialState(conditions))
    expect(() => {
      ;(state.blamed as Set<number>).add(1)
    }).toThrow(TypeError)
    expect(() => {
      ;(state as { view: bigint }).view = 3n
    }).toThrow(TypeError)
  })
})
