// Writes blocks and states until it is killed; says what was acknowledged, after it was.
import { writeSync } from 'node:fs'
import { BlockQueue, levelStore } from '../../src/index.js'
import { crashChain, crashState } from './crash-content.js'

const say = (line: string) => writeSync(1, `${line}\n`)

const [path = ''] = process.argv.slice(2)
const store = await levelStore(path)
await store.open(crashChain.genesis, { onGenesisChange: 'refuse' })
const queue = new BlockQueue(store, { capacity: 8 })
const key = crashChain.key()
say('open')

async function writeStates(): Promise<never> {
  for (let view = ((await store.load(key))?.view ?? 0n) + 1n; ; view++) {
    await store.save(key, crashState(view))
    say(`state ${view}`)
  }
}

async function writeBlocks(): Promise<never> {
  for (let n = queue.range.value.next; ; n++) {
    await queue.push(crashChain.block(n))
    say(`block ${n}`)
    if (n % 50n === 49n) {
      await store.prune?.(n - 20n)
      say(`pruned ${n - 20n}`)
    }
  }
}

await Promise.all([writeStates(), writeBlocks()])
