import { bytesEqual, err, ok, toHex, type Hash32, type Result } from '@zkstack/crypto'
import {
  globalIndexToBigint,
  hashBridgeExit,
  inclusionRoot,
  LocalExitTree,
  type Address,
  type BridgeExit,
} from '@zkstack/pessimistic-proof'
import type { ClaimedExit } from '@zkstack/settlement'
import type { SignedTransaction } from './transaction.js'

/** What a transaction changed besides balances. */
export interface Effects {
  readonly bridgeExit: BridgeExit | undefined
  readonly claim: ClaimedExit | undefined
}

/** Balances of a chain in wei, what was claimed, and what left. */
export class BridgeState {
  readonly networkId: number
  readonly #balances: Map<string, bigint>
  readonly #nonces: Map<string, bigint>
  readonly #claimed: Set<bigint>
  #exits: LocalExitTree

  constructor(networkId: number, from?: BridgeState) {
    this.networkId = networkId
    this.#balances = new Map(from === undefined ? [] : from.#balances)
    this.#nonces = new Map(from === undefined ? [] : from.#nonces)
    this.#claimed = new Set(from === undefined ? [] : from.#claimed)
    this.#exits = from === undefined ? LocalExitTree.empty : from.#exits
  }

  /** A copy that can be changed. */
  draft(): BridgeState {
    return new BridgeState(this.networkId, this)
  }

  get localExitRoot(): Hash32 {
    return this.#exits.root
  }

  /** Wei on all accounts together. */
  get supply(): bigint {
    return [...this.#balances.values()].reduce((sum, balance) => sum + balance, 0n)
  }

  balance(of: Address): bigint {
    return this.#balances.get(toHex(of)) ?? 0n
  }

  nonce(of: Address): bigint {
    return this.#nonces.get(toHex(of)) ?? 0n
  }

  /** Carries a transaction out, or says why not; then nothing has changed. */
  execute(transaction: SignedTransaction): Result<Effects, string> {
    const { chainId, sender, nonce, action } = transaction
    if (chainId !== this.networkId) return err('of another chain')
    if (nonce !== this.nonce(sender)) return err(`expected nonce ${this.nonce(sender)}`)
    const carriedOut = this.#carryOut(sender, action)
    if (carriedOut.ok) this.#nonces.set(toHex(sender), nonce + 1n)
    return carriedOut
  }

  #carryOut(sender: Address, action: SignedTransaction['action']): Result<Effects, string> {
    const none: Effects = { bridgeExit: undefined, claim: undefined }
    if (action.type === 'claim') return this.#claim(action.claim)
    const { amount } = action
    if (amount <= 0n || amount > this.balance(sender)) return err('the balance is too low')
    if (action.type === 'transfer') {
      this.#add(sender, -amount)
      this.#add(action.to, amount)
      return ok(none)
    }
    if (action.destNetwork === this.networkId) return err('it stays where it is')
    const bridgeExit: BridgeExit = {
      leafType: 'transfer',
      tokenInfo: ether,
      destNetwork: action.destNetwork,
      destAddress: action.destAddress,
      amount,
      metadata: undefined,
    }
    const exits = this.#exits.append(hashBridgeExit(bridgeExit))
    if (!exits.ok) return err('the local exit tree is full')
    this.#exits = exits.value
    this.#add(sender, -amount)
    return ok({ ...none, bridgeExit })
  }

  #claim(claim: ClaimedExit): Result<Effects, string> {
    const { bridgeExit, globalIndex } = claim
    const { leafType, tokenInfo, destNetwork, destAddress, amount } = bridgeExit
    const isEther =
      tokenInfo.originNetwork === ether.originNetwork &&
      bytesEqual(tokenInfo.originTokenAddress, ether.originTokenAddress)
    if (leafType !== 'transfer' || !isEther) return err('not ether')
    if (destNetwork !== this.networkId) return err('for another network')
    const index = globalIndexToBigint(globalIndex)
    if (this.#claimed.has(index)) return err('claimed before')
    if (!isProven(claim)) return err('not proven')
    this.#claimed.add(index)
    this.#add(destAddress, amount)
    return ok({ bridgeExit: undefined, claim })
  }

  #add(account: Address, amount: bigint): void {
    this.#balances.set(toHex(account), this.balance(account) + amount)
  }
}

const ether = { originNetwork: 0, originTokenAddress: new Uint8Array(20) as Address }

/** Whether the proofs lead from the exit to the exit roots that the claim names. */
function isProven(claim: ClaimedExit): boolean {
  const { bridgeExit, globalIndex, mainnetExitRoot, rollupExitRoot } = claim
  const local = inclusionRoot(
    hashBridgeExit(bridgeExit),
    globalIndex.leafIndex,
    claim.smtProofLocalExitRoot,
  )
  if (local === undefined) return false
  if (globalIndex.mainnetFlag) return bytesEqual(local, mainnetExitRoot)
  const root = inclusionRoot(local, globalIndex.rollupIndex, claim.smtProofRollupExitRoot)
  return root !== undefined && bytesEqual(root, rollupExitRoot)
}
