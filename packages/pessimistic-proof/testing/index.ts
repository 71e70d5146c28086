export { SeededBytes } from './seeded-bytes.js'
export { TrapdoorCircuit, type TrapdoorOptions } from './trapdoor-circuit.js'
