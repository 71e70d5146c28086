import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '@zkstack/crypto'
import { ChainRoutes } from '../../src/http/chain-routes.js'
import { createEvidence, encodeEvidence, genesisToJson, type EpochRecord } from '@zkstack/roles'
import { certifiedBy, testRotation, type TestCommittee } from '@zkstack/roles/testing'
import { realClock } from '@zkstack/concurrency'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { zkstack } from './zkstack.js'

const { genesis, committees, records } = testRotation()
const first = `0x${toHex((records[0] as EpochRecord).schedule.hash)}`
const ends: (() => Promise<unknown>)[] = []
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zkstack-evidence-'))
  ends.push(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'genesis.json'), genesisToJson(genesis))
})

afterAll(async () => {
  for (const end of ends.reverse()) await end()
})

/** A server that tells these epochs; its address. */
async function serve(told: readonly EpochRecord[]): Promise<string> {
  const unused = (): never => {
    throw new Error('only epochs are asked for')
  }
  const routes = new ChainRoutes({
    genesis,
    epochs: { get: (epoch) => Promise.resolve(told.find((record) => record.epoch === epoch)) },
    node: {
      get status(): never {
        return unused()
      },
      blocks: unused,
      waitForBlock: unused,
    },
    clock: realClock,
  })
  const server = createServer((request, response) => {
    if (!routes.serve(request, response)) response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return `http://127.0.0.1:${address.port}`
}

/** Two commits of one view, signed by validator 3 of an epoch, in a file. */
async function writeEvidence(epoch: number): Promise<string> {
  const committee = committees[epoch] as TestCommittee
  const [a, b] = ['a', 'b'].map((text) => {
    const value = committee.commit(7n, 12n, new TextEncoder().encode(text))
    return committee.sign(3, { type: 'replicaCommit', value })
  })
  const evidence = a && b && createEvidence(a, b)
  if (evidence === undefined) throw new TypeError('no contradiction')
  const file = join(folder, `epoch-${epoch}`)
  await writeFile(file, encodeEvidence(evidence))
  return file
}

const verify = (...args: string[]) =>
  zkstack('evidence', '--genesis', join(folder, 'genesis.json'), ...args)

describe('evidence on a chain whose committees change', () => {
  test('with a node that tells the committees › is proven in each epoch, and whom the first committee is believed from is said', async () => {
    const url = await serve(records)
    const files = await Promise.all([0, 1, 2].map(writeEvidence))
    const { code, out, err } = await verify('--url', url, '--json', ...files)
    expect(code, err).toBe(0)
    const judged = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(judged).toMatchObject(
      ['0', '1', '2'].map((epoch) => ({ proven: true, validator: 3, view: '7', epoch })),
    )
    expect(err).toBe(`${url} says that the first committee is ${first}: compare it\n`)
  })

  test('with the hash of the first committee › only that one is believed', async () => {
    const url = await serve(records)
    const file = await writeEvidence(2)
    expect(await verify('--url', url, '--committee', first, file)).toMatchObject({
      code: 0,
      err: '',
    })
    const other = `0x${'00'.repeat(32)}`
    const refused = await verify('--url', url, '--committee', other, file)
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toContain(`is ${first}, not ${other}`)
  })

  test('the hash of the first committee, and nobody to compare it with › refused', async () => {
    const file = await writeEvidence(2)
    const { code, err } = await verify('--committee', first, file)
    expect(code).toBe(2)
    expect(err).toContain('--committee is compared with what a node tells: give --url')
  })

  test('without a node › it proves nothing, and what is missing is said', async () => {
    const { code, out } = await verify(await writeEvidence(1))
    expect(code).toBe(1)
    expect(out).toMatch(/proves nothing: NO_SCHEDULE \(the committees change: give --url\)\n$/)
  })

  test('of an epoch that the node does not know › it proves nothing', async () => {
    const url = await serve(records.slice(0, 2))
    const { code, out } = await verify('--url', url, await writeEvidence(2))
    expect(code).toBe(1)
    expect(out).toMatch(/proves nothing: UNKNOWN_EPOCH\n$/)
  })

  test('with a node that invents a committee › none of its epochs is believed', async () => {
    const thief = committees[2] as TestCommittee
    const invented = certifiedBy(thief, records[1] as EpochRecord, genesis)
    const url = await serve([records[0] as EpochRecord, invented])
    const { code, out, err } = await verify('--url', url, await writeEvidence(1))
    expect({ code, out }).toEqual({ code: 4, out: '' })
    expect(err).toMatch(/epoch 1 does not follow: EPOCH_INVALID\n$/)
  })
})
