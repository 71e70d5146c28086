import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '@zkstack/crypto'
import {
  address,
  hashBridgeExit,
  LocalExitTree,
  LocalExitTreeData,
  RollupExitTree,
  ZERO_HASH,
  type BridgeExit,
} from '@zkstack/pessimistic-proof'
import type { FinalBlock } from '@zkstack/roles'
import type { ClaimedExit } from '@zkstack/settlement'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { encodePayloadFields } from '../../src/codec.js'
import {
  bridgeAddress,
  genesisHash,
  openLedger,
  payloadHash,
  signClaim,
  signExit,
  signTransaction,
  treasury,
  weiPerUnit,
  type Ledger,
  type LedgerGenesis,
} from '../../src/index.js'
import { alice, bob, carol, chainId, genesis as plainGenesis, type Person } from '../fixtures.js'

const o = { signal: new AbortController().signal }
const networkId = 2
const genesis: LedgerGenesis = { ...plainGenesis, networkId }
const recipient = address(new Uint8Array(20).fill(0xbe))

const etherFor = (person: Person, units: bigint): BridgeExit => ({
  leafType: 'transfer',
  tokenInfo: { originNetwork: 0, originTokenAddress: address(new Uint8Array(20)) },
  destNetwork: networkId,
  destAddress: bridgeAddress(person.address),
  amount: units * weiPerUnit,
  metadata: undefined,
})

/** The claim of a deposit that is the fourth exit of L1. */
function depositOf(bridgeExit: BridgeExit): ClaimedExit {
  const other = hashBridgeExit(etherFor(bob, 1n))
  const tree = new LocalExitTreeData([other, other, other, hashBridgeExit(bridgeExit), other])
  const proof = tree.proof(3)
  if (!proof.ok) throw new Error(proof.error.code)
  return {
    bridgeExit,
    globalIndex: { mainnetFlag: true, rollupIndex: 0, leafIndex: 3 },
    smtProofLocalExitRoot: proof.value.siblings,
    smtProofRollupExitRoot: Array.from({ length: 32 }, () => ZERO_HASH),
    mainnetExitRoot: proof.value.root,
    rollupExitRoot: ZERO_HASH,
  }
}

/** The claim of the first exit of network 7. */
function transferOf(bridgeExit: BridgeExit): ClaimedExit {
  const local = new LocalExitTreeData([hashBridgeExit(bridgeExit)]).proof(0)
  if (!local.ok) throw new Error(local.error.code)
  const rollup = RollupExitTree.empty.update(6, local.value.root).proof(6)
  if (!rollup.ok) throw new Error(rollup.error.code)
  return {
    bridgeExit,
    globalIndex: { mainnetFlag: false, rollupIndex: 6, leafIndex: 0 },
    smtProofLocalExitRoot: local.value.siblings,
    smtProofRollupExitRoot: rollup.value.siblings,
    mainnetExitRoot: ZERO_HASH,
    rollupExitRoot: rollup.value.root,
  }
}

const claim = (by: Person, claimed: ClaimedExit, nonce = 0n, fee = 1n): Uint8Array =>
  signClaim({ chainId, nonce, fee, claimed }, by.seed)

const exit = (by: Person, amount: bigint, o: { nonce?: bigint; to?: number } = {}): Uint8Array => {
  const { nonce = 0n, to: destNetwork = 0 } = o
  const leaving = { chainId, nonce, fee: 1n, amount, destNetwork, destAddress: recipient }
  return signExit(leaving, by.seed)
}

let folder: string
let ledger: Ledger
let isKnownExitRoot: (claimed: ClaimedExit) => boolean

const open = (): Promise<Ledger> =>
  openLedger({
    path: join(folder, 'ledger'),
    genesis,
    patienceMs: 0,
    bridge: { isKnownExitRoot: (claimed) => isKnownExitRoot(claimed) },
  })

beforeEach(async () => {
  isKnownExitRoot = () => true
  folder = await mkdtemp(join(tmpdir(), 'ledger-bridge-'))
  ledger = await open()
})
afterEach(async () => {
  await ledger[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** Commits a block of what the pool holds, having verified it. */
async function makeBlock(number: bigint): Promise<Uint8Array> {
  const payload = await ledger.execution.propose({ maxBytes: 100_000 }, o)
  if (payload === null) throw new Error('nothing was proposed')
  expect(await ledger.execution.verify({ number, payload }, o)).toEqual({ ok: true })
  await ledger.execution.commit({ kind: 'final', number, payload } as FinalBlock, o)
  return payload
}

/** Why the ledger refuses the transaction as the only one of the first block. */
async function refusal(encoded: Uint8Array): Promise<string | undefined> {
  const { root: stateRoot } = ledger.state
  const fields = { parent: genesisHash(genesis), transactions: [encoded], stateRoot }
  const payload = encodePayloadFields({ ...fields, filler: new Uint8Array(0) })
  const verdict = await ledger.execution.verify({ number: 0n, payload }, o)
  return verdict.ok ? undefined : verdict.reason
}

describe('a ledger with a bridge', () => {
  test('claim of a deposit › brings what was deposited, and pays its fee from it', async () => {
    const claimed = depositOf(etherFor(carol, 70n))
    expect(await ledger.mempool.admit(claim(carol, claimed))).toBe('accepted')
    await makeBlock(0n)
    expect(ledger.state.account(carol.address)).toEqual({ balance: 69n, nonce: 1n })
    expect(ledger.state.account(treasury).balance).toBe(1n)
    expect(ledger.state.supply).toBe(1570n)
    const exits = await ledger.execution.exits({ number: 0n })
    expect(exits.claims).toEqual([claimed])
    expect(exits.bridgeExits).toEqual([])
  })

  test('claim of what left another rollup › brings it', async () => {
    const claimed = transferOf(etherFor(alice, 5n))
    await ledger.mempool.admit(claim(alice, claimed))
    await makeBlock(0n)
    expect(ledger.state.account(alice.address).balance).toBe(1004n)
    expect((await ledger.execution.exits({ number: 0n })).claims).toEqual([claimed])
  })

  test('claim of wei below a unit › leaves them with the bridge', async () => {
    const bridgeExit = { ...etherFor(carol, 0n), amount: 3n * weiPerUnit + 7n }
    await ledger.mempool.admit(claim(carol, depositOf(bridgeExit)))
    await makeBlock(0n)
    expect(ledger.state.account(carol.address).balance).toBe(2n)
  })

  test('exit › burns the amount, and is a leaf of the local exit tree', async () => {
    await ledger.mempool.admit(exit(alice, 100n))
    await makeBlock(0n)
    expect(ledger.state.account(alice.address)).toEqual({ balance: 899n, nonce: 1n })
    expect(ledger.state.supply).toBe(1400n)
    const { bridgeExits, localExitRoot } = await ledger.execution.exits({ number: 0n })
    const expected = { ...etherFor(alice, 100n), destNetwork: 0, destAddress: recipient }
    expect(bridgeExits).toEqual([expected])
    const tree = LocalExitTree.empty.append(hashBridgeExit(expected))
    expect(tree.ok && tree.value.root).toEqual(localExitRoot)
  })

  test('reopened › knows what left and what was claimed, and the state root is the same', async () => {
    const claimed = depositOf(etherFor(carol, 70n))
    await ledger.mempool.admit(claim(carol, claimed))
    await makeBlock(0n)
    await ledger.mempool.admit(exit(alice, 100n))
    await makeBlock(1n)
    await makeBlock(2n)
    const root = toHex(ledger.state.root)
    const exits = [0n, 1n, 2n].map((number) => ledger.execution.exits({ number }))
    const before = await Promise.all(exits)
    await ledger[Symbol.asyncDispose]()
    ledger = await open()
    expect(toHex(ledger.state.root)).toBe(root)
    expect(await ledger.execution.exits({ number: 0n })).toEqual(before[0])
    expect(await ledger.execution.exits({ number: 1n })).toEqual(before[1])
    expect(await ledger.execution.exits({ number: 2n })).toEqual({ bridgeExits: [], claims: [] })
    await expect(ledger.execution.exits({ number: 3n })).rejects.toMatchObject({
      code: 'LEDGER_NO_BLOCK',
    })
    expect(await ledger.mempool.admit(claim(carol, claimed, 1n))).toBe('rejected')
  })

  test('claim again › is refused, in the same block and in a later one', async () => {
    const claimed = depositOf(etherFor(carol, 70n))
    await ledger.mempool.admit(claim(carol, claimed))
    await ledger.mempool.admit(claim(carol, claimed, 1n))
    await makeBlock(0n)
    expect(ledger.state.account(carol.address)).toEqual({ balance: 69n, nonce: 1n })
    await makeBlock(1n)
    expect(ledger.state.account(carol.address)).toEqual({ balance: 69n, nonce: 1n })
  })

  test('claim under another name › is refused: an exit of L1 has one', async () => {
    const claimed = depositOf(etherFor(carol, 70n))
    const { globalIndex, smtProofRollupExitRoot } = transferOf(etherFor(carol, 70n))
    const named = { ...claimed, globalIndex: { ...globalIndex, leafIndex: 3 } }
    expect(await refusal(claim(carol, named))).toMatch(/^CLAIM_NOT_PROVEN/)
    const withRollup = { ...claimed, smtProofRollupExitRoot }
    expect(claim(carol, withRollup)).toEqual(claim(carol, claimed))
  })

  test("another's deposit, a larger one, or one for another network › is not proven", async () => {
    const deposit = depositOf(etherFor(carol, 70n))
    expect(await refusal(claim(alice, deposit))).toMatch(/^CLAIM_NOT_PROVEN/)
    const larger = { ...deposit, bridgeExit: etherFor(carol, 71n) }
    expect(await refusal(claim(carol, larger))).toMatch(/^CLAIM_NOT_PROVEN/)
    const elsewhere = depositOf({ ...etherFor(carol, 70n), destNetwork: 3 })
    expect(await refusal(claim(carol, elsewhere))).toMatch(/^CLAIM_NOT_PROVEN/)
    const message = depositOf({ ...etherFor(carol, 70n), leafType: 'message' })
    expect(await refusal(claim(carol, message))).toMatch(/^CLAIM_NOT_PROVEN/)
  })

  test('claim that would make more than there can be › is refused', async () => {
    const deposit = depositOf(etherFor(carol, 2n ** 64n - 1500n))
    expect(await refusal(claim(carol, deposit))).toMatch(/^SUPPLY_TOO_LARGE/)
  })

  test('exit of more than there is, of nothing, or to itself › is refused', async () => {
    expect(await refusal(exit(alice, 1000n))).toMatch(/^INSUFFICIENT_BALANCE/)
    expect(await refusal(exit(alice, 0n))).toMatch(/^EXIT_OF_NOTHING/)
    expect(await refusal(exit(alice, 1n, { to: networkId }))).toMatch(/^EXIT_TO_ITSELF/)
  })

  test('transaction that is two things, or half a claim › is malformed', async () => {
    const to = new Uint8Array(0)
    const common = { chainId, nonce: 0n, fee: 1n, amount: 1n }
    const leaving = { destNetwork: 0, destAddress: recipient }
    const both = signTransaction({ ...common, to: bob.address, exit: leaving }, alice.seed)
    expect(await refusal(both)).toMatch(/^MALFORMED/)
    const short = { ...leaving, destAddress: new Uint8Array(19) }
    expect(await refusal(signTransaction({ ...common, to, exit: short }, alice.seed))).toMatch(
      /^MALFORMED/,
    )
    const deposit = depositOf(etherFor(alice, 1n))
    const half = { ...deposit, smtProofLocalExitRoot: deposit.smtProofLocalExitRoot.slice(1) }
    expect(await refusal(claim(alice, half))).toMatch(/^MALFORMED/)
  })

  test('claim under exit roots that this node does not see › no vote, no place in the pool, but final is final', async () => {
    const encoded = claim(carol, depositOf(etherFor(carol, 70n)))
    await ledger.mempool.admit(encoded)
    const payload = await ledger.execution.propose({ maxBytes: 100_000 }, o)
    if (payload === null) throw new Error('nothing was proposed')
    isKnownExitRoot = () => false
    expect(await ledger.execution.verify({ number: 0n, payload }, o)).toEqual({
      ok: false,
      reason: 'UNKNOWN_EXIT_ROOT (transaction 0)',
    })
    expect(await ledger.mempool.admit(claim(carol, depositOf(etherFor(carol, 9n))))).toBe(
      'rejected',
    )
    const without = await ledger.execution.propose({ maxBytes: 100_000 }, o)
    expect(without && payloadHash(without)).not.toEqual(payloadHash(payload))
    await ledger.execution.commit({ kind: 'final', number: 0n, payload } as FinalBlock, o)
    expect(ledger.state.account(carol.address).balance).toBe(69n)
  })

  test('a ledger without a bridge › refuses what crosses one', async () => {
    const path = join(folder, 'plain')
    await using plain = await openLedger({ path, genesis: plainGenesis, patienceMs: 0 })
    expect(await plain.mempool.admit(claim(carol, depositOf(etherFor(carol, 70n))))).toBe(
      'rejected',
    )
    expect(await plain.mempool.admit(exit(alice, 1n))).toBe('rejected')
    expect(genesisHash(plainGenesis)).not.toEqual(genesisHash(genesis))
  })
})
