import type { ReplicaRunner, ReplicaRunnerInit } from './replica-runner-init.js'

/** Makes the runner of one replica; nothing happens before `run`. */
export declare function createReplicaRunner(init: ReplicaRunnerInit): ReplicaRunner
