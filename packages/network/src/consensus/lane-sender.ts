import type { Ctx } from '@zkstack/concurrency'
import type { MessageLabel } from '@zkstack/roles'
import type { NetworkInit } from '../network.js'
import type { Peer } from '../peers/peer.js'
import type { Throttle } from '../throttle.js'
import type { FrameStream } from '../transport/network-transport.js'
import type { Lane, Outbox, Slot } from './outbox.js'
import { PeerEpochs } from './peer-epochs.js'
import { permitsOf } from './permits-of.js'

/** What a {@link LaneSender} works with. */
export interface LaneSenderInit {
  readonly ctx: Ctx
  readonly peer: Peer
  readonly stream: FrameStream
  readonly outbox: Outbox
  readonly lane: Lane
  readonly init: NetworkInit
}

/** Takes a lane of the outbox to one peer: where nothing has to be waited for, as soon as a message is offered. */
export class LaneSender {
  readonly #o: LaneSenderInit
  /** Generation sent last, by label. */
  readonly #sent = new Map<MessageLabel, number>()
  readonly #throttle: Throttle
  readonly #epochs: PeerEpochs
  #fail: (error: unknown) => void = () => undefined
  #isBusy = false

  constructor(o: LaneSenderInit) {
    this.#o = o
    this.#throttle = o.peer.budget.outgoing('consensusRate')
    this.#epochs = new PeerEpochs(o.peer, o.init)
  }

  /** Sends until cancellation, or until the stream breaks. */
  async run(): Promise<never> {
    const { ctx, outbox, lane } = this.#o
    const failed = new Promise<never>((_resolve, reject) => {
      this.#fail = reject
    })
    const end = outbox.onChange(lane, () => {
      this.#send()
    })
    try {
      this.#send()
      return await ctx.race(failed)
    } finally {
      end()
    }
  }

  /** Sends what there is, unless that is being done. */
  #send(): void {
    if (this.#isBusy || this.#o.ctx.canceled) return
    const { outbox, lane } = this.#o
    this.#isBusy = true
    try {
      for (;;) {
        const slot = outbox.next(lane, this.#sent, this.#epochs.list)
        if (!slot) break
        this.#sent.set(slot.label, slot.generation)
        const waits = this.#sendSlot(slot)
        if (!waits) {
          // The oldest comes first.
          if (slot.generation === outbox.newest(lane)) break
          continue
        }
        waits.then(() => {
          this.#isBusy = false
          this.#send()
        }, this.#fail)
        return
      }
      this.#isBusy = false
    } catch (e) {
      this.#fail(e)
    }
  }

  #sendSlot({ frame }: Slot): Promise<void> | undefined {
    const { ctx, stream } = this.#o
    const permits = permitsOf(frame)
    if (!this.#throttle.tryPass(permits)) {
      return this.#throttle.pass(ctx, permits).then(() => stream.send(frame))
    }
    return stream.trySend?.(frame) ? undefined : stream.send(frame)
  }
}
