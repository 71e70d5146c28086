import { Ctx, ManualClock } from '@zkstack/concurrency'
import { testCommittee } from '@zkstack/roles/testing'
import { expect, test } from 'vitest'
import { networkLimits } from '../../src/limits.js'
import { BanLedger } from '../../src/peers/ban-ledger.js'
import { Peer } from '../../src/peers/peer.js'
import { PeerBudgets } from '../../src/peers/peer-budgets.js'
import { PeerRegistry } from '../../src/peers/peer-registry.js'
import type {
  ConnectionDirection,
  TransportConnection,
} from '../../src/transport/network-transport.js'

const limits = networkLimits({ genesis: testCommittee(6).genesis })
const clock = new ManualClock()
const ctx = Ctx.root({ clock })
const member = Uint8Array.of(1)

function keyOf(node: number): Uint8Array {
  return new Uint8Array(32).fill(node)
}

function connectionOf(node: number, direction: ConnectionDirection): TransportConnection {
  return {
    remote: keyOf(node),
    remotePeerId: keyOf(node),
    localPeerId: keyOf(0),
    direction,
    remoteAddress: '198.51.100.1:1',
    openStream: () => Promise.reject(new TypeError('no streams')),
    onStream: () => undefined,
    close: () => Promise.resolve(),
    abort: () => undefined,
    closed: new Promise(() => undefined),
  }
}

/** A registry with room for two strangers of each direction, and who wants to come in. */
function newRegistry() {
  const registry = new PeerRegistry({
    ownKey: keyOf(0),
    isStatic: () => false,
    isCommitteeMember: (carrier) => carrier[0] === 1,
    maxDynamicInbound: 2,
    limits,
    bans: new BanLedger({ decayMs: 6_000 }),
    clock,
  })
  const budgets = new PeerBudgets(limits, clock)
  let serial = 0
  return {
    registry,
    /** Why it is refused, or that it is in. */
    comes: async (
      node: number,
      carrier?: Uint8Array,
      direction: ConnectionDirection = 'inbound',
    ): Promise<string> => {
      const connection = connectionOf(node, direction)
      const refusal = await registry.judge(ctx, connection, carrier)
      if (refusal) return refusal.code
      registry.activate(
        new Peer({
          ctx: ctx.child(),
          serial: ++serial,
          connection,
          hello: { carrier, buildVersion: undefined, chainHead: 0n },
          isStatic: false,
          budget: budgets.of(String(node)),
          onFault: () => undefined,
        }),
      )
      return 'in'
    },
  }
}

test('peer registry › many nodes prove one validator key › one of them is let in beyond the limit, the others count', async () => {
  const { comes, registry } = newRegistry()
  const codes = []
  for (let node = 1; node <= 6; node++) codes.push(await comes(node, member))
  expect(codes).toEqual(['in', 'in', 'in', 'LIMIT', 'LIMIT', 'LIMIT'])
  expect(registry.dynamicCount('inbound')).toBe(2)
})

test('peer registry › many nodes that we have dialled prove one validator key › all but one count as dialled', async () => {
  const { comes, registry } = newRegistry()
  for (let node = 1; node <= 6; node++) await comes(node, member, 'outbound')
  expect(registry.dynamicCount('outbound')).toBe(5)
})

test('peer registry › a member comes again while strangers take all places › takes over from itself', async () => {
  const { comes, registry } = newRegistry()
  for (const node of [1, 2, 3]) await comes(node)
  expect(await comes(4, member)).toBe('in')
  expect(registry.dynamicCount('inbound')).toBe(2)
  expect(await comes(4, member)).toBe('in')
  expect(await comes(5, member)).toBe('LIMIT')
})
