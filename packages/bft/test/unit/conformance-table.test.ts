import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const root = new URL('../../../../', import.meta.url)
const page = readFileSync(new URL('docs/conformance.md', root), 'utf8')

/** Cases of the upstream test suite, by package. */
const upstream = [
  'block_production block_production_timeout block_production_timeout_reproposal',
  'block_production_timeout_in_commit block_production_timeout_some_commits',
  'proposal_yield_replica_commit_sanity proposal_old_view proposal_invalid_leader',
  'proposal_invalid_signature proposal_invalid_message proposal_pruned_block',
  'proposal_reproposal_with_payload proposal_missing_payload proposal_oversized_payload',
  'proposal_missing_previous_payload proposal_invalid_payload',
  'commit_yield_new_view_sanity commit_non_validator_signer commit_old commit_duplicate_signer',
  'commit_invalid_sig commit_invalid_message commit_num_received_below_threshold',
  'commit_unexpected_proposal commit_different_proposals commit_limit_messages_in_memory',
  'commit_filter_functions',
  'timeout_qc_aggregation timeout_yield_new_view_sanity timeout_non_validator_signer timeout_old',
  'timeout_duplicate_signer timeout_invalid_sig timeout_invalid_message',
  'timeout_num_received_below_threshold timeout_weight_different_messages',
  'timeout_limit_messages_in_memory timeout_filter_functions',
  'new_view_sanity new_view_non_validator_signer new_view_old new_view_invalid_sig',
  'new_view_invalid_message',
  'wo_twins_wo_partitions wo_twins_w_partitions w1_twins_w_partitions w2_twins_w_partitions to_fail',
  'test_splits prop_splits prop_twin test_scenario_generator prop_cluster',
  'honest_real_network offline_real_network honest_not_proposing_real_network',
  'test_signature_verify test_agg_signature_verify test_byte_encoding test_text_encoding',
  'test_schema_encoding payload_hash_change_detector test_payload_hash test_block_number_next',
  'test_block_number_prev test_block_number_add validator_schedule_order_change_detector',
  'test_schedule_new test_schedule_new_duplicate_validator test_schedule_new_zero_weight',
  'test_schedule_weights_overflow_check test_schedule_new_empty test_schedule_contains',
  'test_schedule_get test_schedule_index test_schedule_quorum_threshold',
  'test_schedule_subquorum_threshold test_schedule_max_faulty_weight',
  'test_leader_selection_round_robin test_leader_selection_weighted genesis_hash_change_detector',
  'replica_commit_change_detector replica_new_view_change_detector',
  'replica_timeout_change_detector leader_proposal_change_detector test_view_next test_view_prev',
  'test_view_verify test_signers_new test_signers_count test_signers_empty',
  'test_signers_bitor_assign test_signers_bitand_assign test_signers_weight',
  'test_replica_commit_verify test_commit_qc_add test_commit_qc_verify test_replica_timeout_verify',
  'test_timeout_qc_high_vote test_timeout_qc_high_qc test_timeout_qc_add test_timeout_qc_verify',
  'test_final_block_verify test_leader_proposal_verify test_justification_get_implied_block',
  'infinity_public_key_failure signature_smoke signature_failure_smoke pop_smoke',
  'pop_failure_smoke aggregate_signature_smoke aggregate_signature_failure_smoke keccak256 ed25519',
  'test_encode_decode test_timestamp test_socket_addr test_all_formats',
  'prunable_mpsc prunable_mpsc_sanity',
  'inmemory_block_store_v2 get_not_cached_block_v2 state_updates_v2 invalid_justification',
  'msg_pool_recv one_connection_per_validator genesis_mismatch address_change transmission',
  'retransmission single_validator many_validators inactive_validator',
  'fullnode_syncing_from_validator validator_syncing_from_fullnode validator_rotation',
].flatMap((line) => line.split(' '))

/** Rows of the tables that map a case to a test in a file. */
const rows = page.split('\n').flatMap((line) => {
  const [, name, title, file] = line.split('|').map((cell) => cell.trim())
  if (name === undefined || title === undefined || file?.startsWith('packages/') !== true) return []
  return [{ name: name.replaceAll(/`|node /g, ''), title, file }]
})

describe('docs/conformance.md', () => {
  test('table › each row › names a test that is there', () => {
    const missing = rows.filter(({ title, file }) => {
      const path = new URL(file, root)
      return !existsSync(path) || !readFileSync(path, 'utf8').includes(title)
    })
    expect(missing).toEqual([])
    expect(rows.length).toBeGreaterThan(150)
  })

  test('table › each case of the upstream suite › has a row', () => {
    const named = new Set(rows.map(({ name }) => name))
    expect(upstream.filter((name) => !named.has(name))).toEqual([])
    expect(upstream).toHaveLength(new Set(upstream).size)
  })

  test('table › every test of the named difference › begins with its number', () => {
    const file = new URL('packages/bft/test/unit/divergences.test.ts', root)
    const tests = readFileSync(file, 'utf8')
    const numbers = Array.from({ length: 12 }, (_, i) => i + 1)
    expect(numbers.filter((number) => !tests.includes(`'divergence ${number}, `))).toEqual([])
    expect(numbers.filter((number) => !new RegExp(`^\\| ${number} +\\|`, 'm').test(page))).toEqual(
      [],
    )
  })
})
