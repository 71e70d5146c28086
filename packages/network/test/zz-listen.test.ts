import { getEventListeners } from 'node:events'
import { test } from 'vitest'
import { testCommittee } from '@zkstack/roles/testing'
import { libp2pTransport } from '../src/transport/libp2p-transport.js'
import { Flooder } from '../testing/flooder.js'
import { TestPeer } from '../testing/test-peer.js'
const committee = testCommittee(6)
const orig = EventTarget.prototype.addEventListener
const seen = new Set<EventTarget>()
const stacks = new Map<string, number>()
EventTarget.prototype.addEventListener = function (this: EventTarget, type: string, ...rest: never[]) {
  const r = (orig as never as (...a: unknown[]) => unknown).call(this, type, ...rest)
  if (type === 'abort') {
    const n = getEventListeners(this as never, 'abort').length
    if (n > 10) seen.add(this)
    if (n > 6) { const k = `${n > 10 ? '>10' : n} ` + new Error().stack!.split('\n').slice(2, 9).join('\n'); stacks.set(k, (stacks.get(k) ?? 0) + 1) }
  }
  return r
} as never
test('x', { timeout: 60000 }, async () => {
  await using victim = await TestPeer.start({ committee, transport: libp2pTransport(), validator: 0 })
  for (const kind of ['connections'] as const) {
    stacks.clear()
    const strangers = testCommittee(6, { seed: 'strangers' })
    await using flooder = new Flooder({ genesis: committee.genesis, target: victim.asStaticPeer, votes: [strangers.sign(1, { type: 'replicaCommit', value: strangers.commit(1n, 1n) })] })
    flooder.start([kind])
    await new Promise(r => setTimeout(r, 8000))
    await flooder[Symbol.asyncDispose]()
    await new Promise(r => setTimeout(r, 1000))
    console.log('left', [...seen].map(x => getEventListeners(x as never, 'abort').length))
    console.log(kind, JSON.stringify(flooder.counts), [...stacks].map(([k, n]) => n + ' × ' + k).join('\n\n'))
  }
})
