import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromHex, toHex } from '@zkstack/crypto'
import {
  address,
  certificateId,
  declaredL1InfoRoot,
  l1InfoTreeLeafCount,
  parseCertificate,
  type Certificate,
} from '@zkstack/pessimistic-proof'
import { settlementClient } from '@zkstack/rpc'
import { rollupManagerAbi } from '@zkstack/settlement'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settleWorld, type SettleWorld } from './settle-world.js'
import { startZkstack } from './zkstack.js'

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
const textOf = ({ file }: Expected): string => load(`certificates/${file}.json`)

function certificateOf(row: Expected): Certificate {
  const parsed = parseCertificate(textOf(row))
  if (parsed.ok) return parsed.value
  throw new Error(`${row.file}: ${parsed.error.message}`)
}

const call = { signal: new AbortController().signal }

let world: SettleWorld

beforeAll(async () => {
  world = await settleWorld()
  for (const network of [14, 15]) {
    const signer = rows.find((row) => row.network === network)?.signer_v2.slice(2) ?? ''
    const trustedSequencer = address(fromHex(signer) ?? new Uint8Array(0))
    await world.devnet.addChain({ networkId: network, trustedSequencer })
  }
  for (const certificate of rows.map(certificateOf)) {
    const leafCount = l1InfoTreeLeafCount(certificate)
    const root = declaredL1InfoRoot(certificate)
    if (leafCount !== undefined && root.ok && root.value !== undefined)
      await world.devnet.setL1InfoRoot(leafCount, root.value)
  }
}, 120_000)
afterAll(() => world[Symbol.asyncDispose]())

test(
  'the seven real certificates, posted as they lie in their files › settle, with the known roots on L1',
  { timeout: 300_000 },
  async () => {
    await using node = startZkstack(['settle', 'run', '--config', world.config])
    const { rpc } = JSON.parse(await node.untilOutput(/\n/)) as { readonly rpc: string }
    for (const row of rows) {
      const response = await fetch(`${rpc}/json-rpc`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"jsonrpc":"2.0","id":1,"method":"interop_sendCertificate","params":[${textOf(row)}]}`,
      })
      expect(await response.json()).toEqual({
        jsonrpc: '2.0',
        id: 1,
        result: `0x${row.certificate_id}`,
      })
    }
    const client = settlementClient(rpc)
    for (const row of rows) {
      const id = certificateId(certificateOf(row))
      for (;;) {
        const header = await client.header(id, call)
        const status = header.ok ? header.value?.status : undefined
        if (status?.type === 'settled') break
        expect(status?.type, JSON.stringify(status)).not.toBe('inError')
        await sleep(50)
      }
    }
    for (const network of [14, 15]) {
      const own = rows.filter((row) => row.network === network)
      const rollup = await world.devnet.client.readContract({
        address: `0x${toHex(world.devnet.addresses.rollupManager)}`,
        abi: rollupManagerAbi,
        functionName: 'rollupIDToRollupDataV2',
        args: [network],
      })
      expect(rollup.lastLocalExitRoot).toBe(`0x${own.at(-1)?.new_ler ?? ''}`)
      const info = await client.networkInfo(network, call)
      expect(info.ok && info.value.settledHeight).toBe(BigInt(own.length - 1))
      const root = info.ok ? info.value.settledPpRoot : undefined
      expect(rollup.lastPessimisticRoot).toBe(`0x${root === undefined ? '' : toHex(root)}`)
    }
  },
)
