import { ed25519Scheme } from '@zkstack/crypto'
import { Flooder, floods, type Flood } from '@zkstack/network/testing'
import { testCommittee } from '@zkstack/roles/testing'

// One peer that floods, until its input ends. Arguments: the target's key in hex, its address, and the ways to flood.
const [key = '', addr = '', ways = ''] = process.argv.slice(2)
const { genesis } = testCommittee(6, { scheme: ed25519Scheme.current })
const strangers = testCommittee(6, { seed: 'strangers' })
const votes = Array.from({ length: 50 }, (_, i) =>
  strangers.sign(1, { type: 'replicaCommit', value: strangers.commit(BigInt(i), BigInt(i)) }),
)
await using flooder = new Flooder({
  genesis,
  target: { key: new Uint8Array(Buffer.from(key, 'hex')), addr },
  votes,
})
flooder.start(ways.split(',').filter((way): way is Flood => floods.some((name) => name === way)))
// what it costs to load is not part of the flood
while (flooder.counts.connections === 0) await new Promise((resolve) => setTimeout(resolve, 20))
process.stdout.write('flooding\n')
await new Promise((resolve) => process.stdin.on('end', resolve).resume())
process.stdout.write(`${JSON.stringify(flooder.counts)}\n`)
process.exit(0)
