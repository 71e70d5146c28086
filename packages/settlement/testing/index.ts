export { certificateChain, resubmission, testAuthentication } from './certificate-chain.js'
export { CrashingDatabase, type CrashPoint } from './crashing-database.js'
export { runEngine, testClock, type RunEngineOptions, type RunningEngine } from './run-engine.js'
export {
  contextsOf,
  simulatedCalls,
  SimulatedCertifier,
  type L1Contexts,
} from './simulated-certifier.js'
export { simulatedJobs } from './simulated-jobs.js'
export {
  decodeChange,
  encodeChange,
  SimulatedL1,
  type RootChange,
  type SimulatedTransaction,
} from './simulated-l1.js'
export { artifacts } from './contracts/artifacts.js'
export {
  Devnet,
  devnetSelector,
  devnetVKey,
  type DevnetChain,
  type DevnetOptions,
} from './contracts/devnet.js'
export { fixtureProver, type FixtureProverOptions, type ProofFixture } from './fixture-prover.js'
