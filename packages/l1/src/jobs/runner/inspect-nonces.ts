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
 * what they counted, the receipts of the job's own transactions decide; a used nonce without one is a stranger's.
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
    if (!transactions.some((own) => bytesEqual(own, hash))) return this.#other(mined)
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
    return ok({ by: 'ours', call, canonical: canonical.value })
  }

  async #other(mined: {
    readonly blockNumber: bigint
    readonly blockHash: Hash32
  }): Answer<NonceFact> {
    const canonical = await this.#isCanonical({ number: mined.blockNumber, hash: mined.blockHash })
    if (!canonical.ok) return canonical
    const head = this.head === undefined ? undefined : { number: this.head }
    const final = canonical.value && isFinal(this.policy, mined.blockNumber, head)
    return ok({ by: 'other', known: true, final })
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
