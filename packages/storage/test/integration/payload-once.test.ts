import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Level } from 'level'
import { expect, it } from 'vitest'
import { levelStore } from '../../src/index.js'
import { TestChain } from '../../testing/index.js'
import { temporaryFolder } from './temporary-folder.js'

const payloadBytes = 1_000_000
const path = join(await temporaryFolder(), 'store')

/** Bytes of all database files. */
async function written(): Promise<number> {
  const folder = join(path, 'db')
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size)
  return (await Promise.all(sizes)).reduce((a, b) => a + b, 0)
}

it('a payload › is written once › however often the state is saved, and not again with its block', async () => {
  const chain = new TestChain()
  const store = await levelStore(path)
  await store.open(chain.genesis, { onGenesisChange: 'refuse' })
  const proposal = chain.proposal(0n, 0, payloadBytes)
  const empty = await written()
  await store.save(chain.key(), chain.state(1n, { proposals: [proposal] }))
  const once = await written()
  expect(once - empty).toBeGreaterThan(payloadBytes)
  for (let view = 2n; view < 20n; view++) {
    await store.save(chain.key(), chain.state(view, { proposals: [proposal] }))
  }
  await store.append(chain.block(0n, proposal.payload))
  for (let view = 20n; view < 40n; view++) await store.save(chain.key(), chain.state(view))
  expect((await written()) - once).toBeLessThan(payloadBytes / 4)
  expect((await store.get(0n))?.payload).toEqual(proposal.payload)
  await store[Symbol.asyncDispose]()
})

it('payloads and records to which nothing refers any more › are deleted', async () => {
  const chain = new TestChain()
  const path = join(await temporaryFolder(), 'swept')
  const store = await levelStore(path)
  await store.open(chain.genesis, { onGenesisChange: 'refuse' })
  for (let n = 0n; n < 30n; n++) {
    const proposals = [chain.proposal(n), chain.proposal(n, 1), chain.proposal(n + 1n)]
    await store.save(chain.key(), chain.state(n, { proposals }))
    await store.append(chain.block(n))
  }
  await store.save(chain.key(), chain.state(30n))
  await store.prune?.(25n)
  await store[Symbol.asyncDispose]()

  const level = new Level(join(path, 'db'))
  const count = async (table: string) => (await level.sublevel(table).keys().all()).length
  expect(await count('payload')).toBe(5)
  expect(await count('cert')).toBe(5)
  expect(await count('block')).toBe(5)
  expect(await count('state')).toBe(3)
  expect(await count('meta')).toBe(2)
  await level.close()
})
