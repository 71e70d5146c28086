import { err, ok, type Result } from '@zkstack/crypto'
import type { L1Client, L1Error } from '@zkstack/l1'
import { SimulatedChain, simulatedClient } from '@zkstack/l1/testing'
import { address } from '@zkstack/pessimistic-proof'
import { encodeFunctionResult, zeroAddress, zeroHash, type Address } from 'viem'
import { describe, expect, test } from 'vitest'
import { bytesOf } from '../../src/contracts/bytes-of.js'
import { readRollup } from '../../src/contracts/rollup-reader.js'
import { rollupManagerAbi } from '../../src/index.js'

type Answer = Result<Uint8Array, L1Error>

const rollupManager = address(new Uint8Array(20).fill(5))
const { signal } = new AbortController()

/** What the rollup manager says of a rollup. */
function rollup(rollupContract: Address): Answer {
  const numbers = { chainID: 1n, forkID: 1n, lastBatchSequenced: 0n, lastVerifiedBatch: 0n }
  const result = encodeFunctionResult({
    abi: rollupManagerAbi,
    functionName: 'rollupIDToRollupDataV2',
    result: {
      ...{ rollupContract, verifier: zeroAddress, lastLocalExitRoot: zeroHash, ...numbers },
      ...{ lastVerifiedBatchBeforeUpgrade: 0n, rollupTypeID: 1n, rollupVerifierType: 1 },
      ...{ lastPessimisticRoot: zeroHash, programVKey: zeroHash },
    },
  })
  return ok(bytesOf(result))
}

const there = rollup(`0x${'07'.repeat(20)}`)
const nobody = rollup(zeroAddress)
const empty: Answer = ok(new Uint8Array())
const reverted: Answer = err({
  ...{ code: 'REFUSED', reason: 'REVERTED', message: 'it reverts', retry: false },
})
const unavailable: Answer = err({ code: 'UNAVAILABLE', message: 'nobody answers', retry: true })

/** Reads a rollup from an L1 that answers so, one question after another. */
async function read(...answers: readonly Answer[]) {
  const left = [...answers]
  const client: L1Client = {
    ...simulatedClient(new SimulatedChain()),
    call: async () => left.shift() ?? unavailable,
  }
  const found = await readRollup({ client, rollupManager }, 1, 'latest', { signal })
  return { found, left: left.length }
}

describe('a contract that is asked', () => {
  test.each([
    ['no bytes', empty],
    ['a revert', reverted],
    ['no rollup', nobody],
  ])('%s, once › it is asked again, and what is there counts', async (_, answer) => {
    expect(await read(answer, there)).toMatchObject({
      found: { ok: true, value: { verifierType: 'pessimistic' } },
    })
  })

  test('nothing twice › there is nothing', async () => {
    expect(await read(empty, reverted, there)).toEqual({ found: ok(undefined), left: 1 })
    expect(await read(nobody, nobody, there)).toEqual({ found: ok(undefined), left: 1 })
  })

  test('nothing, and then nobody answers › nobody answers', async () => {
    expect((await read(empty, unavailable)).found).toEqual(unavailable)
  })

  test('something › it is asked once', async () => {
    expect(await read(there, empty)).toMatchObject({ left: 1 })
  })
})
