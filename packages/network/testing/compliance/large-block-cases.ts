import { concatBytes } from '@zkstack/crypto'
import { encodeBlock, payloadPartBytes, type Block } from '@zkstack/roles'
import {
  decodeGetBlocksRequest,
  decodeGetBlocksResponse,
  encodeBlockRange,
  encodeGetBlocksRequest,
  encodeGetBlocksResponse,
} from '../../src/codec.js'
import { TAKEN } from '../../src/parts/part-frame.js'
import { protocols } from '../../src/protocols.js'
import type { FrameStream } from '../../src/transport/network-transport.js'
import type { TestPeer } from '../test-peer.js'
import { casesOn, type TestBed, type TransportFactory } from './bed.js'
import { check, checkSame, pause, type ComplianceCase } from './case.js'

/** Blocks above 63 KiB: they travel in parts, on request. */
export function largeBlockCases(makeTransport: TransportFactory): ComplianceCase[] {
  return casesOn(makeTransport, {
    'large blocks › among small ones › arrive in order': fetchesLarge,
    'large blocks › asked for › come in frames of 64 KiB at most, as fast as they are taken':
      sendsParts,
    'large blocks › a part is of another size › the peer is cut and another one is asked': (bed) =>
      survives(bed, (parts) => [...parts.slice(0, -1), new Uint8Array(1)], 'MALFORMED'),
    'large blocks › a part has other bytes › the peer is cut and another one is asked': (bed) =>
      survives(bed, forgePart, 'INVALID_BLOCK'),
    'large blocks › larger than any may be › the peer is cut before a part is read': (bed) =>
      survives(bed, (parts) => parts, 'MALFORMED', 2 ** 31),
    'large blocks › parts are taken that were not sent › the peer is cut': cutsBoasters,
  })
}

/** Sizes of payloads: below a part, above one, above two, and a few small ones. */
const payloadSizes = [100, 66_000, 100, 40_000, 10_000, 2 * payloadPartBytes + 1, 100]

function chain(bed: TestBed): Block[] {
  return payloadSizes.map((size, n) => bed.committee.block(BigInt(n), new Uint8Array(size).fill(n)))
}

async function fetchesLarge(bed: TestBed): Promise<void> {
  const blocks = chain(bed)
  const a = await bed.peer({ blocks })
  const b = await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  await b.hasBlock(BigInt(blocks.length - 1))
  for (const block of blocks)
    checkSame(await b.store.get(block.number), block, `block ${block.number}`)
}

async function askByHand(bed: TestBed, a: TestPeer): Promise<FrameStream> {
  const m = await bed.raw()
  const { connection } = await m.connect(a.asStaticPeer, { genesis: bed.committee.genesis })
  return m.open(connection, protocols.getBlocks)
}

async function sendsParts(bed: TestBed): Promise<void> {
  const blocks = chain(bed)
  const stream = await askByHand(bed, await bed.peer({ blocks }))
  await stream.send(encodeGetBlocksRequest({ first: 0n, count: 64 }))
  const got: Uint8Array[] = []
  const receive = async (): Promise<Uint8Array> => {
    const frame = (await stream.receive()) ?? new Uint8Array()
    check(frame.length <= 64 * 1024, `a frame of ${frame.length} bytes`)
    return frame
  }
  for (let more = true; more;) {
    const response = decodeGetBlocksResponse(await receive())
    more = response.more
    got.push(...response.blocks)
    const parts: Uint8Array[] = []
    for (let left = response.large; left > 0; left -= parts.at(-1)?.length ?? left) {
      parts.push(await receive())
      // nothing is lost by taking one's time
      await pause(1)
      await stream.send(TAKEN)
    }
    if (parts.length > 0) got.push(concatBytes(...parts))
  }
  checkSame(got, blocks.map(encodeBlock), 'blocks')
}

async function cutsBoasters(bed: TestBed): Promise<void> {
  const a = await bed.peer({ blocks: chain(bed) })
  const stream = await askByHand(bed, a)
  await stream.send(TAKEN)
  await a.sees('peerMisbehaved')
  checkSame(a.eventsOf('peerMisbehaved')[0]?.rule, 'MALFORMED', 'rule')
}

function forgePart(parts: readonly Uint8Array[]): Uint8Array[] {
  return parts.map((part, i) => {
    const forged = part.slice()
    if (i === 1) forged.fill(255, 0, 1)
    return forged
  })
}

/** One peer answers with a large block, cut into parts as a test wants; another one has it right. */
async function survives(
  bed: TestBed,
  change: (parts: readonly Uint8Array[]) => readonly Uint8Array[],
  rule: string,
  announced?: number,
): Promise<void> {
  const block = bed.committee.block(0n, new Uint8Array(3 * payloadPartBytes))
  const a = await bed.peer()
  const m = await bed.raw()
  const { connection } = await m.connect(a.asStaticPeer, { genesis: bed.committee.genesis })
  connection.onStream(protocols.getBlocks, 1024, async (stream) => {
    const request = await stream.receive()
    if (!request || decodeGetBlocksRequest(request).first !== 0n) return
    const bytes = encodeBlock(block)
    const large = announced ?? bytes.length
    const range = { first: 0n, next: 1n }
    await stream.send(concatBytes(...encodeGetBlocksResponse({ blocks: [], range, large })))
    const parts: Uint8Array[] = []
    for (let at = 0; at < bytes.length; at += payloadPartBytes)
      parts.push(bytes.subarray(at, at + payloadPartBytes))
    for (const part of change(parts)) await stream.send(part)
    while (await stream.receive()) continue
  })
  const ranges = await m.open(connection, protocols.blocks)
  await ranges.send(encodeBlockRange({ first: 0n, next: 1n }))
  await a.sees('peerMisbehaved')
  checkSame(a.eventsOf('peerMisbehaved')[0]?.rule, rule, 'rule')
  await a.sees('peerDisconnected')
  await bed.peer({ blocks: [block], peers: { outbound: [a.asStaticPeer] } })
  await a.hasBlock(0n)
}
