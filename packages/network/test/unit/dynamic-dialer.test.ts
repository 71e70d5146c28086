import { Ctx, ManualClock, scope, seededRandom } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { formatSocketAddress, parseSocketAddress } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { expect, test } from 'vitest'
import { networkLimits } from '../../src/limits.js'
import type { StaticPeer } from '../../src/network.js'
import { Notifier } from '../../src/notifier.js'
import { BanLedger } from '../../src/peers/ban-ledger.js'
import type { Connector, DialOutcome } from '../../src/peers/connector.js'
import { DynamicDialer } from '../../src/peers/dynamic-dialer.js'
import type { PeerRegistry } from '../../src/peers/peer-registry.js'
import { PeerTable } from '../../src/peers/peer-table.js'

const limits = networkLimits({ genesis: testCommittee(6).genesis, redialJitter: 0 })
const bootstrap: StaticPeer = { key: new Uint8Array(32).fill(1), addr: '198.51.100.1:3054' }
const id = toHex(bootstrap.key)
const elsewhere = '198.51.100.2:3054'

interface Run {
  readonly table: PeerTable
  readonly dialled: readonly string[]
}

/** Runs a dialer that was told that its bootstrap peer is elsewhere, and notes whom it dials; what is connected stays so. */
function run(outcomeAt: (addr: string) => DialOutcome): Promise<Run> {
  return runTold([{ key: bootstrap.key, addr: elsewhere }], { outcomeAt, ms: 100, peers: [] })
}

/** Runs a dialer that was told of peers and has some connected, and notes whom it dials; what is connected stays so. */
async function runTold(
  told: readonly StaticPeer[],
  o: {
    readonly outcomeAt: (addr: string) => DialOutcome
    readonly ms: number
    readonly peers: readonly string[]
  },
): Promise<Run> {
  const clock = new ManualClock()
  const ctx = Ctx.root({ clock, random: seededRandom(1) })
  const table = new PeerTable({
    ownId: '',
    random: ctx.random,
    retryMinMs: limits.redialMinMs,
    retryMaxMs: limits.redialMaxMs,
  })
  for (const { key, addr: text } of told) {
    const addr = parseSocketAddress(text)
    if (!addr) throw new TypeError('an address')
    table.add({ key, addr }, { id: 'another', scope: 'public' }, 0)
  }
  const peers = new Map<string, unknown>(o.peers.map((name) => [name, {}]))
  const registry = { peers, changed: new Notifier(), dynamicCount: () => peers.size }
  const dialled: string[] = []
  const connector: Pick<Connector, 'connect'> = {
    connect: async (call, peer, dial) => {
      dialled.push(peer.addr)
      const outcome = o.outcomeAt(peer.addr)
      if (outcome !== 'connected') return outcome
      peers.set(toHex(peer.key), {})
      dial?.onPeer?.()
      await call.race(new Promise<never>(() => undefined))
      return outcome
    },
  }
  const dialer = new DynamicDialer({
    table,
    registry: registry as unknown as PeerRegistry,
    bans: new BanLedger({ decayMs: 6_000 }),
    limits,
    connector: connector as Connector,
    bootstrap: [bootstrap],
    maxDynamicOutbound: 4,
    isStatic: () => false,
  })
  const done = scope(ctx, (inner, tasks) => dialer.run(inner, tasks)).catch(() => undefined)
  await clock.run(o.ms)
  ctx.cancel()
  await done
  return { table, dialled }
}

test('dynamic dialer › a bootstrap peer is reached › what others said of its place is not proven', async () => {
  const { table, dialled } = await run(() => 'connected')
  expect(dialled).toEqual([bootstrap.addr])
  const entry = table.get(id)
  expect(entry && formatSocketAddress(entry.addr)).toBe(elsewhere)
  expect(entry?.provenAt).toBeUndefined()
})

test('dynamic dialer › another node answers at the place of a bootstrap peer › it is dialled where others say it is', async () => {
  const { dialled, table } = await run((addr) =>
    addr === bootstrap.addr ? 'wrongPeer' : 'connected',
  )
  expect(dialled).toEqual([bootstrap.addr, elsewhere])
  expect(table.get(id)?.provenAt).toBe(0)
})

test('dynamic dialer › a bootstrap peer is not reached › that is not counted against another place of it', async () => {
  const { table } = await run((addr) => (addr === bootstrap.addr ? 'unreachable' : 'wrongPeer'))
  expect(table.get(id)).toBeUndefined()
  const reached = await run((addr) => (addr === bootstrap.addr ? 'unreachable' : 'connected'))
  expect(reached.table.get(id)?.failures).toBe(0)
  expect(reached.dialled).toEqual([bootstrap.addr, elsewhere])
})

test('dynamic dialer › a peer tells of nodes that do not exist › the bootstrap peer has its turn among them', async () => {
  const invented = Array.from({ length: 60 }, (_, i) => ({
    key: new Uint8Array(32).fill(100 + i),
    addr: `203.0.113.${i + 1}:3054`,
  }))
  const { dialled } = await runTold(invented, {
    outcomeAt: (addr) => (addr === bootstrap.addr ? 'connected' : 'unreachable'),
    ms: 10_000,
    peers: ['the one that tells'],
  })
  expect(dialled.indexOf(bootstrap.addr)).toBe(8)
  expect(dialled.length).toBeGreaterThan(9)
})
