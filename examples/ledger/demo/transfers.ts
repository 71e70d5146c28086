import type { Ctx, SeededRandom } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { signTransaction, transactionId } from '../src/index.js'
import type { Fleet } from './fleet.js'
import type { Person } from './setup.js'

/** Time between two transfers, in milliseconds. */
const intervalMs = 40
/** A transfer that is not final after this many milliseconds is handed to another validator: the first may have been killed. */
const retryMs = 4000
/** Transfers of one person that may be under way; a pool takes 64. */
const underWayPerPerson = 32

/** What the traffic is made of. */
export interface TransfersInit {
  readonly people: readonly Person[]
  readonly chainId: bigint
  readonly random: SeededRandom
  /** The validators, which come to be after the traffic. */
  readonly fleet: () => Fleet
}

interface Pending {
  readonly encoded: Uint8Array
  readonly person: number
  sentAtMs: number
}

/** Sends transfers between people through one validator after another, until its context ends, and follows each to finality. */
export class Transfers {
  readonly #o: TransfersInit
  readonly #pending = new Map<string, Pending>()
  readonly #nonces: bigint[]
  readonly #underWay: number[]
  readonly #throughNames = new Set<string>()
  #turn = 0
  #sent = 0

  constructor(o: TransfersInit) {
    this.#o = o
    this.#nonces = o.people.map(() => 0n)
    this.#underWay = o.people.map(() => 0)
  }

  /** Different transfers that were sent. */
  get sent(): number {
    return this.#sent
  }

  /** Of these, the ones that are final. */
  get final(): number {
    return this.#sent - this.#pending.size
  }

  /** Validators through which transfers were sent. */
  get through(): number {
    return this.#throughNames.size
  }

  /** Sends until `sending` is over, and repeats what gets lost until `ctx` is. */
  async run(ctx: Ctx, sending: () => boolean): Promise<void> {
    while (!ctx.canceled) {
      if (sending()) this.#sendNew(ctx.clock.now())
      this.#repeatLost(ctx.clock.now())
      await ctx.sleep(intervalMs)
    }
  }

  /** Takes note of final transactions; ones that are known to be final already are ignored. */
  onFinal(ids: readonly string[]): void {
    for (const id of ids) {
      const pending = this.#pending.get(id)
      if (pending === undefined) continue
      this.#pending.delete(id)
      this.#underWay[pending.person] = (this.#underWay[pending.person] ?? 1) - 1
    }
  }

  #sendNew(nowMs: number): void {
    const { people, random, chainId } = this.#o
    const index = this.#turn % people.length
    const person = people[index]
    const receiver = people[random.uint32() % people.length]
    const underWay = this.#underWay[index] ?? 0
    if (person === undefined || receiver === undefined || underWay >= underWayPerPerson) return
    const nonce = this.#nonces[index] ?? 0n
    const [amount, fee] = [BigInt(1 + (random.uint32() % 100)), BigInt(1 + (random.uint32() % 3))]
    const encoded = signTransaction(
      { chainId, to: receiver.address, amount, nonce, fee },
      person.seed,
    )
    if (!this.#submit(encoded)) return
    this.#nonces[index] = nonce + 1n
    this.#underWay[index] = underWay + 1
    this.#sent += 1
    this.#pending.set(toHex(transactionId(encoded)), { encoded, person: index, sentAtMs: nowMs })
  }

  #repeatLost(nowMs: number): void {
    for (const pending of this.#pending.values()) {
      if (nowMs - pending.sentAtMs < retryMs || !this.#submit(pending.encoded)) continue
      pending.sentAtMs = nowMs
    }
  }

  #submit(transaction: Uint8Array): boolean {
    const { live } = this.#o.fleet()
    const handle = live[this.#turn % Math.max(1, live.length)]
    this.#turn += 1
    if (handle === undefined) return false
    this.#throughNames.add(handle.name)
    handle.send({ type: 'submit', transaction })
    return true
  }
}
