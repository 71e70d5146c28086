import { ZkStackError } from '@zkstack/concurrency'
import { bytesEqual, toHex } from '@zkstack/crypto'
import { hashBridgeExit, LocalExitTreeData } from '@zkstack/pessimistic-proof'
import type { Database } from '../storage/database.js'
import {
  clientColumns,
  type ClientCertificate,
  type Collected,
  type CollectedClaim,
  type CollectedExit,
} from './client-records.js'
import type { BlockExits } from './exit-source.js'

/** What a client keeps: exits and claims in their order, the local exit tree, and the certificates made of them. */
export class ClientStore {
  readonly #database: Database
  #exitTree: LocalExitTreeData
  #collected: Collected
  #latest: ClientCertificate | undefined

  private constructor(
    database: Database,
    o: {
      readonly exitTree: LocalExitTreeData
      readonly collected: Collected
      readonly latest: ClientCertificate | undefined
    },
  ) {
    this.#database = database
    this.#exitTree = o.exitTree
    this.#collected = o.collected
    this.#latest = o.latest
  }

  /**
   * Reads what is stored.
   * @param firstBlock the first block to collect from, when nothing is stored
   */
  static async open(database: Database, firstBlock: bigint): Promise<ClientStore> {
    const stored = await clientColumns.collected.get(database, 'collected')
    const collected = stored ?? { nextBlock: firstBlock, exits: 0, claims: 0 }
    const exitTree = await storedTree(database, collected)
    let latest: ClientCertificate | undefined
    const newest = { reverse: true, limit: 1 }
    for await (const [, record] of clientColumns.certificates.entries(database, newest))
      latest = record
    return new ClientStore(database, { exitTree, collected, latest })
  }

  /** All exits so far: two digests each, in memory. */
  get exitTree(): LocalExitTreeData {
    return this.#exitTree
  }

  /** How far exits and claims are collected. */
  get collected(): Collected {
    return this.#collected
  }

  /** The certificate with the greatest height. */
  get latest(): ClientCertificate | undefined {
    return this.#latest
  }

  /**
   * Stores what a block brought; a block that is stored already changes nothing.
   * @returns the leaf indices of its exits, from the first to the one before the end
   * @throws ZkStackError `LOCAL_EXIT_ROOT_MISMATCH` when the execution layer has another local exit root; nothing was stored
   */
  async addBlock(
    block: bigint,
    { bridgeExits, claims, localExitRoot }: BlockExits,
  ): Promise<{ readonly first: number; readonly end: number }> {
    const { nextBlock, exits: first, claims: firstClaim } = this.#collected
    if (block < nextBlock) return { first, end: first }
    // What was not stored in the end is in the tree all the same.
    if (this.#exitTree.leafCount > first)
      this.#exitTree = await storedTree(this.#database, this.#collected)
    for (const exit of bridgeExits) this.exitTree.append(hashBridgeExit(exit))
    if (localExitRoot !== undefined && !bytesEqual(localExitRoot, this.exitTree.root)) {
      const message = `after block ${block} the execution layer has the local exit root ${toHex(localExitRoot)}, its exits lead to ${toHex(this.exitTree.root)}`
      throw new ZkStackError('LOCAL_EXIT_ROOT_MISMATCH', message)
    }
    const end = first + bridgeExits.length
    const collected = { nextBlock: block + 1n, exits: end, claims: firstClaim + claims.length }
    await this.#database.write([
      clientColumns.collected.put('collected', collected),
      ...bridgeExits.map((exit, i) => clientColumns.exits.put(first + i, { block, exit })),
      ...claims.map((claim, i) => clientColumns.claims.put(firstClaim + i, { block, claim })),
    ])
    this.#collected = collected
    return { first, end }
  }

  /** Exits by leaf index, from the first up to the one before the end. */
  async exits(first: number, end: number): Promise<CollectedExit[]> {
    const records: CollectedExit[] = []
    for (let i = first; i < end; i++)
      records.push(present(await clientColumns.exits.get(this.#database, i), `exit ${i}`))
    return records
  }

  /** Claims in their order, from the first up to the one before the end. */
  async claims(first: number, end: number): Promise<CollectedClaim[]> {
    const records: CollectedClaim[] = []
    for (let i = first; i < end; i++)
      records.push(present(await clientColumns.claims.get(this.#database, i), `claim ${i}`))
    return records
  }

  /** Stores a certificate in the place of the one with its height. */
  async putCertificate(record: ClientCertificate): Promise<void> {
    const { height } = record.header
    await this.#database.write([clientColumns.certificates.put(height, record)])
    if (this.#latest === undefined || this.#latest.header.height <= height) this.#latest = record
  }

  /** All certificates, from the lowest height. */
  async *certificates(): AsyncGenerator<ClientCertificate, void, undefined> {
    for await (const [, record] of clientColumns.certificates.entries(this.#database)) yield record
  }
}

async function storedTree(database: Database, { exits }: Collected): Promise<LocalExitTreeData> {
  const tree = new LocalExitTreeData()
  for await (const [leafIndex, { exit }] of clientColumns.exits.entries(database)) {
    if (leafIndex >= exits) break
    tree.append(hashBridgeExit(exit))
  }
  return tree
}

function present<T>(record: T | undefined, what: string): T {
  if (record === undefined) throw new ZkStackError('STORAGE_CORRUPT', `${what} is missing`)
  return record
}
