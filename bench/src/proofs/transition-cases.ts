import { readFileSync } from 'node:fs'
import type { Result } from '@zkstack/crypto'
import * as pp from '@zkstack/pessimistic-proof'
import {
  fakeWallet,
  signCertificate,
  testExit,
  TestBridge,
} from '@zkstack/pessimistic-proof/testing'
import { leastWork, type LeastWork } from './least-work.js'

/** A certificate on the state that it applies to, as a witness. */
export interface Transition {
  readonly state: pp.LocalNetworkState
  readonly certificate: pp.Certificate
  readonly l1: pp.L1Context
  readonly header: pp.MultiBatchHeader
  readonly work: LeastWork
}

/** A transition that is made when it is asked for. */
export interface TransitionCase {
  /** As `source=deposits exits=223 imports=0 tokens=2`. */
  readonly name: string
  make(): Transition
}

/** The cases, from small to large. */
export const transitionCases: readonly TransitionCase[] = [
  { name: 'source=deposits exits=223 imports=0 tokens=2', make: deposits },
  { name: 'source=n15-cert_h1 exits=227 imports=18 tokens=2', make: () => realChain(1) },
  { name: 'source=n15-cert_h3 exits=3649 imports=0 tokens=1', make: () => realChain(3) },
  {
    name: 'source=synthetic exits=10000 imports=1000 tokens=1',
    make: () => synthetic(10_000, 1_000),
  },
]

const vectors = new URL('../../../packages/pessimistic-proof/test/vectors/data/', import.meta.url)

function load(name: string): string {
  return readFileSync(new URL(name, vectors), 'utf8')
}

function unwrap<T>(result: Result<T, unknown>): T {
  if (result.ok) return result.value
  throw new Error('a case of the benchmark is refused', { cause: result.error })
}

type Applied = Pick<Transition, 'state' | 'certificate' | 'l1'>

function transitionOf(applied: Applied, recoveries: number): Transition {
  const { state, certificate, l1 } = applied
  const { header } = unwrap(pp.applyCertificate(state, certificate, l1))
  return { ...applied, header, work: leastWork(pp.networkStateOf(state), header, recoveries) }
}

/** The 223 real deposits, sent out by a chain that has enough, signed under commitment V3. */
function deposits(): Transition {
  const exits = unwrap(pp.parseWithdrawals(load('certificates/withdrawals.json'))).map(
    ({ bridgeExit }) => ({ ...bridgeExit, destNetwork: 0 }),
  )
  const half = (2n ** 256n - 1n) / 2n
  const balanceTree = exits.reduce(
    (tree, { tokenInfo }) => tree.update(tokenInfo, half),
    pp.BalanceTree.empty,
  )
  const state = { ...pp.EMPTY_LOCAL_NETWORK_STATE, balanceTree }
  const exitTree = exits.reduce(
    (tree, exit) => unwrap(tree.append(pp.hashBridgeExit(exit))),
    state.exitTree,
  )
  const wallet = fakeWallet(1)
  const unsigned = {
    networkId: 1,
    height: 0n,
    prevLocalExitRoot: state.exitTree.root,
    newLocalExitRoot: exitTree.root,
    bridgeExits: exits,
    importedBridgeExits: [],
    metadata: pp.ZERO_HASH,
    customChainData: new Uint8Array(),
    l1InfoTreeLeafCount: undefined,
  }
  const certificate = signCertificate(unsigned, { type: 'ecdsa', wallet, commitment: 'V3' })
  const aggchain = { type: 'legacyEcdsa', signer: wallet.address } as const
  const l1 = { prevPessimisticRoot: 'V3', l1InfoRoot: pp.ZERO_HASH, aggchain } as const
  return transitionOf({ state, certificate, l1 }, 1)
}

/** A real certificate of network 15 on the state that those before it leave; signed under V2, the third one tried. */
function realChain(height: number): Transition {
  let state = pp.EMPTY_LOCAL_NETWORK_STATE
  for (let i = 0; ; i++) {
    const certificate = unwrap(pp.parseCertificate(load(`certificates/n15-cert_h${i}.json`)))
    const { aggchainData } = certificate
    if (aggchainData.type !== 'ecdsa') throw new Error('expected one signature')
    const signer = pp.recoverSigner(aggchainData.signature, pp.signatureCommitmentV2(certificate))
    if (signer === undefined) throw new Error('expected a signer')
    const l1: pp.L1Context = {
      prevPessimisticRoot: 'V2',
      l1InfoRoot: unwrap(pp.declaredL1InfoRoot(certificate)) ?? pp.ZERO_HASH,
      aggchain: { type: 'legacyEcdsa', signer },
    }
    if (i === height) return transitionOf({ state, certificate, l1 }, 3)
    state = unwrap(pp.applyCertificate(state, certificate, l1)).next
  }
}

/** Claims of ether from L1, and exits that send a part of it back, signed under commitment V3. */
function synthetic(exits: number, imports: number): Transition {
  const bridge = new TestBridge()
  bridge.addNetwork(1, { type: 'ecdsa', wallet: fakeWallet(1), commitment: 'V3' })
  for (let i = 0; i < imports; i++) {
    bridge.claim(1, bridge.exit(0, testExit({ destNetwork: 1, amount: 1_000_000n })))
  }
  for (let i = 0; i < exits; i++) {
    bridge.exit(1, testExit({ destNetwork: 0, amount: BigInt(i % 7) }))
  }
  return transitionOf(bridge.certify(1), 1)
}
