import { showCommitVote, showTimeoutVote } from './show-spec.js'
import { specThresholds } from './spec-rules.js'
import { timeoutQcOf } from './spec-model.js'
import type { SpecModel } from './spec-model.js'
import type {
  SpecCommitQC,
  SpecCommitVote,
  SpecJustification,
  SpecMessage,
  SpecSignedTimeout,
  SpecState,
} from './spec-types.js'

/** Chooses one of a list, or `undefined` from an empty one. */
export type Pick = <T>(list: readonly T[]) => T | undefined

/**
 * Something that a faulty replica may send: a vote for what others or nobody voted for, a timeout that tells of any votes
 * and QCs, a NewView with a QC of its own making, or a proposal. It forges no signature of others.
 */
export function sampleFault(model: SpecModel, sig: string, pick: Pick): SpecMessage | undefined {
  const { state, replicas } = model
  const { quorum } = specThresholds(replicas.length)
  switch (pick(['commit', 'timeout', 'newView', 'proposal'] as const)) {
    case 'commit': {
      const vote = pick(state.commits.slice(-6))?.vote ?? inventVote(state, pick)
      return vote && { type: 'commit', value: { vote, sig } }
    }
    case 'timeout':
      return inventTimeout(state, sig, pick)
    case 'newView': {
      const justification = inventJustification(state, quorum, pick)
      return justification && { type: 'newView', value: { justification, sig } }
    }
    case 'proposal': {
      const justification =
        pick(state.newViews.slice(-6))?.justification ?? inventJustification(state, quorum, pick)
      const block = pick([undefined, 'val_b0', 'val_b1', 'val_b2'])
      return justification && { type: 'proposal', value: { block, justification, sig } }
    }
    case undefined:
      return undefined
  }
}

function inventVote(state: SpecState, pick: Pick): SpecCommitVote | undefined {
  const view = pick([...state.replicas.values()])?.view
  const block = pick(['val_b0', 'val_b1', 'val_b2'])
  return view === undefined || block === undefined ? undefined : { view, number: 0n, block }
}

function inventTimeout(state: SpecState, sig: string, pick: Pick): SpecMessage | undefined {
  const view = pick([...state.replicas.values()])?.view
  if (view === undefined) return undefined
  const qcs = [...state.replicas.values()].map(({ highCommitQc }) => highCommitQc)
  const highCommitQc = pick([undefined, ...qcs])
  const votes = state.commits.map(({ vote }) => vote).filter((vote) => vote.view <= view)
  const highVote = pick([undefined, ...votes.slice(-8)])
  const vote = { view, highVote, highCommitQcView: highCommitQc?.vote.view }
  if (highVote !== undefined && (vote.highCommitQcView ?? 0n) > highVote.view) return undefined
  // Two QCs beside one vote would be told apart by nobody: the QC is not signed in the specification.
  const text = showTimeoutVote(vote)
  const twice = state.timeouts.some(
    (other) => other.sig === sig && showTimeoutVote(other.vote) === text,
  )
  return twice ? undefined : { type: 'timeout', value: { vote, sig, highCommitQc } }
}

/** A QC of votes that were sent, by any quorum of those who sent them. */
function inventJustification(
  state: SpecState,
  quorum: number,
  pick: Pick,
): SpecJustification | undefined {
  const vote = pick(state.commits.slice(-12))?.vote
  const timeout = pick(state.timeouts.slice(-12))
  if (pick([true, false]) === true && vote !== undefined) {
    const qc = commitQcOf(state, vote, quorum, pick)
    return qc && { type: 'commit', qc }
  }
  if (timeout === undefined) return undefined
  const chosen = chooseTimeouts(state, timeout.vote.view, quorum, pick)
  return chosen && { type: 'timeout', qc: timeoutQcOf(chosen) }
}

function commitQcOf(
  state: SpecState,
  vote: SpecCommitVote,
  quorum: number,
  pick: Pick,
): SpecCommitQC | undefined {
  const text = showCommitVote(vote)
  const same = state.commits.filter((commit) => showCommitVote(commit.vote) === text)
  const signers = choose(
    same.map(({ sig }) => sig),
    quorum,
    pick,
  )
  return signers && { vote, signers: signers.toSorted() }
}

function chooseTimeouts(
  state: SpecState,
  view: bigint,
  quorum: number,
  pick: Pick,
): readonly SpecSignedTimeout[] | undefined {
  const one = new Map<string, SpecSignedTimeout>()
  for (const timeout of state.timeouts) {
    const { highVote, highCommitQcView } = timeout.vote
    const inverted = highVote !== undefined && (highCommitQcView ?? 0n) > highVote.view
    if (timeout.vote.view === view && !inverted) one.set(timeout.sig, timeout)
  }
  return choose([...one.values()], quorum, pick)
}

function choose<T>(list: readonly T[], count: number, pick: Pick): readonly T[] | undefined {
  const left = [...list]
  if (left.length < count) return undefined
  while (left.length > count) {
    const dropped = pick(left)
    left.splice(
      left.findIndex((item) => item === dropped),
      1,
    )
  }
  return left
}
