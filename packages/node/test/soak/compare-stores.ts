import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesEqual, toHex, type Hash32 } from '@zkstack/crypto'
import { levelStore, parseGenesis } from '@zkstack/executor'
import { verifyFinalBlock, type EpochScope } from '@zkstack/roles'

/** What the disks of all nodes say. */
export interface Comparison {
  /** By node: blocks on disk. */
  readonly blocks: readonly number[]
  readonly highest: bigint
  /** Certificates that were verified. */
  readonly verified: number
  readonly problems: readonly string[]
}

/** Reads every block of every node, verifies its certificate, and compares it with the others'. */
export async function compareStores(folder: string, nodes: number): Promise<Comparison> {
  const scope = await scopeOf(folder)
  const known = new Map<bigint, Known>()
  const certificates = new Set<string>()
  const verified = {
    has: (key: string) => certificates.has(key),
    add: (key: string) => void certificates.add(key),
  }
  const problems: string[] = []
  const blocks: number[] = []
  for (let node = 0; node < nodes; node++) {
    const name = `v${node + 1}`
    await using store = await levelStore(join(folder, name, 'data', 'consensus'))
    const { first, next } = store.range()
    blocks.push(Number(next - first))
    for (let number = first; number < next; number++) {
      const block = await store.get(number)
      if (block?.kind !== 'final') {
        problems.push(`${name} lacks block ${number}, which lies in its range`)
        continue
      }
      const valid = verifyFinalBlock(block, scope, { verified })
      if (!valid.ok) problems.push(`${name}: block ${number} is not valid: ${valid.error.code}`)
      const other = known.get(number)
      const { payloadHash } = block
      if (other === undefined) known.set(number, { payloadHash, name })
      else if (!bytesEqual(other.payloadHash, payloadHash)) {
        const hashes = `${toHex(payloadHash)} and ${toHex(other.payloadHash)}`
        problems.push(`${name} and ${other.name} differ at block ${number}: ${hashes}`)
      }
    }
  }
  const highest = [...known.keys()].reduce((max, n) => (n > max ? n : max), -1n)
  return { blocks, highest, verified: certificates.size, problems }
}

/** What the disk of the first node that has a block says of it. */
interface Known {
  readonly payloadHash: Hash32
  readonly name: string
}

async function scopeOf(folder: string): Promise<EpochScope> {
  const genesis = parseGenesis(await readFile(join(folder, 'genesis.json'), 'utf8'))
  if (!genesis.ok || genesis.value.schedule === undefined) throw new Error('no genesis')
  const { hash, schedule, firstBlock } = genesis.value
  return { genesis: hash, epoch: 0n, schedule, firstBlock }
}
