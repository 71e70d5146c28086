/**
 * Requirements on stores, a store that fails on schedule, and a disk in memory that loses power.
 *
 * @packageDocumentation
 */
export { ComplianceError, type ComplianceCase } from './compliance/case.js'
export type { StoreFactory } from './compliance/suite.js'
export { faultyStore } from './faulty-store.js'
export type { Fault, FaultyStore, StoreOperation } from './faulty-store.js'
export { SimulatedDisk, type DiskWrite, type SimulatedDiskOptions } from './simulated-disk.js'
export { storeCompliance } from './store-compliance.js'
export { TestChain, type TestChainOptions } from './test-chain.js'
