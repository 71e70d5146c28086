import { bytesEqual, toHex, type SignatureScheme } from '@zkstack/crypto'
import {
  compareViews,
  decodeSigned,
  hashPayload,
  sameReplicaCommit,
  verifyFinalBlock,
  viewOf,
  type Block,
  type CommitQC,
  type EpochScope,
  type FinalBlock,
  type Proposal,
  type ReplicaCommit,
  type ReplicaState,
  type Signed,
  type View,
} from '@zkstack/roles'
import { FrameRecorder } from '../frame-recorder.js'

/**
 * What holds at every moment of a run.
 *
 * - `agreement`: no two nodes hold different blocks of one height.
 * - `certificate`: every stored block has a valid certificate of a quorum of the committee of its height, of a later epoch or view
 *   than the block before.
 * - `equivocation`: no honest node signs two messages that contradict each other, whatever happens to its process.
 * - `durability`: what a node says is implied by what is on its disk, its disk does not go back, and keeps the payload of a final
 *   block until the block is there.
 * - `validity`: every committed payload was proposed or accepted by the execution layer of an honest node.
 * - `delivery`: the execution layer of every node gets each height once, in order.
 * - `liveness`: once all faults are over, blocks come in time.
 * - `failure`: no node stops by itself.
 */
export type SimulatedInvariant =
  | 'agreement'
  | 'certificate'
  | 'equivocation'
  | 'durability'
  | 'validity'
  | 'delivery'
  | 'liveness'
  | 'failure'

/** An invariant that did not hold. */
export interface SimulationViolation {
  readonly invariant: SimulatedInvariant
  /** Virtual milliseconds since the beginning. */
  readonly at: number
  readonly node: number | undefined
  readonly text: string
}

/** What an {@link InvariantChecker} needs. */
export interface InvariantCheckerInit {
  /** The epochs, by ascending first block. */
  readonly scopes: readonly EpochScope[]
  readonly now: () => number
}

/** What is known of one node, across its lives. */
interface Known {
  state: ReplicaState | undefined
  /** Next height on its disk. */
  nextDurable: bigint
  /** View of the certificate of its newest block. */
  view: View | undefined
  /** Next height that its execution layer expects. */
  nextCommit: bigint
}

type BlockHash = Pick<Proposal, 'number' | 'hash'>

/** A frame and the message in it. */
interface SentFrame {
  readonly frame: Uint8Array
  readonly signed: Signed
  /** What was on its sender's disk when it was last found to be implied by that. */
  impliedBy: ReplicaState | undefined
}

/** Frames that are recognized: those of broadcasts that are under way to all peers. */
const recentFrames = 32
/** Certificates that are recognized: each node may have another one for a block. */
const recentBlocks = 32

/** Watches all nodes from outside and keeps the first contradictions. */
export class InvariantChecker {
  readonly #init: InvariantCheckerInit
  readonly #first: EpochScope
  readonly #scheme: SignatureScheme
  readonly #recorder: FrameRecorder
  /** The newest last. */
  readonly #frames: SentFrame[] = []
  /** The last one asked for: a broadcast goes to one peer after another. */
  #latest: SentFrame | undefined
  readonly #known = new Map<number, Known>()
  readonly #chain = new Map<bigint, Uint8Array>()
  readonly #accepted = new Set<string>()
  /** Blocks found to be final, the newest last. */
  readonly #verified: FinalBlock[] = []
  /** The payload accepted last: one node after another accepts it. */
  #lastAccepted: Uint8Array | undefined
  readonly #violations: SimulationViolation[] = []
  #commits = 0

  constructor(init: InvariantCheckerInit) {
    this.#init = init
    const [first] = init.scopes
    if (first === undefined) throw new RangeError('scopes: none')
    this.#first = first
    this.#scheme = first.schedule.scheme
    this.#recorder = new FrameRecorder(this.#scheme)
  }

  get violations(): readonly SimulationViolation[] {
    return this.#violations
  }

  /** Next height that the execution layer of a node expects. */
  nextCommit(node: number): bigint {
    return this.#of(node).nextCommit
  }

  /** Blocks that execution layers have committed. */
  get commits(): number {
    return this.#commits
  }

  /** Notes a violation. */
  found(invariant: SimulatedInvariant, node: number | undefined, text: string): void {
    this.#violations.push({ invariant, at: this.#init.now(), node, text })
  }

  /** The message in a consensus frame. */
  decode(frame: Uint8Array): Signed {
    return (this.#recognize(frame) ?? this.#keep(frame)).signed
  }

  #keep(frame: Uint8Array): SentFrame {
    const sent = { frame, signed: decodeSigned(frame, this.#scheme), impliedBy: undefined }
    this.#latest = sent
    this.#frames.push(sent)
    if (this.#frames.length > recentFrames) this.#frames.shift()
    return sent
  }

  /** A node hands a consensus frame to its transport; whether it is a new one, not that of a broadcast to the next peer. */
  sent(node: number, frame: Uint8Array): boolean {
    const known = this.#recognize(frame)
    const sent = known ?? this.#keep(frame)
    const { signed } = sent
    const { state } = this.#of(node)
    if (state !== undefined && sent.impliedBy === state) return false
    if (isImplied(signed, state)) sent.impliedBy = state
    else {
      const view = viewOf(signed.msg).number
      const disk = state === undefined ? 'nothing' : `view ${state.view}, ${state.phase}`
      this.found(
        'durability',
        node,
        `sends a ${signed.msg.type} of view ${view}, on disk is ${disk}`,
      )
    }
    if (known !== undefined) return false
    this.#record(node, () => {
      this.#recorder.note(signed)
    })
    return true
  }

  /** A node hands a frame of any other protocol to its transport: it may be the head of a proposal that travels in parts. */
  sentElsewhere(node: number, protocol: string, frame: Uint8Array): void {
    this.#record(node, () => {
      this.#recorder.observe(protocol, frame)
    })
  }

  #record(node: number, record: () => void): void {
    const before = this.#recorder.doubleVotes.length
    record()
    for (const { view, kind } of this.#recorder.doubleVotes.slice(before)) {
      this.found('equivocation', node, `${kind} twice in view ${view}`)
    }
  }

  /** A state is on the disk of a node. */
  stateDurable(node: number, state: ReplicaState): void {
    const known = this.#of(node)
    if (known.state !== undefined && isOlder(state, known.state)) {
      const [old, now] = [known.state, state].map(({ view, phase }) => `view ${view}, ${phase}`)
      this.found('durability', node, `its disk went back from ${old} to ${now}`)
    }
    const lost = known.state && this.#lostPayload(known.state, state, known.nextDurable)
    if (lost !== undefined) {
      const text = `keeps the payload of block ${lost} no more, which is final and not on its disk`
      this.found('durability', node, text)
    }
    known.state = state
  }

  /** The number of a final block whose payload one state of an epoch has, the next has not, and no disk does (rule 22). */
  #lostPayload(before: ReplicaState, after: ReplicaState, nextDurable: bigint): bigint | undefined {
    if (before.epoch !== after.epoch || before.proposals === after.proposals) return undefined
    const isFinal = ({ number, hash }: BlockHash): boolean => {
      const newest = after.highCommitQc?.message.proposal
      const final = newest?.number === number ? newest.payload : this.#chain.get(number)
      return final !== undefined && bytesEqual(final, hash)
    }
    const isKept = ({ number, hash }: BlockHash): boolean =>
      after.proposals.some((kept) => kept.number === number && bytesEqual(kept.hash, hash))
    return before.proposals.find(
      (proposal) => proposal.number >= nextDurable && !isKept(proposal) && isFinal(proposal),
    )?.number
  }

  /** A node starts, and its disk ends before height `next`. */
  started(node: number, next: bigint): void {
    const known = this.#of(node)
    if (next < known.nextDurable) {
      this.found(
        'durability',
        node,
        `had blocks below ${known.nextDurable}, comes back with those below ${next}`,
      )
    }
    // it may have died before it heard that its last write was done
    known.nextDurable = next
  }

  /** A block is on the disk of a node. */
  blockDurable(node: number, block: Block): void {
    const known = this.#of(node)
    known.nextDurable = block.number + 1n
    if (block.kind !== 'final') return
    this.#agree(node, block)
    const scope = this.#init.scopes.findLast(({ firstBlock }) => firstBlock <= block.number)
    if (!this.#verified.some((known) => isSameBlock(known, block))) {
      const verdict = verifyFinalBlock(block, scope ?? this.#first)
      if (verdict.ok) this.#remember(block)
      else this.found('certificate', node, `block ${block.number}: ${verdict.error.code}`)
    }
    const { view } = block.justification.message
    if (known.view !== undefined && compareViews(view, known.view) <= 0) {
      this.found(
        'certificate',
        node,
        `block ${block.number} is of view ${view.number}, the one before of ${known.view.number}`,
      )
    }
    known.view = view
  }

  /** The execution layer of an honest node made this payload, or found it good. */
  accepted(payload: Uint8Array): void {
    if (this.#lastAccepted !== undefined && bytesEqual(this.#lastAccepted, payload)) return
    this.#lastAccepted = payload.slice()
    this.#accepted.add(toHex(hashPayload(payload)))
  }

  /** The execution layer of a node has a block. */
  committed(node: number, block: FinalBlock): void {
    const known = this.#of(node)
    if (block.number !== known.nextCommit) {
      this.found('delivery', node, `commits block ${block.number} instead of ${known.nextCommit}`)
    }
    known.nextCommit = block.number + 1n
    this.#commits += 1
    this.#agree(node, block)
    if (!this.#accepted.has(toHex(block.payloadHash))) {
      this.found(
        'validity',
        node,
        `block ${block.number} has a payload that no honest node accepted`,
      )
    }
  }

  #agree(node: number, { number, payloadHash }: FinalBlock): void {
    const other = this.#chain.get(number)
    if (other === undefined) this.#chain.set(number, payloadHash.slice())
    else if (!bytesEqual(other, payloadHash)) {
      const [ours, theirs] = [payloadHash, other].map((hash) => `${toHex(hash).slice(0, 8)}…`)
      this.found('agreement', node, `has block ${number} as ${ours}, others as ${theirs}`)
    }
  }

  #recognize(frame: Uint8Array): SentFrame | undefined {
    if (this.#latest?.frame !== frame) {
      const known = this.#frames.find((sent) => sent.frame === frame)
      if (known === undefined) return undefined
      this.#latest = known
    }
    return this.#latest
  }

  #remember(block: FinalBlock): void {
    this.#verified.push(block)
    if (this.#verified.length > recentBlocks) this.#verified.shift()
  }

  #of(node: number): Known {
    const known = this.#known.get(node)
    if (known !== undefined) return known
    const { firstBlock: nextCommit } = this.#first
    const fresh: Known = { state: undefined, nextDurable: 0n, view: undefined, nextCommit }
    this.#known.set(node, fresh)
    return fresh
  }
}

/** Whether the disk forbids everything that would contradict a message (rule 22). */
function isImplied({ msg }: Signed, state: ReplicaState | undefined): boolean {
  const { epoch, number: view } = viewOf(msg)
  if (state === undefined || state.epoch !== epoch)
    return state !== undefined && state.epoch > epoch
  if (state.view < view) return false
  switch (msg.type) {
    case 'replicaCommit': {
      const { highVote } = state
      if (highVote === undefined || highVote.view.number < view) return false
      return highVote.view.number > view || sameReplicaCommit(highVote, msg.value)
    }
    case 'replicaTimeout': {
      if (state.view === view && state.phase !== 'timeout') return false
      const { highVote } = state
      return (
        (highVote !== undefined && highVote.view.number > view) ||
        isSameVote(highVote, msg.value.highVote)
      )
    }
    case 'replicaNewView':
    case 'leaderProposal':
      return true
  }
}

function isSameVote(a: ReplicaCommit | undefined, b: ReplicaCommit | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameReplicaCommit(a, b)
}

function isSameBlock(a: FinalBlock, b: FinalBlock): boolean {
  return (
    a.number === b.number &&
    isSameCertificate(a.justification, b.justification) &&
    bytesEqual(a.payload, b.payload)
  )
}

function isSameCertificate(a: CommitQC, b: CommitQC): boolean {
  return (
    bytesEqual(a.signature, b.signature) &&
    a.signers.equals(b.signers) &&
    sameReplicaCommit(a.message, b.message)
  )
}

const phaseOrder = { prepare: 0, commit: 1, timeout: 2 } as const

function isOlder(a: ReplicaState, b: ReplicaState): boolean {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch
  if (a.view !== b.view) return a.view < b.view
  if (phaseOrder[a.phase] < phaseOrder[b.phase]) return true
  const [vote, other] = [a.highVote, b.highVote]
  if (other === undefined) return false
  return vote === undefined || vote.view.number < other.view.number
}
