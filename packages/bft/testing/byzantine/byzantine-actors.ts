import type { ActorKind } from './actor.js'
import {
  invalidPayloadProposer,
  missingPayloadProposer,
  oversizePayloadProposer,
} from './actors/bad-payload.js'
import { denier } from './actors/denier.js'
import { doubleVoter } from './actors/double-voter.js'
import { equivocatingLeader, splittingLeader } from './actors/equivocating-leader.js'
import { forker } from './actors/forker.js'
import { futureViewSpammer } from './actors/future-view-spammer.js'
import { garbageSender } from './actors/garbage-sender.js'
import { qcForger } from './actors/qc-forger.js'
import { replayer } from './actors/replayer.js'
import { late } from './actors/late.js'
import { selectiveSender } from './actors/selective-sender.js'
import { silent } from './actors/silent.js'
import { slowDripLeader } from './actors/slow-drip-leader.js'
import { wrongViewProposer } from './actors/wrong-view-proposer.js'

/** Every kind of faulty member in this library. */
export const byzantineActors: readonly ActorKind[] = [
  equivocatingLeader,
  splittingLeader,
  doubleVoter,
  denier,
  silent,
  late,
  selectiveSender,
  slowDripLeader,
  wrongViewProposer,
  invalidPayloadProposer,
  oversizePayloadProposer,
  missingPayloadProposer,
  replayer,
  qcForger,
  futureViewSpammer,
  garbageSender,
  forker,
]
