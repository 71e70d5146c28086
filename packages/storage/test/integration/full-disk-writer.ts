// Writes blocks until the disk refuses, and says what was acknowledged and how it ended.
import { writeSync } from 'node:fs'
import { levelStore, StorageError } from '../../src/index.js'
import { TestChain } from '../../testing/index.js'

const chain = new TestChain()
const say = (line: string) => writeSync(1, `${line}\n`)
const store = await levelStore(process.argv[2] ?? '')
await store.open(chain.genesis, { onGenesisChange: 'refuse' })
try {
  for (let n = store.range().next; n < 1_000n; n++) {
    await store.append(chain.block(n, chain.payload(n, 0, 20_000)))
    say(`block ${n}`)
  }
} catch (e) {
  say(
    e instanceof StorageError
      ? `${e.code} ${e.cause instanceof Error ? 'with cause' : ''}`
      : String(e),
  )
}
const again = await store.append(chain.block(store.range().next)).catch((e: unknown) => e)
say(`again ${again instanceof StorageError ? again.code : String(again)}`)
await store[Symbol.asyncDispose]()
