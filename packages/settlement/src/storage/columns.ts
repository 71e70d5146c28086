import { concatBytes } from '@zkstack/crypto'
import type { NetworkId } from '@zkstack/pessimistic-proof'
import { Column, type RecordCodec } from './column.js'
import { disabledRecord, factKinds, factRecord } from './info-records.js'
import {
  be32,
  boolRecord,
  epochIndexKey,
  epochMarkerRecord,
  epochMetadataKey,
  epochNetworkKey,
  hashRecord,
  jobRecord,
  namesKey,
  networkHeightKey,
  networkKey,
  readBe32,
  u64Record,
} from './keys.js'
import {
  bytesRecord,
  certificateRecord,
  clockRecord,
  exitTreeRecord,
  headerRecord,
  pointerRecord,
  proofRecord,
  settledRecord,
  stateHeadRecord,
  textRecord,
} from './records.js'

interface FactKey {
  readonly networkId: NetworkId
  readonly kind: (typeof factKinds)[number]
}

/** Network and kind: 4 + 4 bytes. */
const factKey: RecordCodec<FactKey> = {
  encode: ({ networkId, kind }) =>
    concatBytes(be32(networkId), namesKey(...factKinds).encode(kind)),
  decode: (bytes) => ({
    networkId: readBe32(bytes),
    kind: namesKey(...factKinds).decode(bytes.subarray(4)),
  }),
}

/** Network and a tree's record key: 4 bytes and more. */
const treeKey: RecordCodec<{ readonly networkId: NetworkId; readonly record: Uint8Array }> = {
  encode: ({ networkId, record }) => concatBytes(be32(networkId), record),
  decode: (bytes) => ({ networkId: readBe32(bytes), record: bytes.slice(4) }),
}

/**
 * All columns of a settlement node but those of settlement jobs, under upstream's names. Keys sort as their numbers do.
 * @see agglayer crates/agglayer-storage/src/columns
 */
export const columns = {
  headers: new Column('certificate_header_cf', hashRecord, headerRecord),
  settledIds: new Column('certificate_per_network_cf', networkHeightKey, hashRecord),
  latestSettled: new Column('latest_settled_certificate_per_network_cf', networkKey, settledRecord),
  latestSettledEpoch: new Column(
    'metadata_cf',
    namesKey<'latestSettledEpoch'>('latestSettledEpoch'),
    epochMarkerRecord,
  ),
  clock: new Column('clock_cf', namesKey<'clock'>('clock'), clockRecord),
  exitTrees: new Column('local_exit_tree_per_network_cf', networkKey, exitTreeRecord),
  balanceTrees: new Column('balance_tree_per_network_cf', treeKey, bytesRecord),
  nullifierTrees: new Column('nullifier_tree_per_network_cf', treeKey, bytesRecord),
  stateHeads: new Column('state_head_per_network_cf', networkKey, stateHeadRecord),
  facts: new Column('network_info_cf', factKey, factRecord),
  disabledNetworks: new Column('disabled_networks_cf', networkKey, disabledRecord),
  jobOfCertificate: new Column('settlement_job_id_per_certificate_id_cf', hashRecord, jobRecord),
  certificateOfJob: new Column('certificate_id_per_settlement_job_id_cf', jobRecord, hashRecord),
  latestPending: new Column('latest_pending_certificate_per_network_cf', networkKey, pointerRecord),
  latestProven: new Column('latest_proven_certificate_per_network_cf', networkKey, pointerRecord),
  pendingQueue: new Column('pending_queue_proto_cf', networkHeightKey, certificateRecord),
  pendingIds: new Column('pending_certificate_id_cf', networkHeightKey, hashRecord),
  proofs: new Column('proof_per_certificate_cf', hashRecord, proofRecord),
  epochCertificates: new Column(
    'per_epoch_certificates_proto_cf',
    epochIndexKey,
    certificateRecord,
  ),
  epochProofs: new Column('per_epoch_proofs_cf', epochIndexKey, proofRecord),
  packedEpochs: new Column('per_epoch_metadata_cf', epochMetadataKey, boolRecord),
  startCheckpoints: new Column('per_epoch_start_checkpoint_cf', epochNetworkKey, u64Record),
  endCheckpoints: new Column('per_epoch_end_checkpoint_cf', epochNetworkKey, u64Record),
  debugCertificates: new Column('debug_certificates_proto_cf', hashRecord, certificateRecord),
  migrations: new Column('migration_cf', u64Record, textRecord),
} as const
