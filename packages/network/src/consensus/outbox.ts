import {
  encodeSigned,
  labelOf,
  viewOf,
  type MessageLabel,
  type Signed,
  type View,
} from '@zkstack/roles'
import type { NetworkLimits } from '../limits.js'
import { Notifier } from '../notifier.js'
import { isLargeProposal, LargeProposal } from './large-proposal.js'

/** The newest message of a label, encoded once for all peers. */
export interface Slot {
  readonly frame: Uint8Array
  readonly label: MessageLabel
  /** Grows with every message offered: what a peer has not got yet is what is younger than its last one. */
  readonly generation: number
}

/** The newest proposal, when it is a large one: it travels in parts. */
export interface LargeSlot {
  readonly proposal: LargeProposal
  readonly generation: number
}

/** Small messages and large ones travel on streams of their own, so that a vote does not wait for a proposal. */
export const lanes = {
  votes: ['ReplicaCommitV2', 'ReplicaTimeoutV2', 'ReplicaNewViewV2'],
  proposals: ['LeaderProposalV2'],
} as const satisfies Record<string, readonly MessageLabel[]>

/** Name of a lane. */
export type Lane = keyof typeof lanes

/**
 * Our newest consensus message of each label. A newer view takes the slot, an equal view takes it too and is so
 * sent again, an older one is ignored. Peers read it at their own pace: a slow one skips what was superseded,
 * and one that reconnects starts from nothing.
 */
export class Outbox {
  readonly #changed: Readonly<Record<Lane, Notifier>> = {
    votes: new Notifier(),
    proposals: new Notifier(),
  }
  readonly #slots = new Map<MessageLabel, (Slot | LargeSlot) & { readonly view: View }>()
  readonly #limits: Pick<NetworkLimits, 'frames' | 'maxPayloadBytes'>
  readonly #newest: Record<Lane, number> = { votes: 0, proposals: 0 }
  #generation = 0

  constructor(limits: Pick<NetworkLimits, 'frames' | 'maxPayloadBytes'>) {
    this.#limits = limits
  }

  /** Takes a message, unless a newer one of its label is there or its peers would refuse it. */
  offer(message: Signed): 'taken' | 'superseded' | 'tooLarge' {
    const label = labelOf(message.msg)
    const view = viewOf(message.msg)
    const current = this.#slots.get(label)
    if (current && isOlder(view, current.view)) return 'superseded'
    const content = this.#encode(message)
    if (!content) return 'tooLarge'
    const generation = ++this.#generation
    this.#slots.set(
      label,
      'frame' in content
        ? { frame: content.frame, label, view, generation }
        : { proposal: content.proposal, view, generation },
    )
    const lane = label === 'LeaderProposalV2' ? 'proposals' : 'votes'
    this.#newest[lane] = generation
    this.#changed[lane].notify()
    return 'taken'
  }

  /** Generation of the newest message of a lane; 0 before the first. */
  newest(lane: Lane): number {
    return this.#newest[lane]
  }

  /** Resolves when there is something else to send in a lane, or to somebody else. */
  changed(lane: Lane): Promise<void> {
    return this.#changed[lane].wait()
  }

  /** Calls `f` whenever {@link changed} would resolve, and returns the function that ends this. */
  onChange(lane: Lane, f: () => void): () => void {
    return this.#changed[lane].subscribe(f)
  }

  /** Messages may go to others now than before. */
  committeesChanged(): void {
    for (const notifier of Object.values(this.#changed)) notifier.notify()
  }

  /** The oldest message of a lane and of certain epochs that is younger than what was sent of its label. */
  next(
    lane: Lane,
    sent: ReadonlyMap<MessageLabel, number>,
    epochs: readonly bigint[],
  ): Slot | undefined {
    let next: Slot | undefined
    for (const label of lanes[lane]) {
      const slot = this.#slots.get(label)
      if (!slot || !('frame' in slot) || slot.generation <= (sent.get(label) ?? 0)) continue
      if (!epochs.includes(slot.view.epoch)) continue
      if (!next || slot.generation < next.generation) next = slot
    }
    return next
  }

  /** The newest proposal, if it is large, of certain epochs, and younger than the one sent last. */
  nextLarge(sent: number, epochs: readonly bigint[]): LargeSlot | undefined {
    const slot = this.#slots.get('LeaderProposalV2')
    if (!slot || !('proposal' in slot) || slot.generation <= sent) return undefined
    return epochs.includes(slot.view.epoch) ? slot : undefined
  }

  /** Whether there is a newer proposal. */
  isSuperseded({ generation }: LargeSlot): boolean {
    return this.#slots.get('LeaderProposalV2')?.generation !== generation
  }

  #encode(message: Signed): Pick<Slot, 'frame'> | Pick<LargeSlot, 'proposal'> | undefined {
    const { frames, maxPayloadBytes } = this.#limits
    const { msg } = message
    if (msg.type === 'leaderProposal' && (msg.value.payload?.length ?? 0) > maxPayloadBytes) {
      return undefined
    }
    if (isLargeProposal(message)) return { proposal: new LargeProposal(message) }
    const frame = encodeSigned(message)
    return frame.length > frames.consensus ? undefined : { frame }
  }
}

function isOlder(a: View, b: View): boolean {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.number < b.number)
}
