import {
  CanceledError,
  Ctx,
  isCanceled,
  ManualClock,
  RetryableError,
  seededRandom,
  Watch,
} from '@zkstack/concurrency'
import { memoryStore } from '@zkstack/storage'
import type { Genesis, PreGenesisBlock } from '@zkstack/roles'
import { createFinalBlock, hashPayload, type FinalBlock, type Schedule } from '@zkstack/roles'
import { describe, expect, it } from 'vitest'
import { blockVerifier } from '../../src/block-verifier.js'
import { Epochs } from '../../src/epochs/epochs.js'
import { SignatureChecks } from '../../src/signature-checks.js'
import { createTestNetwork } from '../../testing/index.js'

const signal = new AbortController().signal

/** A real block of a chain that starts at 10, and what judges it. */
async function setup(): Promise<{ genesis: Genesis & { schedule: Schedule }; block: FinalBlock }> {
  await using network = await createTestNetwork(1, { firstBlock: 10n })
  const block = await network.at(0).node.waitForBlock(11n)
  const { schedule } = network.genesis
  if (block.kind !== 'final' || schedule === undefined) throw new Error('expected a final block')
  return { genesis: { ...network.genesis, schedule }, block }
}

const { genesis, block } = await setup()
const epochs = new Epochs({
  genesis,
  asker: undefined,
  store: memoryStore().epochs,
  maxValidators: 1,
  applied: new Watch(12n),
  yieldTurn: () => Promise.resolve(),
  epochOfBlock: () => Promise.resolve(undefined),
})
const firstBlock = 10n
const clock = new ManualClock()
const life = Ctx.root({ clock, random: seededRandom(1) })
const warnings: string[] = []
const shared = {
  firstBlock,
  life,
  warn: (e: { readonly code: string }): void => {
    warnings.push(e.code)
  },
}
const verify = blockVerifier({ ...shared, epochs, execution: {} })
const checks = new SignatureChecks({
  workers: 0,
  clock: new ManualClock(),
  yieldTurn: () => Promise.resolve(),
  warn: () => undefined,
})
const elsewhere = blockVerifier({
  ...shared,
  epochs,
  execution: {},
  verifyAggregate: checks.ofBlocks,
})

async function codeOf(b: FinalBlock | PreGenesisBlock, v = verify): Promise<string> {
  const result = await v(b, { signal })
  return result.ok ? 'ok' : result.error.code
}

describe.each([
  ['in this thread', verify],
  ['with signatures checked elsewhere', elsewhere],
])('block verifier %s', (_, v) => {
  it('a block of the chain passes', async () => {
    expect(await codeOf(block, v)).toBe('ok')
  })

  it('another payload, another epoch, a number before the chain, a certificate of strangers › refused', async () => {
    const payload = new Uint8Array([1])
    expect(await codeOf({ ...block, payload }, v)).toBe('HASH_MISMATCH')
    expect(await codeOf({ ...block, epoch: 1n }, v)).toBe('WRONG_EPOCH')
    expect(await codeOf({ ...block, number: 9n }, v)).toBe('BEFORE_FIRST_BLOCK')
    const { message } = block.justification
    const forged = { ...message, proposal: { ...message.proposal, payload: hashPayload(payload) } }
    expect(
      await codeOf(createFinalBlock(payload, { ...block.justification, message: forged }), v),
    ).toBe('JUSTIFICATION')
  })
})

describe('block verifier', () => {
  it('a later committee certifies a block from before its epoch, or from after it › refused as WRONG_EPOCH', async () => {
    const { number, epoch } = block
    const known = (first: bigint, last?: bigint) => ({
      scope: { genesis: genesis.hash, epoch, schedule: genesis.schedule, firstBlock: first },
      lastBlock: new Watch(last),
    })
    const codeIn = (rule: ReturnType<typeof known>): Promise<string> =>
      codeOf(
        block,
        blockVerifier({
          ...shared,
          epochs: { of: () => rule, decided: () => undefined, progress: new Watch(0) },
          execution: {},
        }),
      )
    expect(await codeIn(known(number, number))).toBe('ok')
    expect(await codeIn(known(number + 1n))).toBe('WRONG_EPOCH')
    expect(await codeIn(known(0n, number - 1n))).toBe('WRONG_EPOCH')
  })

  const early: PreGenesisBlock = {
    kind: 'preGenesis',
    number: 9n,
    payload: new Uint8Array(),
    justification: new Uint8Array(),
  }

  it.each([
    ['asks for another try', new RetryableError('down')],
    ['ends by an abort of its own', new CanceledError('its own patience is over')],
  ])('a judgement of a pre-genesis block %s › is asked for again', async (_, failure) => {
    warnings.length = 0
    let asked = 0
    const judge = blockVerifier({
      ...shared,
      epochs,
      execution: {
        verifyPreGenesis: () => {
          asked++
          return asked < 4 ? Promise.reject(failure) : Promise.resolve({ ok: true })
        },
      },
    })
    const code = codeOf(early, judge)
    await clock.run(60_000)
    expect(await code).toBe('ok')
    expect(asked).toBe(4)
    // once for each row of failures: many blocks wait at the same time
    expect(warnings).toEqual(['PRE_GENESIS_RETRY'])
  })

  it('nobody wants a pre-genesis block any more › it is not asked about again', async () => {
    const call = new AbortController()
    let asked = 0
    const judge = blockVerifier({
      ...shared,
      epochs,
      execution: {
        verifyPreGenesis: () => {
          asked++
          return Promise.reject(new RetryableError('down'))
        },
      },
    })
    const verdict = judge(early, { signal: call.signal })
    const rejected = expect(verdict).rejects.toSatisfy(isCanceled)
    await clock.run(1)
    call.abort()
    await rejected
    await clock.run(60_000)
    expect(asked).toBe(1)
  })

  it('a pre-genesis block › is for the execution layer to judge, below the first block only', async () => {
    expect(await codeOf(early)).toBe('PRE_GENESIS_REFUSED')
    const judge = (verifyPreGenesis: () => Promise<{ ok: true } | { ok: false; reason: string }>) =>
      blockVerifier({ ...shared, epochs, execution: { verifyPreGenesis } })
    expect(
      await codeOf(
        early,
        judge(() => Promise.resolve({ ok: true })),
      ),
    ).toBe('ok')
    expect(
      await codeOf(
        early,
        judge(() => Promise.resolve({ ok: false, reason: 'no' })),
      ),
    ).toBe('PRE_GENESIS_REFUSED')
    expect(
      await codeOf(
        early,
        judge(() => Promise.reject(new Error('down'))),
      ),
    ).toBe('PRE_GENESIS_REFUSED')
    expect(
      await codeOf(
        { ...early, number: 10n },
        judge(() => Promise.resolve({ ok: true })),
      ),
    ).toBe('NOT_BEFORE_FIRST_BLOCK')
  })
})
