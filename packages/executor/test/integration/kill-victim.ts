// Six validators with LevelDB in one process, until it is killed; says what they send, before it leaves, and what they commit.
// The second argument `forgetful` makes them lose their votes: the negative control.
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { toHex } from '@zkstack/crypto'
import { protocols } from '@zkstack/network'
import { createTestNetwork } from '../../testing/index.js'
import { brokenStore } from '../simulation/broken-store.js'
import { FileChain } from './file-chain.js'

const [folder = '', how] = process.argv.slice(2)
const say = (line: string): void => {
  writeSync(1, `${line}\n`)
}
const network = await createTestNetwork(6, {
  store: 'level',
  folder,
  viewTimeoutMs: 300,
  start: false,
  ...(how === 'forgetful' && { wrapStore: brokenStore.forgetful }),
  execution: (node) =>
    new FileChain(join(folder, `ledger-${node}`), (number) => {
      say(`commit ${node} ${number}`)
    }),
})
const said = new WeakSet<Uint8Array>()
network.wire.onFrame = ({ protocol, frame }) => {
  const isVote = protocol === protocols.consensus || protocol === protocols.proposals
  if (isVote && !said.has(frame)) {
    said.add(frame)
    say(`sent ${protocol} ${toHex(frame)}`)
  }
  return 'deliver'
}
say('ready')
await network.startAll()
for (const node of network.nodes) {
  node.node.closed.catch((e: unknown) => {
    say(`failed ${node.index} ${String(e)}`)
  })
}
say('started')
