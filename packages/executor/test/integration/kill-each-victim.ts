// One validator of some with LevelDB and TCP, until it is killed; says what it sends, before it leaves, and what it commits.
// The last argument `forgetful` makes it lose its votes: the negative control.
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { toHex } from '@zkstack/crypto'
import { libp2pTransport, protocols } from '@zkstack/network'
import { levelStore } from '@zkstack/storage'
import { createNode } from '../../src/index.js'
import { testCommittee } from '../../testing/test-committee.js'
import { TestWire } from '../../testing/test-wire.js'
import { brokenStore } from '../simulation/broken-store.js'
import { FileChain } from './file-chain.js'

/** Blocks come slowly enough that six processes have time for each other. */
const proposeMs = 40

const [folder = '', host = '127.0.0.1', validators = '1', position = '0', how] =
  process.argv.slice(2)
const nodes = Number(validators)
const index = Number(position)
const addressOf = (node: number): string => `${host}:${3054 + node}`
const say = (line: string): void => {
  writeSync(1, `${line}\n`)
}
const committee = testCommittee(nodes, {})
const validatorKey = committee.validatorKeys[index]
if (validatorKey === undefined) throw new RangeError(`there is no validator ${index}`)
const wire = new TestWire(() => undefined)
const said = new WeakSet<Uint8Array>()
wire.onFrame = ({ protocol, frame }) => {
  const isVote = protocol === protocols.consensus || protocol === protocols.proposals
  if (isVote && !said.has(frame)) {
    said.add(frame)
    say(`sent ${protocol} ${toHex(frame)}`)
  }
  return 'deliver'
}
const chain = new FileChain(join(folder, `ledger-${index}`), (number) => {
  say(`commit ${index} ${number}`)
})
say('ready')
const level = await levelStore(join(folder, `store-${index}`))
const node = await createNode({
  genesis: committee.genesis,
  nodeKey: committee.nodeKey(index),
  validatorKey,
  store: how === 'forgetful' ? brokenStore.forgetful(level) : level,
  transport: wire.attach(libp2pTransport()),
  listen: addressOf(index),
  peers: {
    outbound: Array.from({ length: nodes }, (_, i) => ({
      key: committee.nodeKey(i).publicKey,
      addr: addressOf(i),
    })).filter((_, i) => i !== index),
  },
  execution: {
    propose: async () => {
      await sleep(proposeMs)
      return chain.propose()
    },
    verify: (request) => chain.verify(request),
    commit: (block) => chain.commit(block),
    lastCommitted: () => chain.lastCommitted(),
  },
  limits: { workers: 0, network: { redialMinMs: 50, redialMaxMs: 500 } },
  timing: { viewTimeoutMs: 500 },
})
node.closed.catch((e: unknown) => {
  say(`failed ${index} ${String(e)}`)
})
say('started')
