import { bytesEqual, concatBytes, DecodeError, toHex, type SignatureScheme } from '@zkstack/crypto'
import { protocols } from '@zkstack/network'
import { decodePartsHead, type PartsHead } from '@zkstack/network/testing'
import {
  decodeSigned,
  encodeReplicaCommit,
  hashMsg,
  hashPayload,
  labelOf,
  viewOf,
  type ConsensusMsg,
  type LeaderProposal,
  type MessageLabel,
  type ReplicaCommit,
  type ReplicaTimeout,
  type Signed,
} from '@zkstack/roles'

/** A contradiction in what one validator sent: what an honest one never does, whatever happened to its process. */
export interface DoubleVote {
  /** Public key of the validator, in hex. */
  readonly validator: string
  readonly epoch: bigint
  readonly view: bigint
  /**
   * Two proposals of a view; two commits of a view for different blocks; two timeouts of a view with different
   * high votes; a commit that a timeout of its view or a later one passes over.
   */
  readonly kind: 'proposal' | 'commit' | 'timeout' | 'commitThenTimeout'
}

interface Votes {
  readonly proposals: Map<bigint, Uint8Array>
  readonly commits: Map<bigint, ReplicaCommit>
  readonly timeouts: Map<bigint, ReplicaTimeout>
}

/**
 * Sees every consensus frame that any node of a network hands to its transport, delivered or not, across restarts, and the heads
 * of proposals that travel in parts, and finds the contradictions.
 */
export class FrameRecorder {
  readonly #scheme: SignatureScheme
  /** By validator and epoch. */
  /** By epoch and validator. */
  readonly #votes = new Map<bigint, Map<string, Votes>>()
  readonly #seen = new WeakSet<Uint8Array>()
  readonly #counts = new Map<MessageLabel, number>()
  readonly #doubleVotes: DoubleVote[] = []

  constructor(scheme: SignatureScheme) {
    this.#scheme = scheme
  }

  /** What was found so far. */
  get doubleVotes(): readonly DoubleVote[] {
    return this.#doubleVotes
  }

  /** How many different frames of a label were sent; a broadcast counts once. */
  count(label: MessageLabel): number {
    return this.#counts.get(label) ?? 0
  }

  /** Looks at one frame of any protocol; those that carry no message of consensus are passed over. */
  observe(protocol: string, frame: Uint8Array): void {
    if (protocol === protocols.consensus && this.#isNew(frame)) {
      this.note(decodeSigned(frame, this.#scheme))
    }
    if (protocol === protocols.proposals) this.#recordHead(frame)
  }

  /** Looks at the message of a consensus frame that somebody has decoded, and found to be a new one. */
  note(signed: Signed): void {
    this.#count(signed, undefined)
  }

  /** Looks at the head of a proposal that travels in parts; the frame may be one of the parts. */
  #recordHead(frame: Uint8Array): void {
    if (!this.#isNew(frame)) return
    const head = this.#headOf(frame)
    if (head !== undefined) this.#count(head.signed, head.payloadHash)
  }

  #headOf(
    frame: Uint8Array,
  ): { readonly signed: Signed; readonly payloadHash: Uint8Array } | undefined {
    try {
      const head = decodePartsHead(frame)
      return { signed: decodeSigned(head.message, this.#scheme), payloadHash: payloadHashIn(head) }
    } catch (e) {
      if (e instanceof DecodeError) return undefined
      throw e
    }
  }

  /** A broadcast hands the same bytes to each peer. */
  #isNew(frame: Uint8Array): boolean {
    if (this.#seen.has(frame)) return false
    this.#seen.add(frame)
    return true
  }

  #count({ msg, key }: Signed, payloadHash: Uint8Array | undefined): void {
    const label = labelOf(msg)
    this.#counts.set(label, this.count(label) + 1)
    this.#judge(toHex(key), msg, payloadHash)
  }

  #judge(validator: string, msg: ConsensusMsg, payloadHash: Uint8Array | undefined): void {
    const { epoch, number: view } = viewOf(msg)
    const votes = this.#votesOf(validator, epoch)
    const found = (kind: DoubleVote['kind']): void => {
      const known = this.#doubleVotes.some(
        (d) => d.validator === validator && d.epoch === epoch && d.view === view && d.kind === kind,
      )
      if (!known) this.#doubleVotes.push({ validator, epoch, view, kind })
    }
    switch (msg.type) {
      case 'leaderProposal':
        if (!keepFirst(votes.proposals, view, identityOf(msg.value, payloadHash), bytesEqual))
          found('proposal')
        return
      case 'replicaCommit':
        if (!keepFirst(votes.commits, view, msg.value, sameCommit)) found('commit')
        if ([...votes.timeouts.values()].some((t) => passesOver(t, msg.value)))
          found('commitThenTimeout')
        return
      case 'replicaTimeout':
        if (!keepFirst(votes.timeouts, view, msg.value, sameHighVote)) found('timeout')
        if ([...votes.commits.values()].some((c) => passesOver(msg.value, c)))
          found('commitThenTimeout')
        return
      case 'replicaNewView':
        return
    }
  }

  #votesOf(validator: string, epoch: bigint): Votes {
    let ofEpoch = this.#votes.get(epoch)
    if (ofEpoch === undefined) this.#votes.set(epoch, (ofEpoch = new Map<string, Votes>()))
    let votes = ofEpoch.get(validator)
    if (votes === undefined) {
      votes = { proposals: new Map(), commits: new Map(), timeouts: new Map() }
      ofEpoch.set(validator, votes)
    }
    return votes
  }
}

/** The digest of the last part is that of the whole payload. */
function payloadHashIn({ digests }: PartsHead): Uint8Array {
  return digests.slice(-32)
}

/** What two proposals of a view must have in common, however they travel. */
function identityOf(
  { payload, justification }: LeaderProposal,
  payloadHash: Uint8Array = hashPayload(payload ?? noBytes),
): Uint8Array {
  const value = { justification, payload: payload && noBytes }
  return concatBytes(hashMsg({ type: 'leaderProposal', value }), payloadHash)
}

const noBytes = new Uint8Array()

/** Keeps the first value of a view; false when this one differs from it. */
function keepFirst<T>(
  values: Map<bigint, T>,
  view: bigint,
  value: T,
  same: (a: T, b: T) => boolean,
): boolean {
  const first = values.get(view)
  if (first === undefined) values.set(view, value)
  return first === undefined || same(first, value)
}

function sameCommit(a: ReplicaCommit, b: ReplicaCommit): boolean {
  return bytesEqual(encodeReplicaCommit(a), encodeReplicaCommit(b))
}

function sameHighVote(a: ReplicaTimeout, b: ReplicaTimeout): boolean {
  if (a.highVote === undefined || b.highVote === undefined) return a.highVote === b.highVote
  return sameCommit(a.highVote, b.highVote)
}

/** Whether a timeout denies a commit of its view or an earlier one. */
function passesOver({ view, highVote }: ReplicaTimeout, commit: ReplicaCommit): boolean {
  if (view.number < commit.view.number) return false
  if (highVote === undefined || highVote.view.number < commit.view.number) return true
  return highVote.view.number === commit.view.number && !sameCommit(highVote, commit)
}
