import { CanceledError } from '@zkstack/concurrency'
import { err, hash32, loadCryptoBackends, ok, type Hash32 } from '@zkstack/crypto'
import {
  aggchainHash,
  certificateId,
  multisigHash,
  nativeProver,
  Sp1Verifier,
  ZERO_HASH,
  type ProofEnvelope,
  type Prover,
} from '@zkstack/pessimistic-proof'
import {
  committeeWallet,
  fakeWallet,
  TestBridge,
  testExit,
  TrapdoorCircuit,
  type Authentication,
  type Submission,
} from '@zkstack/pessimistic-proof/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  createCertifier,
  vkeySelector,
  type CertifierOptions,
  type CertifyRequest,
  type L1Contracts,
} from '../../src/index.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

beforeAll(() => loadCryptoBackends())

const { signal } = new AbortController()
const vkey = hash32(new Uint8Array(32).fill(9))
const ecdsa: Authentication = { type: 'ecdsa', wallet: fakeWallet(1), commitment: 'V5' }
const wallets = [1, 2].map(committeeWallet)
const multisig: Authentication = { type: 'multisig', wallets, threshold: 2 }

function submissionOf(authentication: Authentication): Submission {
  const bridge = new TestBridge()
  bridge.addNetwork(1, authentication)
  bridge.claim(1, bridge.exit(0, testExit({ destNetwork: 1, amount: 5n })))
  bridge.exit(1, testExit({ amount: 3n }))
  return bridge.certify(1)
}

function requestOf({ certificate, state }: Submission): CertifyRequest {
  return { certificate, certificateId: certificateId(certificate), state }
}

/** Contracts that agree with a submission, except for what is given. */
function contractsOf({ l1 }: Submission, o: Partial<L1Contracts> = {}): L1Contracts {
  const { aggchain, prevPessimisticRoot, l1InfoRoot } = l1
  const root = typeof prevPessimisticRoot === 'string' ? ZERO_HASH : prevPessimisticRoot
  const committee = aggchain.type === 'legacyEcdsa' ? undefined : aggchain
  return {
    lastPessimisticRoot: async () => ok(root),
    trustedSequencer: async () => ok(aggchain.type === 'legacyEcdsa' ? aggchain.signer : undefined),
    aggchainSigners: async () => ok(committee),
    aggchainVkey: async () => ok(vkey),
    aggchainHash: async () => ok(committeeHash(l1.aggchain)),
    l1InfoRoot: async () => ok(l1InfoRoot),
    initialL1InfoRoot: async () => ok({ root: vkey, leafCount: 0 }),
    ...o,
  }
}

function committeeHash(aggchain: Submission['l1']['aggchain']): Hash32 | undefined {
  if (aggchain.type === 'legacyEcdsa') return undefined
  const { signers, threshold } = aggchain
  return aggchainHash({
    aggchainVkey: ZERO_HASH,
    aggchainParams: ZERO_HASH,
    multisigHash: multisigHash(threshold, signers),
  })
}

const native = (contracts: L1Contracts, prover: Prover = nativeProver()) =>
  createCertifier({ contracts, prover, accepts: { type: 'native' } })

/** A prover whose envelope is changed on its way. */
function changed(change: (envelope: ProofEnvelope) => ProofEnvelope): Prover {
  const inner = nativeProver()
  return {
    verify: inner.verify,
    async prove(input, o) {
      const proven = await inner.prove(input, o)
      return proven.ok ? ok(change(proven.value)) : proven
    },
  }
}

async function refusal(o: CertifierOptions, submission: Submission) {
  return errorOf(await createCertifier(o).certify(requestOf(submission), { signal }))
}

describe('a certifier', () => {
  test('proves what L1 and the state agree with', async () => {
    const submission = submissionOf(ecdsa)
    const certifier = native(contractsOf(submission))
    const certified = valueOf(await certifier.certify(requestOf(submission), { signal }))
    expect(certified.proof.type).toBe('native')
    expect(certified.proof.publicValues.slice(164)).toEqual(certified.newPessimisticRoot)
    expect(certified.after.exitTree.root).toEqual(submission.certificate.newLocalExitRoot)
  })

  test('believes no public values but its own', async () => {
    const submission = submissionOf(ecdsa)
    const prover = changed((envelope) => {
      const publicValues = envelope.publicValues.slice()
      publicValues[190] = (publicValues[190] ?? 0) ^ 1
      return { ...envelope, publicValues }
    })
    const contracts = contractsOf(submission)
    expect(
      await refusal({ contracts, prover, accepts: { type: 'native' } }, submission),
    ).toMatchObject({
      code: 'ProofVerificationFailed',
      reason: 'PublicValuesMismatch',
      kind: 'fatal',
    })
  })

  test('verifies every SP1 proof: takes a good one, and refuses one that is altered, of another program or of another kind', async () => {
    const submission = submissionOf(ecdsa)
    const contracts = contractsOf(submission)
    const trapdoor = new TrapdoorCircuit()
    const verifier = new Sp1Verifier({ circuits: [trapdoor.circuit] })
    const accepts = { type: 'sp1', vkey, verifier } as const
    const sp1 = (key: Uint8Array, flip = false) =>
      changed(({ publicValues }) => {
        const proof = trapdoor.prove({ vkey: key, publicValues }).slice()
        if (flip) proof[proof.length - 1] = (proof.at(-1) ?? 0) ^ 1
        return { type: 'sp1', publicValues, proof, vkey: key }
      })
    const good = createCertifier({ contracts, prover: sp1(vkey), accepts })
    const certified = valueOf(await good.certify(requestOf(submission), { signal }))
    expect(certified.proof).toMatchObject({ type: 'sp1', vkey })
    for (const prover of [sp1(vkey, true), sp1(ZERO_HASH), nativeProver()])
      expect((await refusal({ contracts, prover, accepts }, submission)).code).toBe(
        'ProofVerificationFailed',
      )
    const withoutTrapdoor = { type: 'sp1', vkey } as const
    expect(
      await refusal({ contracts, prover: sp1(vkey), accepts: withoutTrapdoor }, submission),
    ).toMatchObject({ reason: 'WrongVerifierSelector' })
  })

  test('that gets no answer from its prover › asks again later; cancelled, it writes nothing', async () => {
    const submission = submissionOf(ecdsa)
    const contracts = contractsOf(submission)
    const failing = (error: Error): Prover => ({
      ...nativeProver(),
      prove: async () => {
        throw error
      },
    })
    const accepts = { type: 'native' } as const
    const prover = failing(new Error('connection refused'))
    expect(await refusal({ contracts, prover, accepts }, submission)).toMatchObject({
      kind: 'retry',
      reason: 'ProverFailed',
    })
    const cancelled = native(contracts, failing(new CanceledError()))
    await expect(cancelled.certify(requestOf(submission), { signal })).rejects.toThrow(
      CanceledError,
    )
  })

  test('whose L1 does not answer › asks again later; whose L1 does not know the network › does so too', async () => {
    const submission = submissionOf(ecdsa)
    const down = async () => err({ code: 'UNAVAILABLE', message: 'down', retry: true } as const)
    for (const o of [
      { lastPessimisticRoot: down },
      { l1InfoRoot: down },
      { trustedSequencer: down },
      { lastPessimisticRoot: async () => ok(undefined) },
      { l1InfoRoot: async () => ok(undefined) },
    ])
      expect(
        errorOf(await native(contractsOf(submission, o)).certify(requestOf(submission), { signal }))
          .kind,
      ).toBe('retry')
  })

  test('whose L1 has another info root for the leaf count › says that the certificate must be rebuilt', async () => {
    const submission = submissionOf(ecdsa)
    const contracts = contractsOf(submission, { l1InfoRoot: async () => ok(vkey) })
    expect(
      errorOf(await native(contracts).certify(requestOf(submission), { signal })),
    ).toMatchObject({ kind: 'rebuild', reason: 'L1InfoRootIncorrect' })
  })

  test('given a certificate that claims nothing › takes the root that L1 began with', async () => {
    const bridge = new TestBridge()
    bridge.addNetwork(1, ecdsa)
    const own = { originNetwork: 1, originTokenAddress: fakeWallet(3).address }
    bridge.exit(1, testExit({ tokenInfo: own, amount: 3n }))
    const submission = bridge.certify(1)
    const certified = valueOf(
      await native(contractsOf(submission)).certify(requestOf(submission), { signal }),
    )
    expect(certified.proof.publicValues.slice(64, 96)).toEqual(vkey)
  })

  test('of a committee › compares the aggchain hash with that on L1', async () => {
    const submission = submissionOf(multisig)
    const agreeing = native(contractsOf(submission))
    expect((await agreeing.certify(requestOf(submission), { signal })).ok).toBe(true)
    const other = native(contractsOf(submission, { aggchainHash: async () => ok(vkey) }))
    expect(errorOf(await other.certify(requestOf(submission), { signal }))).toMatchObject({
      reason: 'AggchainHashMismatch',
      kind: 'rebuild',
    })
  })

  test('that computes a settled certificate again › reads L1 before its transaction', async () => {
    const submission = submissionOf(ecdsa)
    const seen: (Hash32 | undefined)[] = []
    const contracts = contractsOf(submission, {
      lastPessimisticRoot: async (_, { beforeTx }) => {
        seen.push(beforeTx)
        return ok(beforeTx === undefined ? vkey : ZERO_HASH)
      },
    })
    const certifier = native(contracts)
    const request = { ...requestOf(submission), settledRoot: undefined }
    const pinned = valueOf(await certifier.apply({ ...request, beforeTx: vkey }, { signal }))
    const adopted = valueOf(await certifier.apply({ ...request, beforeTx: undefined }, { signal }))
    expect(adopted.newPessimisticRoot).toEqual(pinned.newPessimisticRoot)
    expect(seen).toEqual([vkey, undefined])
  })
})

describe('the selector of an aggchain’s verifying key', () => {
  test('is made of the first two bytes', () => {
    expect(vkeySelector(Uint8Array.of(0x12, 0x34, 0xff))).toBe(0x12340001)
    expect(vkeySelector(Uint8Array.of(0xff, 0xff))).toBe(0xffff0001)
    expect(vkeySelector(Uint8Array.of(1))).toBeUndefined()
  })
})
