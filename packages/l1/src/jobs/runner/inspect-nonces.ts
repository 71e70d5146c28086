import { bytesEqual, err, ok, toHex, type Hash32, type Result } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'
import type { CallOptions } from '@zkstack/storage'
import type { L1Client } from '../../client/l1-client.js'
import type { BlockRef, L1Receipt, MinedTransaction } from '../../client/l1-types.js'
import { highestFinal, isFinal, type FinalityPolicy } from '../../finality-policy.js'
import type { L1Error } from '../../l1-error.js'
import type { L1Facts, NonceFact, NonceQuestion } from '../machine/facts.js'

/**
 * Asks L1 about nonces: for its head, then who has each nonce, then for the receipt, then whether the receipt's block is in
 * the chain. Where nodes lack `eth_getTransactionBySenderAndNonce`, fail at it as those do that keep no old states, or do not find
 * what they counted, the receipts of the job's own transactions decide; a used nonce without one is a stranger's. What would end the
 * job, or its hold on a nonce, is asked twice.
 */
export async function inspectNonces(
  client: L1Client,
  policy: FinalityPolicy,
  questions: readonly NonceQuestion[],
  o: CallOptions,
): Promise<Result<L1Facts, L1Error>> {
  if (questions.length === 0) return ok({ head: undefined, nonces: [] })
  const tagged = await client.block(policy.tag, o)
  if (!tagged.ok) return tagged
  const head = tagged.value?.number
  const inspection = new Inspection(client, policy, head, o)
  const nonces: NonceFact[] = []
  for (const question of questions) {
    const fact = await inspection.fact(question)
    if (!fact.ok) return fact
    nonces.push(fact.value)
  }
  return ok({ head, nonces })
}

type Answer<T> = Promise<Result<T, L1Error>>

/** One look at L1; what it learns of a wallet serves all nonces of that wallet. */
class Inspection {
  readonly #counts = new Map<string, bigint>()

  constructor(
    readonly client: L1Client,
    readonly policy: FinalityPolicy,
    readonly head: bigint | undefined,
    readonly o: CallOptions,
  ) {}

  async fact({ wallet, nonce, transactions }: NonceQuestion): Answer<NonceFact> {
    const count = await this.#count(wallet)
    if (!count.ok) return count
    if (count.value <= nonce) return ok({ by: 'nobody', isNext: count.value === nonce })
    const mined = await this.#mined(wallet, nonce)
    if (mined === undefined) return this.#factByReceipts(wallet, nonce, transactions)
    const { hash } = mined
    if (!transactions.some((own) => bytesEqual(own, hash))) return this.#other(mined, transactions)
    const receipt = await this.client.receipt(hash, this.o)
    if (!receipt.ok) return receipt
    return receipt.value === undefined ? ok({ by: 'unclear' }) : this.#ours(receipt.value)
  }

  /** Who has a nonce; `undefined`: no node says. One that keeps no old states has the method, and fails at it every time. */
  async #mined(wallet: Address, nonce: bigint): Promise<MinedTransaction | undefined> {
    const mined = await this.client.transactionBySenderAndNonce(wallet, nonce, this.o)
    return mined.ok && mined.value !== 'UNSUPPORTED' ? mined.value : undefined
  }

  async #factByReceipts(
    wallet: Address,
    nonce: bigint,
    transactions: readonly Hash32[],
  ): Answer<NonceFact> {
    for (const hash of transactions) {
      const receipt = await this.client.receipt(hash, this.o)
      if (!receipt.ok) return receipt
      if (receipt.value !== undefined) return this.#ours(receipt.value)
    }
    const final = this.head === undefined ? undefined : highestFinal(this.policy, this.head)
    if (final === undefined) return ok({ by: 'other', known: false, final: false })
    const count = await this.client.transactionCount(wallet, final, this.o)
    // A node without old states cannot say; the nonce then waits as one that is not final.
    if (!count.ok) {
      return count.error.code === 'REFUSED'
        ? ok({ by: 'other', known: false, final: false })
        : err(count.error)
    }
    return ok({ by: 'other', known: false, final: count.value > nonce })
  }

  async #ours(receipt: L1Receipt): Answer<NonceFact> {
    const { transactionHash, blockHash, blockNumber } = receipt
    const canonical = await this.#isCanonical({ number: blockNumber, hash: blockHash })
    if (!canonical.ok) return canonical
    const outcome = receipt.status
    const call = { outcome, transactionHash, blockHash, blockNumber }
    const fact: NonceFact = { by: 'ours', call, canonical: canonical.value }
    if (!canonical.value || !this.#isFinal(blockNumber)) return ok(fact)
    // What is final is stored for good: a second receipt must say the same.
    const again = await this.client.receipt(transactionHash, this.o)
    if (!again.ok) return again
    const isSame =
      again.value?.status === outcome && bytesEqual(again.value.blockHash, receipt.blockHash)
    return ok(isSame ? fact : { by: 'unclear' })
  }

  async #other(
    { blockNumber, blockHash }: MinedTransaction,
    transactions: readonly Hash32[],
  ): Answer<NonceFact> {
    const canonical = await this.#isCanonical({ number: blockNumber, hash: blockHash })
    if (!canonical.ok) return canonical
    const final = canonical.value && this.#isFinal(blockNumber)
    if (!final) return ok({ by: 'other', known: true, final })
    // The nonce would be given up for good: none of the job's own transactions may be in the chain.
    for (const own of transactions) {
      const receipt = await this.client.receipt(own, this.o)
      if (!receipt.ok) return receipt
      if (receipt.value === undefined) continue
      const fact = await this.#ours(receipt.value)
      if (!fact.ok) return fact
      if (fact.value.by === 'ours' && fact.value.canonical) return ok({ by: 'unclear' })
    }
    return ok({ by: 'other', known: true, final })
  }

  #isFinal(block: bigint): boolean {
    return isFinal(this.policy, block, this.head === undefined ? undefined : { number: this.head })
  }

  async #isCanonical({ number, hash }: BlockRef): Answer<boolean> {
    const block = await this.client.block(number, this.o)
    if (!block.ok) return block
    return ok(block.value !== undefined && bytesEqual(block.value.hash, hash))
  }

  async #count(wallet: Address): Answer<bigint> {
    const key = toHex(wallet)
    const known = this.#counts.get(key)
    if (known !== undefined) return ok(known)
    const count = await this.client.transactionCount(wallet, 'latest', this.o)
    if (count.ok) this.#counts.set(key, count.value)
    return count
  }
}
