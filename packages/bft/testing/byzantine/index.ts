export type {
  ActorInit,
  ActorInput,
  ActorKind,
  ActorOutput,
  ActorPayloads,
  ActorSend,
  ActorWake,
  ByzantineActor,
} from './actor.js'
export {
  invalidPayloadProposer,
  missingPayloadProposer,
  oversizePayloadProposer,
} from './actors/bad-payload.js'
export { denier } from './actors/denier.js'
export { doubleVoter } from './actors/double-voter.js'
export { equivocatingLeader, splittingLeader } from './actors/equivocating-leader.js'
export { forker, victimOf } from './actors/forker.js'
export { futureViewSpammer } from './actors/future-view-spammer.js'
export { garbageSender } from './actors/garbage-sender.js'
export { qcForger } from './actors/qc-forger.js'
export { replayer } from './actors/replayer.js'
export { late } from './actors/late.js'
export { selectiveSender } from './actors/selective-sender.js'
export { silent } from './actors/silent.js'
export { slowDripLeader } from './actors/slow-drip-leader.js'
export { wrongViewProposer } from './actors/wrong-view-proposer.js'
export { byzantineActors } from './byzantine-actors.js'
export {
  commitQcFabrications,
  fabricateCommitQc,
  fabricateTimeoutQc,
  timeoutQcFabrications,
} from './fabricate-qc.js'
export type { CommitQcFabrication, Forger, TimeoutQcFabrication } from './fabricate-qc.js'
export { stabilizingLinks } from './link-model.js'
export type { LinkModel, StabilizingLinks } from './link-model.js'
export { livenessBound } from './liveness-bound.js'
export type { LivenessConditions } from './liveness-bound.js'
export { Masquerade, masquerade } from './masquerade.js'
export type { Deviation } from './masquerade.js'
export { Puppet } from './puppet.js'
export { findOversize, stateSize, stateSizeBound } from './state-size.js'
export type { StateSize } from './state-size.js'
export { createTimedNetwork, TimedNetwork } from './timed-network.js'
export type { Conviction, TimedNetworkOptions } from './timed-network.js'
export { runTrial, trialPayloads } from './trial.js'
export type { TrialOptions, TrialReport } from './trial.js'
