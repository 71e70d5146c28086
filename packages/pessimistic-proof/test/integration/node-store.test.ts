import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  applyCertificate,
  changedNodes,
  declaredL1InfoRoot,
  EMPTY_LOCAL_NETWORK_STATE,
  L1_ETH,
  loadForCertificate,
  loadPaths,
  openNetworkState,
  openTree,
  sameState,
  saveNetworkState,
  SparseMerkleTree,
} from '../../src/index.js'
import { hash32, loadCryptoBackends } from '@zkstack/crypto'
import { realCertificate } from '../helpers/certificates.js'
import { LevelNodeStore } from '../helpers/level-node-store.js'
import { MemoryNodeStore } from '../helpers/memory-node-store.js'
import { printSeedOnFailure, testRandom } from '../helpers/seed.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

printSeedOnFailure()
beforeAll(() => loadCryptoBackends())

const zero = hash32(new Uint8Array(32))
const place = { depth: 64, prefix: Uint8Array.of(0x6e) }

function randomKey(random: ReturnType<typeof testRandom>): Uint8Array {
  const key = random.hash().slice(0, 8)
  key.fill(0, 0, random.below(9))
  return key
}

describe('a tree in a node store', () => {
  test('after any changes › is stored as its nodes alone, and opens to the same tree', async () => {
    const random = testRandom('stored')
    const store = new MemoryNodeStore()
    const model = new Map<string, { key: Uint8Array; value: ReturnType<typeof random.hash> }>()
    for (let round = 0; round < 40; round++) {
      const keys = Array.from({ length: 1 + random.below(5) }, () =>
        model.size > 0 && random.below(3) === 0
          ? random.pick([...model.values()]).key
          : randomKey(random),
      )
      const opened = valueOf(await openTree(store, place))
      const before = valueOf(await loadPaths(opened, { store, place, keys }))
      let after = before
      for (const key of keys) {
        const value = random.below(3) === 0 ? zero : random.hash()
        after = after.update(key, value)
        if (value === zero) model.delete(String(key))
        else model.set(String(key), { key, value })
      }
      await store.write(changedNodes(before, after, place))
      const expected = [...model.values()].reduce(
        (tree, { key, value }) => tree.update(key, value),
        new SparseMerkleTree(64),
      )
      expect(after.root).toEqual(expected.root)
      const whole = new MemoryNodeStore()
      await whole.write(changedNodes(new SparseMerkleTree(64), expected, place))
      expect(new Map([...store.records].sort())).toEqual(new Map([...whole.records].sort()))
      expect(store.records.size).toBe(model.size === 0 ? 0 : 2 * model.size)
    }
  })

  test('loaded along one path › proves as the whole tree does, and reads nothing else', async () => {
    const random = testRandom('paths')
    const keys = Array.from({ length: 200 }, () => random.hash().slice(0, 8))
    const tree = keys.reduce((t, key) => t.update(key, random.hash()), new SparseMerkleTree(64))
    const store = new MemoryNodeStore()
    await store.write(changedNodes(new SparseMerkleTree(64), tree, place))
    for (const key of [keys[7] ?? zero, random.hash().slice(0, 8)]) {
      store.reads = 0
      const opened = valueOf(await openTree(store, place))
      expect(() => opened.get(key)).toThrow('not loaded')
      expect(() => opened.path(key)).toThrow('not loaded')
      const loaded = valueOf(await loadPaths(opened, { store, place, keys: [key] }))
      expect(store.reads).toBeLessThan(30)
      expect(loaded.path(key)).toEqual(tree.path(key))
      expect(loaded.get(key)).toEqual(tree.get(key))
      expect(loaded.update(key, zero).root).toEqual(tree.update(key, zero).root)
      const value = random.hash()
      expect(loaded.update(key, value).root).toEqual(tree.update(key, value).root)
      expect(() => [...loaded.entries()]).toThrow('not loaded')
    }
  })

  test('unchanged › is nothing to write', () => {
    const tree = new SparseMerkleTree(64).update(
      new Uint8Array(8),
      hash32(new Uint8Array(32).fill(1)),
    )
    expect(changedNodes(tree, tree, place)).toEqual([])
    expect(changedNodes(tree, tree.update(new Uint8Array(8), zero), place).length).toBe(2)
  })

  test('of which a record is missing or altered › is refused, and never believed', async () => {
    const random = testRandom('corrupt')
    const keys = Array.from({ length: 20 }, () => random.hash().slice(0, 8))
    const tree = keys.reduce((t, key) => t.update(key, random.hash()), new SparseMerkleTree(64))
    const store = new MemoryNodeStore()
    await store.write(changedNodes(new SparseMerkleTree(64), tree, place))
    const opened = valueOf(await openTree(store, place))
    const top = '6eff'
    for (const [key, record] of [...store.records]) {
      if (key === top) continue
      store.records.delete(key)
      expect(errorOf(await loadPaths(opened, { store, place, keys })).code).toBe('NodeMissing')
      store.records.set(key, record.slice(1))
      expect(errorOf(await loadPaths(opened, { store, place, keys })).code).toBe('NodeCorrupted')
      const altered = record.slice()
      const at = random.below(altered.length)
      altered[at] = (altered[at] ?? 0) ^ (1 << random.below(8))
      store.records.set(key, altered)
      const refused = errorOf(await loadPaths(opened, { store, place, keys }))
      expect(['NodeCorrupted', 'DepthOutOfBounds', 'NodeMissing']).toContain(refused.code)
      store.records.set(key, record)
    }
    store.records.set(top, Uint8Array.of(65, ...new Uint8Array(40)))
    expect(errorOf(await openTree(store, place)).code).toBe('DepthOutOfBounds')
    store.records.set(top, new Uint8Array(40))
    expect(errorOf(await openTree(store, place)).code).toBe('NodeCorrupted')
  })
})

describe('a tree on LevelDB', () => {
  let path = ''
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'nodes-'))
  })
  afterEach(() => rm(path, { recursive: true, force: true }))

  test('reopened by a fresh instance › is the same tree', async () => {
    const random = testRandom('level')
    const keys = Array.from({ length: 25 }, () => randomKey(random))
    let expected = new SparseMerkleTree(64)
    for (const key of keys) {
      const store = new LevelNodeStore(path)
      const opened = valueOf(await openTree(store, place))
      expect(opened.root).toEqual(expected.root)
      const before = valueOf(await loadPaths(opened, { store, place, keys: [key] }))
      const value = random.hash()
      expected = expected.update(key, value)
      await store.write(changedNodes(before, before.update(key, value), place))
      await store.close()
    }
    const store = new LevelNodeStore(path)
    const opened = valueOf(await openTree(store, place))
    const loaded = valueOf(await loadPaths(opened, { store, place, keys }))
    expect(loaded.root).toEqual(expected.root)
    for (const key of keys) expect(loaded.get(key)).toEqual(expected.get(key))
    await store.close()
  })

  test('takes real certificates, a fresh instance for each, with the roots of memory', async () => {
    let expected = EMPTY_LOCAL_NETWORK_STATE
    for (const name of ['n15-cert_h0', 'n15-cert_h1', 'n15-cert_h2', 'n15-cert_h3'] as const) {
      const certificate = realCertificate(name)
      const l1 = {
        prevPessimisticRoot: 'V2',
        l1InfoRoot: valueOf(declaredL1InfoRoot(certificate)) ?? zero,
        aggchain: { type: 'legacyEcdsa', signer: L1_ETH.originTokenAddress },
      } as const
      expected = valueOf(applyCertificate(expected, certificate, l1)).next
      const store = new LevelNodeStore(path)
      const opened = valueOf(await openNetworkState(store))
      const before = valueOf(await loadForCertificate(opened, certificate, { store }))
      const { next: after } = valueOf(applyCertificate(before, certificate, l1))
      await saveNetworkState(store, { before, after })
      await store.close()
      const reopened = new LevelNodeStore(path)
      expect(sameState(valueOf(await openNetworkState(reopened)), expected)).toBe(true)
      await reopened.close()
    }
  })
})
