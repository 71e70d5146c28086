import {
  showCommitQc,
  showCommitVote,
  showJustification,
  showSignedCommit,
  showTimeoutVote,
} from './show-spec.js'
import { specThresholds } from './spec-rules.js'
import type { SpecThresholds } from './spec-rules.js'
import { justifiedView } from './spec-types.js'
import type {
  SpecCommitQC,
  SpecCommitVote,
  SpecJustification,
  SpecState,
  SpecTimeoutQC,
  SpecTimeoutVote,
} from './spec-types.js'

/** What the invariants of the specification are stated over. */
export interface SpecWorld {
  readonly state: SpecState
  /** Names of all replicas, faulty ones included; all weigh one. */
  readonly replicas: readonly string[]
  /** Whether the application accepts a block. */
  readonly isValidBlock: (block: string) => boolean
}

/** A statement that is true of every reachable state: `undefined` when it is, else what breaks it. */
export type SpecInvariant = (world: SpecWorld) => string | undefined

/**
 * The invariants of the specification, under its names and without the clauses in {@link refutedInvariants}.
 *
 * @see era-consensus, spec/protocol-spec/replica.qnt
 */
export const specInvariants: Readonly<Record<string, SpecInvariant>> = {
  agreement_inv: ({ state }) => {
    const final = new Map<number, string>()
    for (const [name, { committedBlocks }] of state.replicas) {
      for (const [number, { block }] of committedBlocks.entries()) {
        const other = final.get(number)
        if (other !== undefined && other !== block) {
          return `block ${number} is ${other} and, for ${name}, ${block}`
        }
        final.set(number, block)
      }
    }
    return undefined
  },

  committed_blocks_have_justification_inv: ({ state }) => {
    const finalizes = (justification: SpecJustification, view: bigint): readonly string[] => {
      const { qc, type } = justification
      const commit = type === 'commit' ? qc : qc.highCommitQc
      if (commit === undefined) return []
      const near = view === commit.vote.view || view === commit.vote.view + 1n
      return near ? [`${commit.vote.block}@${commit.vote.number}`] : []
    }
    for (const [name, { committedBlocks }] of state.replicas) {
      const justified = new Set(
        state.justifications
          .filter(({ replica }) => replica === name)
          .flatMap(({ justification, view }) => finalizes(justification, view)),
      )
      for (const [number, { block }] of committedBlocks.entries()) {
        if (!justified.has(`${block}@${number}`)) return `${name}: nothing justifies ${block}`
      }
    }
    return undefined
  },

  no_proposal_equivocation_inv: (world) =>
    findEquivocation(
      honest(world, world.state.proposals).map(({ sig, justification, block }) => ({
        key: `the proposals of ${sig} in view ${justifiedView(justification)}`,
        content: block ?? 'again',
      })),
    ),

  no_commit_equivocation_inv: (world) =>
    findEquivocation(
      honest(world, world.state.commits).map(({ sig, vote }) => ({
        key: `the commits of ${sig} in view ${vote.view}`,
        content: showCommitVote(vote),
      })),
    ),

  no_timeout_equivocation_inv: (world) =>
    findEquivocation(
      honest(world, world.state.timeouts).map(({ sig, vote, highCommitQc }) => ({
        key: `the timeouts of ${sig} in view ${vote.view}`,
        content: `${showTimeoutVote(vote)} ${highCommitQc && showCommitQc(highCommitQc)}`,
      })),
    ),

  no_new_view_equivocation_inv: (world) =>
    findEquivocation(
      honest(world, world.state.newViews).map(({ sig, justification }) => ({
        key: `the NewViews of ${sig} in view ${justifiedView(justification)}`,
        content: showJustification(justification),
      })),
    ),

  store_signed_commit_all_inv: (world) => {
    for (const [name, votes] of world.state.storedCommits) {
      const bad = honest(world, votes).find(({ vote }) => !world.isValidBlock(vote.block))
      if (bad !== undefined) return `${name} holds: ${showSignedCommit(bad)}`
      const twice = findEquivocation(
        votes.map(({ sig, vote }) => ({
          key: `the commits of ${sig} in view ${vote.view} that ${name} holds`,
          content: showCommitVote(vote),
        })),
      )
      if (twice !== undefined) return twice
    }
    return undefined
  },

  store_signed_timeout_all_inv: ({ state, replicas }) => {
    for (const [name, votes] of state.storedTimeouts) {
      const twice = findEquivocation(
        votes.map(({ sig, vote }) => ({
          key: `the timeouts of ${sig} in view ${vote.view} that ${name} holds`,
          content: showTimeoutVote(vote),
        })),
      )
      const qcs = votes.flatMap(({ highCommitQc }) => highCommitQc ?? [])
      const apart = twice ?? findDistantQcs(qcs, specThresholds(replicas.length))
      if (apart !== undefined) return `${name} holds ${apart}`
    }
    return undefined
  },

  view_justification_inv: ({ state, replicas }) => {
    for (const { replica, view, justification } of state.justifications) {
      const at = state.replicas.get(replica)
      if (view < 1n || at === undefined || view > at.view || !state.leader.has(view)) {
        return `${replica} has a justification of view ${view}`
      }
      const flaw = flawOf(justification, replicas)
      if (flaw !== undefined) return `${replica} in view ${view}: ${flaw}`
    }
    return undefined
  },

  justification_is_supported_inv: ({ state, replicas }) => {
    const correct = replicas.filter((name) => state.replicas.has(name))
    const commits = new Set(state.commits.map(({ vote }) => showCommitVote(vote)))
    const timeouts = new Set(state.timeouts.map(({ vote }) => showTimeoutVote(vote)))
    for (const { replica, justification } of state.justifications) {
      const { type, qc } = justification
      const supported =
        type === 'commit'
          ? !qc.signers.some((name) => correct.includes(name)) ||
            commits.has(showCommitVote(qc.vote))
          : qc.votes.every(
              ([name, vote]) => !correct.includes(name) || timeouts.has(showTimeoutVote(vote)),
            )
      if (!supported)
        return `${replica} relies on votes nobody sent: ${showJustification(justification)}`
    }
    return undefined
  },

  one_high_vote_in_timeout_qc_inv: ({ state, replicas }) => {
    const { subquorum } = specThresholds(replicas.length)
    for (const [name, { highTimeoutQc }] of state.replicas) {
      // The specification counts distinct votes here, not who signed them.
      const votes = new Map(highTimeoutQc?.votes.map(([, vote]) => [showTimeoutVote(vote), vote]))
      const counts = new Map<string, number>()
      for (const { highVote } of votes.values()) {
        const key = highVote === undefined ? 'none' : showCommitVote(highVote)
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
      const high = [...counts].filter(([, count]) => count >= subquorum).map(([key]) => key)
      if (high.length > 1) return `${name}: two high votes in a QC, ${high.join(' and ')}`
    }
    return undefined
  },

  one_commit_quorum_inv: ({ state, replicas }) => {
    const { quorum } = specThresholds(replicas.length)
    const voters = new Map<string, Set<string>>()
    for (const { vote, sig } of state.commits) {
      const key = `${vote.view} ${vote.block}`
      voters.set(key, (voters.get(key) ?? new Set()).add(sig))
    }
    const won = new Set<string>()
    for (const [key, signers] of voters) {
      const view = key.slice(0, key.indexOf(' '))
      if (signers.size < quorum) continue
      if (won.has(view)) return `two blocks have a quorum in view ${view}`
      won.add(view)
    }
    return undefined
  },

  all_replicas_high_commit_qc_inv: ({ state, replicas, isValidBlock }) => {
    for (const [name, { highCommitQc: qc }] of state.replicas) {
      if (qc === undefined) continue
      if (!isValidBlock(qc.vote.block)) return `${name}: ${showCommitQc(qc)} of an invalid block`
      const flaw = flawOf({ type: 'commit', qc }, replicas)
      if (flaw !== undefined) return `${name}: ${flaw}`
    }
    return undefined
  },

  all_replicas_high_timeout_qc_inv: ({ state, replicas }) => {
    for (const [name, { highTimeoutQc: qc }] of state.replicas) {
      const flaw = qc && flawOf({ type: 'timeout', qc }, replicas)
      if (flaw !== undefined) return `${name}: ${flaw}`
    }
    return undefined
  },

  msgs_signed_timeout_inv: (world) => {
    for (const { sig, vote, highCommitQc } of honest(world, world.state.timeouts)) {
      const flaw =
        (isOfLaterVote(vote) ? 'the high vote is later than the timeout' : undefined) ??
        (vote.highCommitQcView === highCommitQc?.vote.view ? undefined : 'its QC is another') ??
        (highCommitQc && flawOf({ type: 'commit', qc: highCommitQc }, world.replicas))
      if (flaw !== undefined) return `${sig} sent ${showTimeoutVote(vote)}: ${flaw}`
    }
    return undefined
  },

  msgs_signed_commit_inv: (world) => {
    const { replicas, isValidBlock, state } = world
    const bad = honest(world, state.commits).find(
      ({ sig, vote }) => !replicas.includes(sig) || !isValidBlock(vote.block),
    )
    return bad && showSignedCommit(bad)
  },

  all_replicas_high_vote_inv: ({ state, isValidBlock }) => {
    for (const [name, { highVote, view }] of state.replicas) {
      const sent = state.commits.filter(({ sig }) => sig === name)
      if (highVote === undefined) {
        if (sent.length > 0) return `${name} voted and has no high vote`
        continue
      }
      const text = showCommitVote(highVote)
      if (!isValidBlock(highVote.block)) return `${name} voted for an invalid block`
      if (!sent.some(({ vote }) => showCommitVote(vote) === text))
        return `${name} never sent ${text}`
      if (sent.some(({ vote }) => vote.view > highVote.view))
        return `${name} voted later than ${text}`
      if (view < highVote.view) return `${name} is behind its high vote`
    }
    return undefined
  },

  timeout_high_vote_is_highest_inv: (world) => {
    for (const { sig, vote } of honest(world, world.state.timeouts)) {
      let highest: SpecCommitVote | undefined
      for (const commit of world.state.commits) {
        const earlier = commit.sig === sig && commit.vote.view <= vote.view
        if (earlier && commit.vote.view >= (highest?.view ?? 0n)) highest = commit.vote
      }
      const [told, true_] = [vote.highVote, highest].map((v) => (v ? showCommitVote(v) : 'none'))
      if (told !== true_) return `${sig} tells ${told} in view ${vote.view}, where it is ${true_}`
    }
    return undefined
  },
}

function honest<T extends { readonly sig: string }>(
  { state }: SpecWorld,
  messages: readonly T[],
): readonly T[] {
  return messages.filter(({ sig }) => state.replicas.has(sig))
}

function findEquivocation(
  said: readonly { readonly key: string; readonly content: string }[],
): string | undefined {
  const first = new Map<string, string>()
  for (const { key, content } of said) {
    const other = first.get(key)
    if (other !== undefined && other !== content) return `${key} differ: ${other}; ${content}`
    first.set(key, content)
  }
  return undefined
}

/** Two CommitQCs of one view whose signers hardly overlap. */
function findDistantQcs(
  qcs: readonly SpecCommitQC[],
  { subquorum }: SpecThresholds,
): string | undefined {
  const distinct = new Map(qcs.map((qc) => [showCommitQc(qc), qc]))
  for (const [text, a] of distinct) {
    for (const [otherText, b] of distinct) {
      if (a.vote.view !== b.vote.view) continue
      const common = a.signers.filter((name) => b.signers.includes(name)).length
      if (common < subquorum) return `${text} and ${otherText}`
    }
  }
  return undefined
}

/** What makes a QC not verify by the rules of the specification. */
function flawOf(justification: SpecJustification, replicas: readonly string[]): string | undefined {
  const { type, qc } = justification
  const { quorum } = specThresholds(replicas.length)
  const stranger = qc.signers.find((name) => !replicas.includes(name))
  if (stranger !== undefined) return `${stranger} signed`
  if (qc.signers.length < quorum) return `only ${qc.signers.length} signed`
  return type === 'timeout' ? flawOfTimeoutQc(qc, replicas) : undefined
}

function flawOfTimeoutQc(qc: SpecTimeoutQC, replicas: readonly string[]): string | undefined {
  if (qc.votes.map(([name]) => name).join() !== qc.signers.join()) return 'signers are not voters'
  if (qc.votes.some(([, vote]) => vote.view !== qc.view)) return 'a vote is of another view'
  for (const [, vote] of qc.votes) {
    const flaw = flawOfTimeout(vote)
    if (flaw !== undefined) return flaw
  }
  const views = qc.votes.flatMap(([, vote]) => vote.highCommitQcView ?? [])
  const highest = views.reduce<bigint | undefined>(
    (high, view) => (high === undefined || view > high ? view : high),
    undefined,
  )
  if (qc.highCommitQc?.vote.view !== highest) return 'the high QC is not the highest told'
  return qc.highCommitQc && flawOf({ type: 'commit', qc: qc.highCommitQc }, replicas)
}

function flawOfTimeout(vote: SpecTimeoutVote): string | undefined {
  if (isOfLaterVote(vote)) return 'the high vote is later than the timeout'
  return isOfEarlierVote(vote) ? 'the high vote is older than the high QC' : undefined
}

function isOfLaterVote({ view, highVote }: SpecTimeoutVote): boolean {
  return highVote !== undefined && highVote.view > view
}

function isOfEarlierVote({ highVote, highCommitQcView }: SpecTimeoutVote): boolean {
  return highVote !== undefined && (highCommitQcView ?? 0n) > highVote.view
}

/**
 * Clauses of the specification's invariants that runs without any fault break, under the names of these invariants.
 * {@link specInvariants} has the invariants without them.
 *
 * A replica that missed a proposal and learns of its CommitQC from a NewView has a high QC that is newer than its high vote;
 * when it then times out, the specification's own replicas refuse its vote.
 */
export const refutedInvariants: Readonly<Record<string, SpecInvariant>> = {
  all_replicas_high_timeout_qc_inv: ({ state }) => {
    for (const [name, { highTimeoutQc: qc }] of state.replicas) {
      const commit = qc?.highCommitQc
      if (qc === undefined || commit === undefined) continue
      const reached = qc.votes.some(([, { view }]) => view === commit.vote.view)
      const beyond = qc.votes.some(([, { view }]) => view > commit.vote.view)
      if (beyond || !reached) return `${name}: a timeout is later than the CommitQC it embeds`
    }
    return undefined
  },

  all_replicas_high_vote_inv: ({ state }) => {
    for (const [name, { highVote, highCommitQc }] of state.replicas) {
      if (highVote === undefined || highCommitQc === undefined) continue
      if (highVote.view < highCommitQc.vote.view) return `${name} voted before its high CommitQC`
    }
    return undefined
  },

  msgs_signed_timeout_inv: (world) => {
    const found = honest(world, world.state.timeouts).find(({ vote }) => isOfEarlierVote(vote))
    return found && `${found.sig} sent ${showTimeoutVote(found.vote)}`
  },
}
