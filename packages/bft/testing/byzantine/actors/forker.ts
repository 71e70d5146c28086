import type { Committee } from '../../committee.js'
import type { ActorInit, ActorKind } from '../actor.js'
import { masquerade } from '../masquerade.js'
import type { Masquerade } from '../masquerade.js'

/**
 * The correct member whom {@link forker}s want to have believe in another chain: the heaviest without whom the others and
 * they are still a quorum, and of these the first.
 */
export function victimOf({
  committee,
  coalition,
}: Pick<ActorInit, 'committee' | 'coalition'>): number {
  const [victim] = byWeight(committee, committee.everybody())
    .filter((index) => !coalition.includes(index))
    .filter((index) => weightOf(committee, index) <= committee.schedule.maxFaultyWeight)
  if (victim === undefined) throw new RangeError('coalition: no correct member can be spared')
  return victim
}

/** As little correct weight, the victim included, as makes a quorum together with the coalition. */
function dupes({ init, victims }: Masquerade): readonly number[] {
  const { committee, coalition } = init
  const victim = victimOf(init)
  const chosen = [victim]
  const rest = byWeight(committee, victims).filter((index) => index !== victim)
  let missing = committee.schedule.quorum
  for (const index of [victim, ...coalition]) missing -= weightOf(committee, index)
  for (const index of rest) {
    if (weightOf(committee, index) > missing) continue
    chosen.push(index)
    missing -= weightOf(committee, index)
  }
  const last = rest.toReversed().find((index) => !chosen.includes(index))
  if (missing > 0n && last !== undefined) chosen.push(last)
  return chosen
}

function byWeight(committee: Committee, members: readonly number[]): readonly number[] {
  const weight = (index: number): bigint => weightOf(committee, index)
  return members.toSorted((a, b) => Number(weight(b) - weight(a)) || a - b)
}

function weightOf(committee: Committee, index: number): bigint {
  return committee.schedule.at(index)?.weight ?? 0n
}

/**
 * Tries to fork the chain, together with others of its kind and a network that lets nothing out of the victim: in the
 * views that they lead, they propose to as few as a quorum needs, let only the victim see their votes, and deny them
 * afterwards, so that the others decide anew. With more than f weight this succeeds.
 */
export const forker: ActorKind = {
  name: 'forker',
  convictions: [],
  create: (init) =>
    masquerade(init, {
      send(message, self) {
        const attacking = init.coalition.includes(init.committee.leader(self.state.view))
        if (message.type === 'leaderProposal' && message.value.payload !== undefined) {
          return [self.say(message, [...dupes(self), ...init.coalition])]
        }
        if (message.type === 'replicaCommit' && attacking) {
          return [self.say(message, [victimOf(init)])]
        }
        if (message.type === 'replicaTimeout') {
          return [self.say({ ...message, value: { ...message.value, highVote: undefined } })]
        }
        return [self.say(message)]
      },
    }),
}
