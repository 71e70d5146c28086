import { bytesEqual, loadCryptoBackends } from '@zkstack/crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  applyCertificate,
  encodePublicValues,
  generatePessimisticProof,
  loadForCertificate,
  networkStateOf,
  openNetworkState,
  sameState,
  saveNetworkState,
  type Certificate,
  type LocalNetworkState,
  type MultiBatchHeader,
  type NetworkState,
} from '../../src/index.js'
import { queueRandomTraffic, TestBridge, type Submission } from '../../testing/index.js'
import { MemoryNodeStore } from '../helpers/memory-node-store.js'
import { fieldsOf, mutated, type Path } from '../helpers/mutate.js'
import { authentications } from '../helpers/rich-certificate.js'
import { printSeedOnFailure, testRandom } from '../helpers/seed.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

printSeedOnFailure()
beforeAll(() => loadCryptoBackends())

const kinds = Object.keys(authentications) as (keyof typeof authentications)[]

/** The second of two random certificates of network 5. */
function randomSubmission(kind: keyof typeof authentications, label: string): Submission {
  const random = testRandom(`${label} ${kind}`)
  const bridge = new TestBridge()
  bridge.addNetwork(5, authentications[kind])
  bridge.addNetwork(9, authentications.v3)
  queueRandomTraffic(bridge, { on: 5, from: 9 }, random.split('first'))
  bridge.settle(5)
  queueRandomTraffic(bridge, { on: 5, from: 9 }, random.split('second'))
  return bridge.certify(5)
}

/** Fields that no hash or signature covers, as the types say. */
const uncovered = new Set(['customChainData', 'l1InfoTreeLeafCount'])

function pick(paths: readonly Path[], count: number, label: string): readonly Path[] {
  const random = testRandom(label)
  if (paths.length <= count) return paths
  return Array.from({ length: count }, () => random.pick(paths))
}

/** Whether a certificate passes both the node and the program. */
function holds({ state, certificate, l1 }: Submission): boolean {
  const applied = applyCertificate(state, certificate, l1)
  if (!applied.ok) return false
  return generatePessimisticProof(networkStateOf(state), applied.value.header).ok
}

describe.each(kinds)('random certificates vouched for by %s', (kind) => {
  test('hold, one after another, and change nothing but the state', () => {
    const random = testRandom(`chain ${kind}`)
    const bridge = new TestBridge()
    bridge.addNetwork(5, authentications[kind])
    bridge.addNetwork(9, authentications.v3)
    for (let height = 0; height < 6; height++) {
      queueRandomTraffic(bridge, { on: 5, from: 9 }, random.split(String(height)))
      const { state, certificate, l1, output } = bridge.settle(5)
      expect(certificate.height).toBe(BigInt(height))
      expect(holds({ state, certificate, l1 })).toBe(true)
      expect(bridge.network(5).prevPessimisticRoot).toEqual(output.newPessimisticRoot)
    }
  })

  test('with one field changed › do not hold', () => {
    const submission = randomSubmission(kind, 'certificate')
    const { certificate } = submission
    const random = testRandom(`mutation ${kind}`)
    const covered = fieldsOf(certificate).filter((path) => !isUncovered(path, kind, certificate))
    for (const path of pick(covered, 120, `fields ${kind}`)) {
      const changed = mutated(certificate, path, random)
      expect(holds({ ...submission, certificate: changed }), path.join('.')).toBe(false)
    }
  })

  test('with one field of the witness changed › are refused or prove something else', () => {
    const { state, certificate, l1 } = randomSubmission(kind, 'witness')
    const { header } = valueOf(applyCertificate(state, certificate, l1))
    const start = networkStateOf(state)
    const input = { start: { ...start, exitTree: { ...start.exitTree } }, header }
    const proven = encodePublicValues(valueOf(generatePessimisticProof(start, header)))
    const random = testRandom(`witness mutation ${kind}`)
    const fields = fieldsOf(input).filter((path) => !isUnseen(path, kind, start))
    for (const path of pick(fields, 150, `witness fields ${kind}`)) {
      const { start: from, header: changed } = mutated(input, path, random)
      expect(proves(from, changed, proven), path.join('.')).toBe(false)
    }
  })
})

/** Neither an id nor a signature of version 2 or 3 covers everything. */
function isUncovered(path: Path, kind: string, { aggchainData }: Certificate): boolean {
  const [field, ...rest] = path
  if (uncovered.has(String(field))) return true
  if (field === 'metadata') return kind === 'v2' || kind === 'v3'
  if (field !== 'aggchainData') return isSignedLoosely(path, kind)
  // The STARK is the zkVM's business.
  if (rest[0] === 'aggchainProof') return rest[1] !== 'aggchainParams'
  return rest[0] === 'type' || aggchainData.type === 'generic'
}

/** Tags are no values, and neither the commitment V2 nor the root V2 covers the height. */
function isSignedLoosely(path: Path, kind: string): boolean {
  return path.includes('type') || (kind === 'v2' && path[0] === 'height')
}

/** What the program does not look at, or what may be written in two ways. */
function isUnseen(path: Path, kind: string, { exitTree }: NetworkState): boolean {
  const last = path.at(-1)
  if (path.includes('type') || path.includes('globalExitRoot')) return true
  if (path[1] === 'height') return kind === 'v2'
  if (path[1] === 'certificateId') return kind === 'v2' || kind === 'v3'
  if (path[1] === 'exitTree' && path[2] === 'frontier') {
    return typeof last !== 'number' || ((exitTree.leafCount >>> last) & 1) === 0
  }
  // Paths may be longer than needed.
  return last === 'nullifierPath'
}

function proves(start: NetworkState, header: MultiBatchHeader, proven: Uint8Array): boolean {
  const output = generatePessimisticProof(start, header)
  return output.ok && bytesEqual(encodePublicValues(output.value), proven)
}

describe('a state in a node store', () => {
  test('goes through random certificates as in memory, with the needed paths alone loaded', async () => {
    const random = testRandom('stored state')
    const bridge = new TestBridge()
    bridge.addNetwork(5, authentications.v3)
    bridge.addNetwork(9, authentications.v3)
    const store = new MemoryNodeStore()
    for (let height = 0; height < 6; height++) {
      queueRandomTraffic(bridge, { on: 5, from: 9 }, random.split(String(height)))
      const { certificate, l1 } = bridge.settle(5)
      const opened = valueOf(await openNetworkState(store))
      const before = valueOf(await loadForCertificate(opened, certificate, { store }))
      const { next } = valueOf(applyCertificate(before, certificate, l1))
      const batches = store.batches
      await saveNetworkState(store, { before, after: next })
      expect(store.batches).toBe(batches + 1)
      expect(sameState(next, bridge.network(5).state)).toBe(true)
      expect(sameState(valueOf(await openNetworkState(store)), next)).toBe(true)
    }
    const state: LocalNetworkState = bridge.network(5).state
    const leaves = [...state.balanceTree.tree.entries(), ...state.nullifierTree.tree.entries()]
    expect(store.records.size).toBe(2 * leaves.length + 1)
    store.records.set('65', new Uint8Array(3))
    expect(errorOf(await openNetworkState(store)).code).toBe('NodeCorrupted')
  })
})
