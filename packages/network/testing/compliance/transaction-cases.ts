import { decodeTransactions, encodeTransactions } from '../../src/codec.js'
import { protocols } from '../../src/protocols.js'
import { hear } from '../raw-peer.js'
import type { TestPeer } from '../test-peer.js'
import { casesOn, type TestBed, type TransportFactory } from './bed.js'
import { check, checkRejects, checkSame, eventually, pause, type ComplianceCase } from './case.js'

/** Transaction gossip: each reaches everybody once. */
export function transactionCases(makeTransport: TransportFactory): ComplianceCase[] {
  return casesOn(makeTransport, {
    'transactions › ten peers in a chain › one reaches them all': floods,
    'transactions › peers in a ring › each mempool is asked once': asksOnce,
    'transactions › from a peer › do not go back to it': doesNotEcho,
    'transactions › a mempool rejects one › it is not passed on, not looked at again at once, and nobody is blamed':
      remembersRejected,
    'transactions › a mempool rejects one and would take it later › it is looked at again and passed on':
      retriesRejected,
    'transactions › one that is empty › ends the connection': refusesEmpty,
    'transactions › a peer connects › it gets what the mempool lists, and no more than once':
      listsForNewPeers,
    'transactions › a peer reads nothing for a while › it slows down nobody, and gets all of them in the end':
      catchesUp,
    'transactions › many at once › share frames': batches,
    'transactions › one in each frame › slow their peer down sooner than many in one':
      chargesFrames,
    'transactions › many in one frame › each has memory of its own when the mempool gets it':
      keepsNoFrame,
    'transactions › one above the limit › ends the connection': refusesLarge,
    'transactions › one of our own above the limit › is a RangeError': refusesOwnLarge,
    'transactions › a mempool is slow › votes are heard': isolatesMempool,
  })
}

function tx(n: number, length = 20): Uint8Array {
  return new Uint8Array(length).fill(n)
}

async function floods(bed: TestBed): Promise<void> {
  const peers: TestPeer[] = [await bed.peer()]
  for (let i = 0; i < 9; i++) {
    const peer = await bed.peer({
      peers: { outbound: peers.slice(-1).map(({ asStaticPeer }) => asStaticPeer) },
    })
    await peer.connectedTo()
    peers.push(peer)
  }
  for (const peer of peers.slice(1, -1))
    await peer.until('two peers', () => peer.network.peers().length === 2)
  await pause(50)
  peers[0]?.network.gossipTransaction(tx(1))
  for (const peer of peers.slice(1))
    await peer.until('transaction', () => peer.transactions.length > 0)
}

async function asksOnce(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const b = await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  const c = await bed.peer({ peers: { outbound: [a.asStaticPeer, b.asStaticPeer] } })
  for (const peer of [a, b, c])
    await peer.until('two peers', () => peer.network.peers().length === 2)
  await pause(50)
  for (let i = 0; i < 10; i++) a.network.gossipTransaction(tx(i))
  for (const peer of [b, c]) await peer.until('ten', () => peer.transactions.length >= 10)
  await pause(50)
  checkSame(
    [a, b, c].map((peer) => peer.transactions.length),
    [0, 10, 10],
    'questions',
  )
}

async function doesNotEcho(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const m = await bed.raw()
  const { connection } = await m.connect(a.asStaticPeer, { genesis: bed.committee.genesis })
  const back: Uint8Array[] = []
  connection.onStream(protocols.transactions, 2 ** 20, async (stream) => {
    for (let frame = await stream.receive(); frame; frame = await stream.receive())
      back.push(...decodeTransactions(frame))
  })
  const stream = await m.open(connection, protocols.transactions)
  await stream.send(encodeTransactions([tx(1), tx(2)]))
  await a.until('both', () => a.transactions.length === 2)
  a.network.gossipTransaction(tx(3))
  await eventually('the third', () => back.length > 0)
  checkSame(back, [tx(3)], 'what came back')
}

/** A raw peer connected to `a`, and its stream for transactions. */
async function sender(bed: TestBed, a: TestPeer) {
  const m = await bed.raw()
  const { connection, stream: hello } = await m.connect(a.asStaticPeer, {
    genesis: bed.committee.genesis,
  })
  return { connection, hello, stream: await m.open(connection, protocols.transactions) }
}

async function chargesFrames(bed: TestBed): Promise<void> {
  const a = await bed.peer({ limits: { transactionRate: { burst: 16, refreshMs: 3_600_000 } } })
  const single = await sender(bed, a)
  for (let i = 0; i < 4; i++) await single.stream.send(encodeTransactions([tx(i)]))
  await a.until('two frames', () => a.transactions.length >= 2)
  const batch = await sender(bed, a)
  await batch.stream.send(encodeTransactions(Array.from({ length: 9 }, (_, i) => tx(10 + i))))
  await a.until('a batch', () => a.transactions.length >= 11)
  await pause(50)
  checkSame(a.transactions.length, 11, 'transactions within the rates of two peers')
}

async function keepsNoFrame(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const { stream } = await sender(bed, a)
  await stream.send(encodeTransactions([tx(1), tx(2), tx(3)]))
  await a.until('all', () => a.transactions.length === 3)
  checkSame(a.transactions, [tx(1), tx(2), tx(3)], 'transactions')
  const kept = a.transactions.map(({ buffer }) => buffer.byteLength)
  checkSame(kept, [20, 20, 20], 'bytes that each keeps alive')
}

async function remembersRejected(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const b = await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  await b.connectedTo(a)
  a.judge = () => 'rejected'
  const senders = [await sender(bed, a), await sender(bed, a)]
  for (let i = 0; i < 10; i++) {
    for (const { stream } of senders) await stream.send(encodeTransactions([tx(1)]))
  }
  await senders[0]?.stream.send(encodeTransactions([tx(2)]))
  await a.until('the next', () => a.transactions.length === 2)
  checkSame(a.transactions, [tx(1), tx(2)], 'questions')
  checkSame(b.transactions.length, 0, 'passed on')
  checkSame(a.eventsOf('peerMisbehaved').length, 0, 'blamed')
}

async function retriesRejected(bed: TestBed): Promise<void> {
  const a = await bed.peer({ limits: { rejectedTransactionMs: 50 } })
  const b = await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  await b.connectedTo(a)
  a.judge = () => (a.transactions.length === 1 ? 'rejected' : 'accepted')
  const { stream } = await sender(bed, a)
  await stream.send(encodeTransactions([tx(1)]))
  await a.until('first', () => a.transactions.length === 1)
  await pause(60)
  await stream.send(encodeTransactions([tx(1)]))
  await b.until('passed on', () => b.transactions.length === 1)
}

async function refusesEmpty(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const { hello, stream } = await sender(bed, a)
  await stream.send(encodeTransactions([tx(1, 0)]))
  await checkRejects(hear(hello), 'MISBEHAVED', 'goodbye')
  checkSame(a.eventsOf('peerMisbehaved')[0]?.rule, 'MALFORMED', 'rule')
}

async function* listOf(txs: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const each of txs) yield await Promise.resolve(each)
}

async function listsForNewPeers(bed: TestBed): Promise<void> {
  const pool = Array.from({ length: 200 }, (_, i) => tx(i, 30))
  const a = await bed.peer({
    limits: { transactionQueue: 10 },
    override: { pendingTransactions: () => listOf(pool) },
  })
  const b = await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  await b.until('all', () => b.transactions.length >= pool.length)
  a.network.gossipTransaction(tx(255, 31))
  await b.until('a new one', () => b.transactions.length > pool.length)
  checkSame(
    b.transactions.map((got) => [got[0], got.length]),
    [...pool, tx(255, 31)].map((sent) => [sent[0], sent.length]),
    'what the new peer was asked',
  )
}

async function catchesUp(bed: TestBed): Promise<void> {
  const pool: Uint8Array[] = []
  const limits = {
    transactionQueue: 20,
    transactionQueueBytes: 2_000_000,
    // it answers no ping either
    pingTimeoutMs: 3_600_000,
  }
  const a = await bed.peer({ limits, override: { pendingTransactions: () => listOf(pool) } })
  const { connection } = await sender(bed, a)
  const c = await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  await c.connectedTo(a)
  for (let i = 0; i < 150; i++) {
    pool.push(tx(i, 90_000))
    a.network.gossipTransaction(tx(i, 90_000))
    await c.until(`transaction ${i}`, () => c.transactions.length > i)
  }
  const got = new Set<number | undefined>()
  connection.onStream(protocols.transactions, 2 ** 20, async (stream) => {
    for (let frame = await stream.receive(); frame; frame = await stream.receive())
      for (const each of decodeTransactions(frame)) got.add(each[0])
  })
  await eventually('all of them', () => got.size === pool.length)
}

async function batches(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const m = await bed.raw()
  const { connection } = await m.connect(a.asStaticPeer, { genesis: bed.committee.genesis })
  const frames: number[] = []
  connection.onStream(protocols.transactions, 2 ** 20, async (stream) => {
    for (let frame = await stream.receive(); frame; frame = await stream.receive()) {
      frames.push(decodeTransactions(frame).length)
    }
  })
  await a.until(
    'streams',
    () => frames.length > 0 || (a.network.gossipTransaction(tx(255, 30)), false),
  )
  for (let i = 0; i < 200; i++) a.network.gossipTransaction(tx(i % 200, 21))
  await eventually('all', () => frames.reduce((sum, n) => sum + n, 0) === 201)
  check(frames.length < 20, `${frames.length} frames`)
}

async function refusesLarge(bed: TestBed): Promise<void> {
  const a = await bed.peer({ limits: { maxTransactionBytes: 100 } })
  const m = await bed.raw()
  const { connection, stream } = await m.connect(a.asStaticPeer, { genesis: bed.committee.genesis })
  const txs = await m.open(connection, protocols.transactions)
  await txs.send(encodeTransactions([tx(1, 101)]))
  await checkRejects(hear(stream), 'MISBEHAVED', 'goodbye')
  checkSame(a.eventsOf('peerMisbehaved')[0]?.rule, 'TRANSACTION_TOO_LARGE', 'rule')
  checkSame(a.transactions.length, 0, 'questions')
}

async function refusesOwnLarge(bed: TestBed): Promise<void> {
  const a = await bed.peer({ limits: { maxTransactionBytes: 100 } })
  let error: unknown
  try {
    a.network.gossipTransaction(tx(1, 101))
  } catch (e) {
    error = e
  }
  check(error instanceof RangeError, 'a RangeError')
}

async function isolatesMempool(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0 })
  const b = await bed.peer({ validator: 1, peers: { outbound: [a.asStaticPeer] } })
  await b.connectedTo(a)
  a.judge = () => new Promise(() => undefined)
  b.network.gossipTransaction(tx(1))
  await a.until(
    'asked',
    () => a.transactions.length === 1 || (b.network.gossipTransaction(tx(2)), false),
  )
  b.network.broadcast(bed.vote(1, 1n))
  await a.until('vote', () => a.messages.length === 1)
}
