import type { ConsensusNode } from './consensus-node.js'
import type { NodeOptions } from './options/node-options.js'

/** Starts a node. */
export function createNode(options: NodeOptions): Promise<ConsensusNode> {
  return Promise.reject(new Error(`not there yet: ${options.listen}`))
}
