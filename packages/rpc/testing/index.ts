export { runSimulatedNode, type SimulatedNodeOptions } from './simulated-node.js'
