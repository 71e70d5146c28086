import { readFileSync } from 'node:fs'
import { bytesEqual, fromHex, loadCryptoBackends, toHex } from '@zkstack/crypto'
import {
  address,
  certificateId,
  declaredL1InfoRoot,
  l1InfoTreeLeafCount,
  parseCertificate,
  type Certificate,
} from '@zkstack/pessimistic-proof'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memoryDatabase } from '../../src/index.js'
import { storeProblems } from '../helpers/check-store.js'
import { runEngineOnL1 } from '../helpers/engine-on-l1.js'
import { startL1World, type L1World } from '../helpers/l1-world.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

/** A row of `cert-chain-expected.json`. */
interface Expected {
  readonly file: string
  readonly network: number
  readonly certificate_id: string
  readonly signer_v2: string
  readonly new_ler: string
}

const data = new URL('../../../pessimistic-proof/test/vectors/data/', import.meta.url)
const load = (name: string): string => readFileSync(new URL(name, data), 'utf8')
const rows = JSON.parse(load('cert-chain-expected.json')) as readonly Expected[]
const certificateOf = ({ file }: Expected): Certificate =>
  valueOf(parseCertificate(load(`certificates/${file}.json`)))

let world: L1World

beforeAll(async () => {
  await loadCryptoBackends()
  world = await startL1World()
  for (const networkId of new Set(rows.map(({ network }) => network))) {
    const signer = rows.find(({ network }) => network === networkId)?.signer_v2.slice(2) ?? ''
    const trustedSequencer = address(fromHex(signer) ?? new Uint8Array(0))
    await world.devnet.addChain({ networkId, trustedSequencer })
  }
})
afterAll(() => world[Symbol.asyncDispose]())

describe('the seven real certificates of two networks', () => {
  test('submitted to an engine on a real L1 › settle, with the known roots on L1 (on an L1 that npm installs, in seconds: polygon-docs #285)', async () => {
    const database = memoryDatabase()
    const place = { url: world.anvil.url, addresses: world.devnet.addresses, database }
    await runEngineOnL1(place, async ({ engine, call, store, untilStatus, contracts }) => {
      for (const row of rows) {
        const certificate = certificateOf(row)
        const leafCount = l1InfoTreeLeafCount(certificate)
        const root = valueOf(declaredL1InfoRoot(certificate))
        if (leafCount === undefined || root === undefined) continue
        await world.devnet.setL1InfoRoot(leafCount, root)
        const found = valueOf(await contracts.l1InfoRoot(leafCount, call))
        expect(found && bytesEqual(found, root)).toBe(true)
      }
      // The last ones first: each waits for those before it.
      for (const row of rows.toReversed()) {
        const { certificateId: id } = valueOf(await engine.submit(certificateOf(row), call))
        expect(toHex(id)).toBe(row.certificate_id)
      }
      for (const row of rows) await untilStatus(certificateId(certificateOf(row)), 'settled')
      for (const network of [14, 15]) {
        const own = rows.filter((row) => row.network === network)
        const settlements = await world.settlements(network)
        expect(settlements.map(({ exit }) => exit)).toEqual(own.map(({ new_ler }) => new_ler))
        const { settledRoot } = await store.settledNetwork(network)
        const { exit, pessimistic } = await world.roots(network)
        expect(exit).toBe(own.at(-1)?.new_ler)
        expect(pessimistic).toBe(settledRoot && toHex(settledRoot))
      }
    })
    expect(await storeProblems(database)).toEqual([])
  })

  test('changed in a bit of what is signed › are refused at the door', async () => {
    const place = { url: world.anvil.url, addresses: world.devnet.addresses }
    await runEngineOnL1({ ...place, database: memoryDatabase() }, async ({ engine, call }) => {
      for (const row of rows.slice(0, 4)) {
        const certificate = certificateOf(row)
        const newLocalExitRoot = Uint8Array.from(certificate.newLocalExitRoot)
        newLocalExitRoot[0] = (newLocalExitRoot[0] ?? 0) ^ 1
        const changed = { ...certificate, newLocalExitRoot } as Certificate
        const refused = errorOf(await engine.submit(changed, call))
        expect(refused.code).toBe('SignatureMismatch')
      }
    })
  })
})
