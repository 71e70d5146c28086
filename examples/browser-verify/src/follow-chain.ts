import { bytesEqual, type Hash32 } from '@zkstack/crypto'
import {
  createFinalBlock,
  decodeBlock,
  decodeCommitQC,
  decodeEpochRecords,
  EpochChain,
  hashPayload,
  parseGenesis,
  type CommitQC,
  type EpochScope,
  type FinalBlock,
} from '@zkstack/roles'
import type { ChainSource } from './chain-source.js'
import { Refusal } from './refusal.js'

/** A block that was verified here. */
export interface VerifiedBlock {
  readonly type: 'verified'
  readonly certificate: CommitQC
  /** The committee that it was judged by. */
  readonly scope: EpochScope
  readonly certificateBytes: number
  /** Undefined when the payload was not asked for. */
  readonly payloadBytes: number | undefined
  /** How long checking the certificate took, in milliseconds. */
  readonly verifyMs: number
}

/** What {@link followChain} reports, in order. */
export type FollowStep =
  /** The beginning: what everything is judged by. */
  | { readonly type: 'begun'; readonly chain: EpochChain; readonly isPinned: boolean }
  /** Another committee took over, certified by the one before. */
  | { readonly type: 'epoch'; readonly chain: EpochChain }
  | VerifiedBlock

/** What {@link followChain} takes. */
export interface FollowOptions {
  readonly source: ChainSource
  /** The hash of the genesis that is trusted. Absent: whatever the server gives is. */
  readonly genesisHash?: Hash32 | undefined
  /** Where a connection before this one ended. */
  readonly resume?: { readonly chain: EpochChain; readonly next: bigint | undefined } | undefined
  /** Whether payloads are fetched, and compared with the hashes that were signed. */
  readonly withPayloads: boolean
  /** Milliseconds since some moment. */
  now(): number
}

/**
 * Follows a chain and verifies each block, believing nothing that the source says. Ends when the connection does.
 *
 * @throws Refusal when the source tells what cannot be so; whatever the source throws when it does not answer.
 */
export async function* followChain(o: FollowOptions): AsyncGenerator<FollowStep> {
  let chain = o.resume?.chain
  if (chain === undefined) {
    chain = await begin(o)
    yield { type: 'begun', chain, isPinned: o.genesisHash !== undefined }
  }
  let next = o.resume?.next
  for await (const bytes of o.source.certificates(next)) {
    const certificate = Refusal.unlessDecodes('certificate', () => decodeCommitQC(bytes))
    const { number } = certificate.message.proposal
    if (next !== undefined && number !== next) {
      throw new Refusal('NOT_NEXT', `block ${number} comes where block ${next} is due`)
    }
    const known = chain.newest.epoch
    chain = await extend(chain, certificate, o.source)
    if (chain.newest.epoch > known) yield { type: 'epoch', chain }
    yield await verify(chain, certificate, bytes.length, o)
    next = number + 1n
  }
}

async function begin({ source, genesisHash }: FollowOptions): Promise<EpochChain> {
  const genesis = parseGenesis(await source.genesis())
  if (!genesis.ok) throw new Refusal('GENESIS', `the genesis is none: ${genesis.error.message}`)
  if (genesisHash !== undefined && !bytesEqual(genesis.value.hash, genesisHash)) {
    throw new Refusal('OTHER_GENESIS', 'the server is on another chain than the one you trust')
  }
  const { scheme, schedule } = genesis.value
  const [first] = schedule === undefined ? await records(source, scheme, 0n) : []
  const chain = EpochChain.begin(genesis.value, first)
  if (chain.ok) return chain.value
  throw Refusal.of(chain.error)
}

/** The chain with the epochs up to that of a certificate. */
async function extend(
  chain: EpochChain,
  { message: { view } }: CommitQC,
  source: ChainSource,
): Promise<EpochChain> {
  let extended = chain
  while (extended.newest.epoch < view.epoch) {
    const next = extended.newest.epoch + 1n
    const found = await records(source, chain.genesis.scheme, next)
    if (found.length === 0) return extended
    for (const record of found) {
      const result = extended.extend(record)
      if (!result.ok) throw Refusal.of(result.error)
      extended = result.value
    }
    if (extended.newest.epoch < next) return extended
  }
  return extended
}

async function records(
  source: ChainSource,
  scheme: EpochChain['genesis']['scheme'],
  from: bigint,
): Promise<ReturnType<typeof decodeEpochRecords>> {
  const bytes = await source.epochs(from)
  return Refusal.unlessDecodes('list of epochs', () => decodeEpochRecords(bytes, scheme))
}

async function verify(
  chain: EpochChain,
  certificate: CommitQC,
  certificateBytes: number,
  o: FollowOptions,
): Promise<VerifiedBlock> {
  const since = o.now()
  const scope = chain.verifyCertificate(certificate)
  const verifyMs = o.now() - since
  if (!scope.ok) throw Refusal.of(scope.error)
  const block = o.withPayloads ? await blockOf(certificate, o.source) : undefined
  return {
    type: 'verified',
    certificate,
    scope: scope.value,
    certificateBytes,
    payloadBytes: block?.payload.length,
    verifyMs,
  }
}

/** The block of a verified certificate: its payload has the hash that was signed. */
async function blockOf(certificate: CommitQC, source: ChainSource): Promise<FinalBlock> {
  const { number, payload: hash } = certificate.message.proposal
  const bytes = await source.block(number)
  const block = Refusal.unlessDecodes('block', () => decodeBlock(bytes, { ownsBytes: true }))
  const found = hashPayload(block.payload)
  if (!bytesEqual(found, hash)) {
    throw new Refusal(
      'HASH_MISMATCH',
      `the payload of block ${number} is not the one that was signed`,
    )
  }
  return createFinalBlock(block.payload, certificate, found)
}
