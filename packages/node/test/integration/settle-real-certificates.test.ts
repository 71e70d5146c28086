import { settlementClient } from '@zkstack/rpc'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  postCertificate,
  readRealCertificates,
  realCertificateChecks,
  registerRealCertificates,
  untilSettled,
  type RealCertificate,
} from '../../testing/index.js'
import { settleWorld, type SettleWorld } from './settle-world.js'
import { startZkstack } from './zkstack.js'

const data = new URL('../../../pessimistic-proof/test/vectors/data/', import.meta.url)
const call = { signal: new AbortController().signal }

let certificates: readonly RealCertificate[]
let world: SettleWorld

beforeAll(async () => {
  certificates = await readRealCertificates(data)
  world = await settleWorld()
  await registerRealCertificates(world.devnet, certificates)
}, 120_000)
afterAll(() => world[Symbol.asyncDispose]())

test(
  'the seven real certificates, posted as they lie in their files › settle, with the known roots on L1',
  { timeout: 300_000 },
  async () => {
    await using node = startZkstack(['settle', 'run', '--config', world.config])
    const { rpc } = JSON.parse(await node.untilOutput(/\n/)) as { readonly rpc: string }
    expect(certificates).toHaveLength(7)
    for (const certificate of certificates)
      expect(await postCertificate(rpc, certificate)).toEqual({
        jsonrpc: '2.0',
        id: 1,
        result: `0x${certificate.id}`,
      })
    const client = settlementClient(rpc)
    for (const certificate of certificates) await untilSettled(client, certificate, call)
    const checks = await realCertificateChecks({ ...world, client }, certificates, call)
    expect(checks).toHaveLength(6)
    for (const { what, actual, expected } of checks) expect(actual, what).toBe(expected)
  },
)
