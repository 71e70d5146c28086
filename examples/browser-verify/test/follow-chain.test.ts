import {
  createGenesis,
  encodeBlock,
  encodeCommitQC,
  encodeEpochRecords,
  genesisToJson,
  hashEpoch,
  Signers,
  type EpochRecord,
  type Genesis,
} from '@zkstack/roles'
import { TestCommittee, testCommittee, unwrap } from '@zkstack/roles/testing'
import { expect, test } from 'vitest'
import type { ChainSource } from '../src/chain-source.js'
import { followChain, type FollowStep } from '../src/follow-chain.js'

/** A chain whose committee changes every three blocks, and what a server says of it. */
function rotatingChain(o: { readonly thief?: boolean } = {}): ChainSource {
  const drawn = ['a', 'b', 'c'].map((seed) => testCommittee(6, { seed }))
  const scheme = (drawn[0] as TestCommittee).scheme
  const genesis = unwrap(createGenesis({ chainId: 1n, forkNumber: 0n, firstBlock: 0n, scheme }))
  const committees = drawn.map((committee, i) => ofChain(committee, genesis, BigInt(i)))
  const records = committees.map((committee, i) => {
    const signer = o.thief === true && i === 2 ? committee : committees[i - 1]
    return recordOf(committee, i, signer, genesis)
  })
  const blocks = Array.from({ length: 9 }, (_, i) => {
    const committee = committees[Math.floor(i / 3)] as TestCommittee
    return committee.block(BigInt(i), new TextEncoder().encode(`payload ${i}`))
  })
  return {
    genesis: async () => genesisToJson(genesis),
    epochs: async (from) => encodeEpochRecords(records.slice(Number(from), Number(from) + 1)),
    block: async (number) => encodeBlock(blocks[Number(number)] as (typeof blocks)[number]),
    async *certificates(from = 0n) {
      for (const { justification } of blocks.slice(Number(from)))
        yield encodeCommitQC(justification)
    },
  }
}

function ofChain(
  { genesis, keys }: TestCommittee,
  { hash }: Genesis,
  epoch: bigint,
): TestCommittee {
  return new TestCommittee({ ...genesis, hash }, keys, epoch)
}

function recordOf(
  { schedule }: TestCommittee,
  index: number,
  signer: TestCommittee | undefined,
  genesis: Genesis,
): EpochRecord {
  const bare = {
    epoch: BigInt(index),
    firstBlock: 3n * BigInt(index),
    schedule,
    proofsOfPossession: [],
    certificate: undefined,
  }
  if (signer === undefined) return bare
  const message = hashEpoch({ ...bare, genesis: genesis.hash })
  const { everybody } = signer
  const parts = everybody.map((i) => ({ index: i, signature: signer.key(i).sign(message) }))
  const signature = signer.scheme.aggregate(parts)
  if (signature === undefined) throw new TypeError('no aggregate')
  return { ...bare, certificate: { signers: Signers.of(6, everybody), signature } }
}

/** What a follower reports, and why it refused, if it did. */
async function follow(
  source: ChainSource,
  resume?: Parameters<typeof followChain>[0]['resume'],
): Promise<{ readonly steps: readonly FollowStep[]; readonly code: unknown }> {
  const steps: FollowStep[] = []
  try {
    const o = { source, resume, withPayloads: true, now: () => 0 }
    for await (const step of followChain(o)) steps.push(step)
    return { steps, code: undefined }
  } catch (error) {
    return { steps, code: error instanceof Error && 'code' in error ? error.code : error }
  }
}

const text = (step: FollowStep): string => {
  if (step.type === 'verified') return `#${step.certificate.message.proposal.number}`
  return `${step.type} ${step.chain.newest.epoch}`
}

test('committees that hand over to each other › are followed, each block by its own', async () => {
  const { steps, code } = await follow(rotatingChain())
  expect(code).toBeUndefined()
  expect(steps.map(text)).toEqual([
    ...['begun 0', '#0', '#1', '#2'],
    ...['epoch 1', '#3', '#4', '#5'],
    ...['epoch 2', '#6', '#7', '#8'],
  ])
})

test('a connection that ended › is gone on with, without the beginning', async () => {
  const source = rotatingChain()
  const begun = (await follow(source)).steps[0]
  if (begun?.type !== 'begun') throw new Error('a follower begins')
  const { steps } = await follow(source, { chain: begun.chain, next: 5n })
  expect(steps.map(text)).toEqual(['epoch 1', '#5', 'epoch 2', '#6', '#7', '#8'])
})

test('a committee that nobody handed over to › is refused before any of its blocks', async () => {
  const { steps, code } = await follow(rotatingChain({ thief: true }))
  expect(code).toBe('EPOCH_INVALID')
  expect(steps.map(text).at(-1)).toBe('#5')
})

test.each([
  ['bytes that are no certificate', { certificates: ofBytes(Uint8Array.of(1, 2, 3)) }, 'MALFORMED'],
  ['a genesis that is none', { genesis: async () => '{}' }, 'GENESIS'],
  ['a list of epochs that is none', { epochs: async () => Uint8Array.of(9) }, 'MALFORMED'],
  ['a block that is none', { block: async () => Uint8Array.of(9) }, 'MALFORMED'],
] as const)('%s › is refused', async (_, change, code) => {
  expect((await follow({ ...rotatingChain(), ...change })).code).toBe(code)
})

function ofBytes(bytes: Uint8Array): ChainSource['certificates'] {
  return async function* () {
    yield bytes
  }
}
