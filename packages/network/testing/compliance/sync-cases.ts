import { ManualClock } from '@zkstack/concurrency'
import { concatBytes } from '@zkstack/crypto'
import { encodeBlock, type Block } from '@zkstack/roles'
import {
  decodeGetBlocksRequest,
  decodeGetBlocksResponse,
  encodeBlockRange,
  encodeGetBlocksRequest,
  encodeGetBlocksResponse,
} from '../../src/codec.js'
import { protocols } from '../../src/protocols.js'
import type { RawPeer } from '../raw-peer.js'
import type { TestPeer } from '../test-peer.js'
import { casesOn, type TestBed, type TransportFactory } from './bed.js'
import { check, checkSame, pause, type ComplianceCase } from './case.js'

/** Block sync: everything announced arrives, from whomever, whatever single peers do. */
export function syncCases(makeTransport: TransportFactory): ComplianceCase[] {
  return casesOn(makeTransport, {
    'sync › a peer has blocks › they arrive in order': fetchesAll,
    'sync › blocks are added one by one › they follow': follows,
    'sync › through a chain of peers › they reach the last one': passesOn,
    'sync › several peers have them › each is asked': sharesTheLoad,
    'sync › peers with different first blocks › each gives what it has': joinsRanges,
    'sync › blocks come from elsewhere › they are not asked for': sparesWhatIsThere,
    'sync › a committee member at the tip › gives consensus the time to bring the block': gracesTip,
    'sync › a peer answers that it has none › another one is asked': (bed) =>
      survives(bed, () => undefined),
    'sync › a peer answers with another block › is cut and another one is asked': (bed) =>
      survives(bed, (n) => bed.committee.block(n + 1n), 'WRONG_BLOCK'),
    'sync › a peer answers with an invalid block › is cut and another one is asked': (bed) =>
      survives(bed, (n) => forge(bed, n), 'INVALID_BLOCK'),
    'sync › a peer answers with nonsense › is cut and another one is asked': (bed) =>
      survives(bed, () => Uint8Array.of(1, 2, 3), 'MALFORMED'),
    'sync › a peer does not answer › another one is asked after a while': survivesSilence,
    'sync › four bad peers and a good one › the blocks arrive': survivesMany,
    'sync › a peer asks for a block that is not there › it is told what is': answersNone,
    'sync › a peer has pruned what it announced › another one is asked, and nobody is blamed':
      toleratesPruning,
    'sync › a peer withholds what it has › is cut': cutsWithholders,
    'sync › a store prunes › its peers are told': announcesPruning,
    'sync › no peer has a block › the fallback source is asked for it': fallsBack,
    'sync › the fallback source gives a wrong block › it is refused': refusesForgedFallback,
    'sync › the fallback source fails › is asked again': survivesFailingFallback,
    'sync › the store fails › the network ends with its error': endsWithStore,
  })
}

function chain(bed: TestBed, from: bigint, to: bigint): Block[] {
  const blocks: Block[] = []
  for (let n = from; n < to; n++)
    blocks.push(bed.committee.block(n, new Uint8Array(100).fill(Number(n))))
  return blocks
}

async function fetchesAll(bed: TestBed): Promise<void> {
  const blocks = chain(bed, 0n, 100n)
  const a = await bed.peer({ blocks })
  const b = await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  await b.hasBlock(99n)
  for (const block of blocks)
    checkSame(await b.store.get(block.number), block, `block ${block.number}`)
}

async function follows(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const b = await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  for (const block of chain(bed, 0n, 5n)) {
    await a.blocks.push(block)
    await b.hasBlock(block.number)
  }
}

async function passesOn(bed: TestBed): Promise<void> {
  const peers: TestPeer[] = [await bed.peer({ blocks: chain(bed, 0n, 10n) })]
  for (let i = 0; i < 4; i++) {
    peers.push(
      await bed.peer({ peers: { outbound: peers.slice(-1).map((peer) => peer.asStaticPeer) } }),
    )
  }
  for (const peer of peers) await peer.hasBlock(9n)
}

/** Serves blocks by hand and counts the requests. */
async function serveByHand(
  peer: RawPeer,
  to: TestPeer,
  bed: TestBed,
  o: {
    first?: bigint
    next: bigint
    announce?: false
    /** What it says in its answers to have, when that is something else than what it announced. */
    has?: () => { first: bigint }
    answer: (n: bigint) => Block | Uint8Array | undefined | Promise<never>
  },
): Promise<{ requests: bigint[]; announce(): Promise<void> }> {
  const requests: bigint[] = []
  const { connection } = await peer.connect(to.asStaticPeer, { genesis: bed.committee.genesis })
  connection.onStream(protocols.ping, 1024, async (stream) => {
    for (let ping = await stream.receive(); ping; ping = await stream.receive())
      await stream.send(ping)
  })
  connection.onStream(protocols.getBlocks, 1024, async (stream) => {
    for (let frame = await stream.receive(); frame; frame = await stream.receive()) {
      const { first, count } = decodeGetBlocksRequest(frame)
      const blocks: Uint8Array[] = []
      for (let number = first; number < first + BigInt(count); number++) {
        requests.push(number)
        const answer = await o.answer(number)
        if (answer === undefined) break
        blocks.push(answer instanceof Uint8Array ? answer : encodeBlock(answer))
      }
      const range = { first: o.first ?? 0n, next: o.next, ...o.has?.() }
      await stream.send(
        concatBytes(...encodeGetBlocksResponse({ blocks: blocks.map((block) => [block]), range })),
      )
    }
  })
  const ranges = await peer.open(connection, protocols.blocks)
  const announce = (): Promise<void> =>
    ranges.send(encodeBlockRange({ first: o.first ?? 0n, next: o.next }))
  if (o.announce !== false) await announce()
  return { requests, announce }
}

async function sharesTheLoad(bed: TestBed): Promise<void> {
  // whoever is slow is no reason to ask another one
  const a = await bed.peer({
    limits: { blocksPerRequest: 4, blockInflight: 2, syncHedgeMs: 9_000 },
  })
  const blocks = chain(bed, 0n, 40n)
  const hands = []
  for (let i = 0; i < 3; i++) {
    const answer = (n: bigint): Block | undefined => blocks[Number(n)]
    hands.push(await serveByHand(await bed.raw(), a, bed, { next: 40n, announce: false, answer }))
  }
  await a.until('all are connected', () => a.network.peers().length === 3)
  await Promise.all(hands.map((hand) => hand.announce()))
  await a.hasBlock(39n)
  for (const { requests } of hands) check(requests.length > 3, `${requests.length} blocks`)
  checkSame(
    hands.reduce((sum, { requests }) => sum + requests.length, 0),
    40,
    'each block is asked for once',
  )
}

async function joinsRanges(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const early = await serveByHand(await bed.raw(), a, bed, {
    next: 10n,
    answer: (n) => bed.committee.block(n),
  })
  const answer = (n: bigint): Block => bed.committee.block(n)
  const late = await serveByHand(await bed.raw(), a, bed, { first: 5n, next: 20n, answer })
  await a.hasBlock(19n)
  check(
    early.requests.every((n) => n < 10n),
    'asked the early one for what it has',
  )
  check(
    late.requests.every((n) => n >= 5n),
    'asked the late one for what it has',
  )
}

async function sparesWhatIsThere(bed: TestBed): Promise<void> {
  const blocks = chain(bed, 0n, 10n)
  const a = await bed.peer({ blocks })
  const hand = await serveByHand(await bed.raw(), a, bed, {
    next: 10n,
    answer: (n) => bed.committee.block(n),
  })
  await pause(100)
  checkSame(hand.requests, [], 'requests')
}

async function gracesTip(bed: TestBed): Promise<void> {
  const clock = new ManualClock()
  const a = await bed.peer({ validator: 0, clock })
  const hand = await serveByHand(await bed.raw(), a, bed, {
    next: 1n,
    answer: (n) => bed.committee.block(n),
  })
  await a.until('announced', () => a.network.peers()[0]?.range?.next === 1n)
  await pause(50)
  checkSame(hand.requests, [], 'requests within the grace')
  await a.blocks.push(bed.committee.block(0n))
  clock.advance(5_000)
  await pause(50)
  checkSame(hand.requests, [], 'requests')
}

/** A certificate for another payload. */
function forge(bed: TestBed, n: bigint): Block {
  const { justification } = bed.committee.block(n, Uint8Array.of(1))
  return { ...bed.committee.block(n, Uint8Array.of(2)), justification }
}

async function survives(
  bed: TestBed,
  answer: (n: bigint) => Block | Uint8Array | undefined,
  rule?: string,
): Promise<void> {
  const a = await bed.peer()
  const bad = await serveByHand(await bed.raw(), a, bed, { next: 3n, answer })
  await a.until('the bad one is asked', () => bad.requests.length > 0)
  if (rule !== undefined) {
    await a.sees('peerMisbehaved')
    checkSame(a.eventsOf('peerMisbehaved')[0]?.rule, rule, 'rule')
    await a.sees('peerDisconnected')
  }
  const good = await bed.peer({ blocks: chain(bed, 0n, 3n), peers: { outbound: [a.asStaticPeer] } })
  await a.hasBlock(2n)
  await good.hasBlock(2n)
}

async function survivesSilence(bed: TestBed): Promise<void> {
  const a = await bed.peer({ limits: { syncHedgeMs: 100, blockTimeoutMs: 400 } })
  const never = new Promise<never>(() => undefined)
  const silent = await serveByHand(await bed.raw(), a, bed, { next: 3n, answer: () => never })
  await a.until('the silent one is asked', () => silent.requests.length > 0)
  await bed.peer({ blocks: chain(bed, 0n, 3n), peers: { outbound: [a.asStaticPeer] } })
  await a.hasBlock(2n)
  await a.sees('peerDisconnected')
  checkSame(a.eventsOf('peerDisconnected')[0]?.code, 'UNRESPONSIVE', 'code')
}

async function survivesMany(bed: TestBed): Promise<void> {
  const a = await bed.peer({ limits: { blocksPerRequest: 1 } })
  const answers = [
    () => undefined,
    (n: bigint) => bed.committee.block(n + 1n),
    (n: bigint) => forge(bed, n),
    () => Uint8Array.of(9),
  ]
  for (const answer of answers) await serveByHand(await bed.raw(), a, bed, { next: 20n, answer })
  await serveByHand(await bed.raw(), a, bed, { next: 20n, answer: (n) => bed.committee.block(n) })
  await a.hasBlock(19n)
  await a.until('only the good one is left', () => a.network.peers().length === 1)
}

async function answersNone(bed: TestBed): Promise<void> {
  const a = await bed.peer({ blocks: chain(bed, 5n, 8n) })
  const m = await bed.raw()
  const { connection } = await m.connect(a.asStaticPeer, { genesis: bed.committee.genesis })
  const stream = await m.open(connection, protocols.getBlocks)
  const answers: string[] = []
  for (const first of [4n, 5n, 7n, 8n, 2n ** 64n - 1n]) {
    await stream.send(encodeGetBlocksRequest({ first, count: 2 }))
    const frame = await stream.receive()
    const { blocks, range } = decodeGetBlocksResponse(frame ?? new Uint8Array())
    answers.push(`${blocks.length} of [${range.first}, ${range.next})`)
  }
  checkSame(
    answers,
    ['0', '2', '1', '0', '0'].map((count) => `${count} of [5, 8)`),
    'answers',
  )
}

/** A block was pruned after its peer had announced it: the answer says so, and nobody is blamed. */
async function toleratesPruning(bed: TestBed): Promise<void> {
  const a = await bed.peer({ limits: { blocksPerRequest: 1 } })
  const pruned = await serveByHand(await bed.raw(), a, bed, {
    next: 20n,
    answer: () => undefined,
    has: () => ({ first: 20n }),
  })
  await a.until('the pruned one is asked', () => pruned.requests.length >= 1)
  await pause(100)
  check(pruned.requests.length <= 5, 'it is not asked again for what it does not have')
  await serveByHand(await bed.raw(), a, bed, { next: 20n, answer: (n) => bed.committee.block(n) })
  await a.hasBlock(19n)
  checkSame(a.eventsOf('peerMisbehaved').length, 0, 'nobody is blamed')
  checkSame(a.network.peers().length, 2, 'both are connected')
}

/** A peer that has what it announced, and does not give it. */
async function cutsWithholders(bed: TestBed): Promise<void> {
  const a = await bed.peer({ limits: { blocksPerRequest: 1 } })
  await serveByHand(await bed.raw(), a, bed, { next: 20n, answer: () => undefined })
  await a.sees('peerMisbehaved')
  checkSame(a.eventsOf('peerMisbehaved')[0]?.rule, 'MISSING_BLOCK', 'rule')
}

/** A store that prunes announces it. */
async function announcesPruning(bed: TestBed): Promise<void> {
  const a = await bed.peer({ blocks: chain(bed, 0n, 20n) })
  const b = await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  await b.hasBlock(19n)
  await a.store.prune?.(10n)
  await a.follow()
  await b.until('told', () => b.network.peers()[0]?.range?.first === 10n)
}

/** Blocks that no peer has come from the fallback source; peers bring the others. */
async function fallsBack(bed: TestBed): Promise<void> {
  const asked: bigint[] = []
  let tell = (): void => undefined
  const isKnown = new Promise<void>((resolve) => (tell = resolve))
  const fallback = {
    head: () => isKnown.then(() => 19n),
    fetch: (n: bigint) => {
      asked.push(n)
      return Promise.resolve(bed.committee.block(n))
    },
  }
  const late = await bed.peer({ blocks: chain(bed, 10n, 20n) })
  const a = await bed.peer({
    limits: { fallbackPollMs: 200 },
    override: { fallback },
    peers: { outbound: [late.asStaticPeer] },
  })
  await a.until('what the peer has', () => a.network.peers()[0]?.range?.next === 20n)
  tell()
  await a.hasBlock(19n)
  check(asked.length > 0 && asked.every((n) => n < 10n), `asked for ${asked.join(', ')}`)
}

/** A wrong block of the fallback source is refused, and it is not asked again for a while. */
async function refusesForgedFallback(bed: TestBed): Promise<void> {
  let calls = 0
  const fallback = {
    head: () => Promise.resolve(2n),
    fetch: (n: bigint) => {
      calls++
      return Promise.resolve(forge(bed, n))
    },
  }
  const a = await bed.peer({ limits: { fallbackPollMs: 20 }, override: { fallback } })
  await a.sees('warning')
  checkSame(a.eventsOf('warning')[0]?.error.code, 'NETWORK_FALLBACK', 'code')
  const before = calls
  await pause(200)
  checkSame(calls, before, 'calls')
  checkSame(a.blocks.range.value.next, 0n, 'blocks')
  check(a.network.fallback()?.failure?.includes('INVALID_BLOCK') === true, 'its state says so')
}

/** A failing fallback source is reported and asked again. */
async function survivesFailingFallback(bed: TestBed): Promise<void> {
  let calls = 0
  const fallback = {
    head: () => (++calls < 5 ? Promise.reject(new Error('down')) : Promise.resolve(2n)),
    fetch: (n: bigint) => Promise.resolve(calls < 8 ? undefined : bed.committee.block(n)),
  }
  const a = await bed.peer({ limits: { fallbackPollMs: 20 }, override: { fallback } })
  await a.hasBlock(2n)
  check(a.eventsOf('warning').length > 0, 'it is reported')
}

async function endsWithStore(bed: TestBed): Promise<void> {
  const a = await bed.peer({ blocks: chain(bed, 0n, 3n) })
  a.store.get = () => Promise.reject(new Error('the disk is dead'))
  await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  await a.until('the end', () => a.failure !== undefined)
  check(a.failure instanceof Error && a.failure.message === 'the disk is dead', 'its error')
}
