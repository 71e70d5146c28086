/**
 * What the execution layer plugs into, and what a node keeps on disk.
 *
 * @packageDocumentation
 */
export { BlockQueue } from './block-queue.js'
export { checkedBody, checkedRecord, type CheckedRecord } from './level/checked-record.js'
export type { BlockQueueOptions } from './block-queue.js'
export { encodedBlocks, encodedLength } from './encoded-blocks.js'
export type {
  AdmitOptions,
  BlockSource,
  CallOptions,
  ExecutionLayer,
  Mempool,
  ProposeRequest,
  ScheduleAnswer,
  ScheduledCommittee,
  ValidatorSource,
  Verdict,
  VerifyRequest,
} from './execution-layer.js'
export { levelStore } from './level-store.js'
export type { LevelStoreOptions } from './level-store.js'
export { memoryStore } from './memory-store.js'
export type { MemoryStoreOptions } from './memory-store.js'
export { readRingFile } from './ring/read-ring-file.js'
export { openRingFile } from './ring/ring-file.js'
export type { RingFile, RingFileOptions } from './ring/ring-file.js'
export { splitStore } from './split-store.js'
export type { PayloadSource, SplitStoreOptions } from './split-store.js'
export { StorageError } from './storage-error.js'
export type { StorageErrorCode } from './storage-error.js'
export type {
  AddressStore,
  BlockRange,
  BlockStore,
  BlockTip,
  EncodedBlock,
  EncodedRun,
  EpochStore,
  HeightMark,
  HeightMarkStore,
  NodeStore,
  OpenOptions,
  ReplicaStateKey,
  ReplicaStateStore,
  StateChange,
  StoredGenesis,
  StoreOpenError,
} from './store.js'
