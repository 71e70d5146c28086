import { err, hash32 } from '@zkstack/crypto'
import {
  certificateId,
  certificateToJson,
  type ImportedBridgeExit,
} from '@zkstack/pessimistic-proof'
import { testExit, TestBridge } from '@zkstack/pessimistic-proof/testing'
import { describe, expect, it } from 'vitest'
import {
  decodeCertificateMetadata,
  encodeCertificateMetadata,
} from '../../src/client/certificate-metadata.js'
import { estimateCertificateBytes, planRange } from '../../src/client/certificate-range.js'
import { memoryDatabase } from '../../src/storage/memory-database.js'
import { certificateStatusError } from '../../src/types/certificate-status-error.js'
import { testAuthentication } from '../../testing/certificate-chain.js'
import { ClientWorld, FakeSettlementNode } from '../helpers/client-world.js'

const room = 2 ** 20

describe('the range of a certificate', () => {
  const provable = (block: bigint) => ({ block, isProvable: true })

  it('is everything that is collected, if it fits', () => {
    const planned = planRange({
      exits: [1n, 1n, 4n],
      claims: [provable(2n)],
      lastBlock: 9n,
      maxBytes: room,
    })
    expect(planned).toEqual({ exits: 3, claims: 1, toBlock: 9n })
  })

  it('shrinks by whole blocks to the size that is allowed (aggkit #111, #541, PR #585, cdk PR #217)', () => {
    const maxBytes = estimateCertificateBytes(3, 0)
    const planned = planRange({ exits: [1n, 1n, 4n, 4n], claims: [], lastBlock: 9n, maxBytes })
    expect(planned).toEqual({ exits: 2, claims: 0, toBlock: 3n })
  })

  it('is reckoned by no less than a certificate takes in JSON, which servers refuse above 10 MiB', () => {
    const bridge = new TestBridge()
    for (const id of [1, 2]) bridge.addNetwork(id, testAuthentication)
    const deposit = bridge.exit(0, testExit({ destNetwork: 1, amount: 9n }))
    bridge.claim(1, deposit)
    const exit = bridge.exit(1, testExit({ destNetwork: 2, amount: 3n }))
    const [mainnet] = bridge.settle(1).certificate.importedBridgeExits
    bridge.claim(2, exit)
    const { certificate } = bridge.settle(2)
    const [rollup] = certificate.importedBridgeExits
    if (mainnet === undefined || rollup === undefined) throw new Error('no claims')
    const longest = { ...testExit({ destNetwork: 2 ** 32 - 1 }), amount: 2n ** 256n - 1n }
    const bridgeExit = { ...longest, metadata: hash32(new Uint8Array(32).fill(1)) }
    const bytes = (exits: number, imported: ImportedBridgeExit | undefined): number =>
      certificateToJson({
        ...certificate,
        bridgeExits: Array.from({ length: exits }, () => bridgeExit),
        importedBridgeExits: imported
          ? Array.from({ length: 10 }, () => ({ ...imported, bridgeExit }))
          : [],
      }).length
    const none = bytes(0, undefined)
    expect(estimateCertificateBytes(10, 0)).toBeGreaterThanOrEqual(bytes(10, undefined) - none)
    for (const imported of [mainnet, rollup])
      expect(estimateCertificateBytes(0, 10)).toBeGreaterThanOrEqual(bytes(0, imported) - none)
  })

  it('has the first block whatever its size', () => {
    const planned = planRange({ exits: [1n, 1n, 2n], claims: [], lastBlock: 2n, maxBytes: 1 })
    expect(planned).toEqual({ exits: 2, claims: 0, toBlock: 1n })
  })

  it('ends before a claim that L1 does not prove yet', () => {
    const claims = [provable(1n), { block: 3n, isProvable: false }]
    const planned = planRange({ exits: [2n, 3n], claims, lastBlock: 5n, maxBytes: room })
    expect(planned).toEqual({ exits: 1, claims: 1, toBlock: 2n })
  })

  it('is found in one pass, however much waits', () => {
    let reads = 0
    const counted = <T>(values: readonly T[]): readonly T[] =>
      new Proxy(values, {
        get(target, key) {
          reads += Number(typeof key === 'string' && /^\d+$/.test(key))
          return Reflect.get(target, key) as unknown
        },
      })
    const blocks = Array.from({ length: 1_000 }, (_, i) => BigInt(i))
    const planned = planRange({
      exits: counted(blocks),
      claims: counted(blocks.map(provable)),
      lastBlock: 999n,
      maxBytes: 2 ** 30,
    })
    expect(planned).toEqual({ exits: 1_000, claims: 1_000, toBlock: 999n })
    expect(reads).toBeLessThan(10_000)
  })

  it('is nothing where nothing happened', () => {
    expect(planRange({ exits: [], claims: [], lastBlock: 5n, maxBytes: room })).toBeUndefined()
  })
})

describe('the metadata of a certificate', () => {
  it('is read as it was written', () => {
    const metadata = {
      fromBlock: 2n ** 40n,
      toBlock: 2n ** 40n + 77n,
      createdAt: 1_700_000_000,
      attempt: 3,
    }
    expect(decodeCertificateMetadata(encodeCertificateMetadata(metadata))).toEqual(metadata)
  })

  it('is nothing in another form', () => {
    expect(decodeCertificateMetadata(hash32(new Uint8Array(32).fill(1)))).toBeUndefined()
  })
})

describe('the certificates of a chain', () => {
  it('follow one another, and have every exit', async () => {
    const node = new FakeSettlementNode()
    const world = await ClientWorld.start(memoryDatabase(), node)
    await world.block(0n, 1n, 2n)
    await world.settle()
    await world.block(1n)
    await world.block(2n, 3n)
    await world.settle()
    expect(node.settled.map(({ bridgeExits }) => bridgeExits.map(({ amount }) => amount))).toEqual([
      [1n, 2n],
      [3n],
    ])
    const stages = world.events.flatMap((event) => (event.type === 'exit' ? [event.stage] : []))
    expect(stages).toEqual([
      ...['collected', 'collected', 'inCertificate', 'inCertificate', 'settled', 'settled'],
      ...['collected', 'inCertificate', 'settled'],
    ])
  })

  it.each(['first', 'second'] as const)(
    'follow on the root that L1 has, though its %s answer is an old one, or none',
    async (wrong) => {
      for (const hasOld of [true, false]) {
        const node = new FakeSettlementNode()
        const world = await ClientWorld.start(memoryDatabase(), node)
        await world.block(0n, 1n)
        const answer = hasOld ? hash32(world.store.exitTree.root) : undefined
        await world.block(1n, 2n)
        const right = hash32(world.store.exitTree.root)
        node.firstRoot = right
        await world.block(2n, 3n)
        const answers = wrong === 'first' ? [answer, right] : [right, answer]
        world.rootsOnL1.push(...answers, right, right, right)
        await world.settle()
        expect(node.settled).toMatchObject([
          { height: 0n, prevLocalExitRoot: right, bridgeExits: [{ amount: 3n }] },
        ])
      }
    },
  )

  it('are made anew, with what came since and another id, when one wants a rebuild', async () => {
    const node = new FakeSettlementNode()
    node.errors.push(certificateStatusError('SettlementError', 'reverted', { kind: 'rebuild' }))
    const world = await ClientWorld.start(memoryDatabase(), node)
    await world.block(0n, 1n)
    const ids = new Set<string>()
    node.onAccepted = () => {
      const latest = world.store.latest?.certificate
      if (latest !== undefined) ids.add(certificateId(latest).join())
    }
    while (node.submissions === 0) await world.outbox.step({ signal: AbortSignal.abort() })
    await world.block(1n, 2n)
    await world.settle()
    expect(ids.size).toBe(2)
    expect(node.settled.map(({ height, bridgeExits }) => [height, bridgeExits.length])).toEqual([
      [0n, 2],
    ])
    expect(world.store.latest).toMatchObject({ attempt: 1 })
  })

  it.each(['rebuild', 'fatal'] as const)(
    'are not made anew when L1 has settled one that failed as %s',
    async (kind) => {
      const node = new FakeSettlementNode()
      node.errors.push(certificateStatusError('SettlementError', 'unknown', { kind }))
      const world = await ClientWorld.start(memoryDatabase(), node)
      await world.block(0n, 1n)
      while (statusOf(world) !== 'inError') await world.outbox.step({ signal: AbortSignal.abort() })
      node.settleFailed()
      expect(await world.settle()).toMatchObject({ ok: true })
      await world.block(1n, 2n)
      await world.settle()
      expect(node.submissions).toBe(2)
      expect(
        node.settled.map(({ bridgeExits }) => bridgeExits.map(({ amount }) => amount)),
      ).toEqual([[1n], [2n]])
    },
  )

  it('are taken over when L1 has settled an earlier attempt', async () => {
    const node = new FakeSettlementNode()
    node.errors.push(certificateStatusError('SettlementError', 'unknown', { kind: 'rebuild' }))
    const world = await ClientWorld.start(memoryDatabase(), node)
    await world.block(0n, 1n)
    while (statusOf(world) !== 'inError') await world.outbox.step({ signal: AbortSignal.abort() })
    await world.block(1n, 2n)
    while (world.store.latest?.attempt !== 1)
      await world.outbox.step({ signal: AbortSignal.abort() })
    node.settleFailed()
    node.submit = async () =>
      err({ kind: 'rebuild', code: 'InvalidPendingHeight', message: 'settled' })
    while (statusOf(world) !== 'settled') await world.outbox.step({ signal: AbortSignal.abort() })
    expect(world.store.latest).toMatchObject({ header: { height: 0n }, range: { endExit: 1 } })
  })

  it('end at a fatal error until somebody says to go on', async () => {
    const node = new FakeSettlementNode()
    node.errors.push(
      certificateStatusError('ProofGenerationError', 'no', { reason: 'BalanceUnderflow' }),
    )
    const world = await ClientWorld.start(memoryDatabase(), node)
    await world.block(0n, 1n)
    expect(await world.settle()).toMatchObject({ ok: false, error: { code: 'BalanceUnderflow' } })
    expect(await world.settle()).toMatchObject({ ok: false })
    expect(node.settled).toHaveLength(0)
    await world.outbox.resume()
    expect(await world.settle()).toMatchObject({ ok: true })
    expect(node.settled).toHaveLength(1)
  })

  it('are taken over from the settlement node when the database is lost', async () => {
    const node = new FakeSettlementNode()
    const first = await ClientWorld.start(memoryDatabase(), node)
    await first.block(0n, 1n)
    await first.settle()
    const second = await ClientWorld.start(memoryDatabase(), node)
    expect(await second.settle()).toMatchObject({ ok: true, value: 'idle' })
    await second.block(0n, 1n)
    await second.block(1n, 2n)
    await second.settle()
    expect(node.settled.map(({ height, bridgeExits }) => [height, bridgeExits.length])).toEqual([
      [0n, 1],
      [1n, 1],
    ])
  })

  it('are not made on exits that differ from those of the settlement node', async () => {
    const node = new FakeSettlementNode()
    const first = await ClientWorld.start(memoryDatabase(), node)
    await first.block(0n, 1n)
    await first.settle()
    const other = await ClientWorld.start(memoryDatabase(), node)
    await other.block(0n, 5n)
    expect(await other.settle()).toMatchObject({ ok: false, error: { code: 'RemoteDiffers' } })
  })
})

function statusOf({ store }: ClientWorld): string | undefined {
  return store.latest?.header.status.type
}
