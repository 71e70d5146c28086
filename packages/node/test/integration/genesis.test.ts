import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { orThrow, parseGenesis } from '@zkstack/executor'
import { verifyProofsOfPossession } from '@zkstack/roles'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PublicIdentity } from '../../src/keys/public-identity.js'
import { zkstack, type Outcome } from './zkstack.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zkstack-genesis-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** Makes keys, and gives the path of their public.json. */
async function keys(name: string, ...options: string[]): Promise<string> {
  const { code, err } = await zkstack('keygen', '--out', join(folder, name), ...options)
  expect(code, err).toBe(0)
  return join(folder, name, 'public.json')
}

async function identityOf(path: string): Promise<PublicIdentity> {
  return JSON.parse(await readFile(path, 'utf8')) as PublicIdentity
}

function genesis(...args: string[]): Promise<Outcome> {
  return zkstack('genesis', '--chain-id', '7', '--out', join(folder, 'genesis.json'), ...args)
}

describe('zkstack keygen', () => {
  test.each(['public.json', 'validator.key'])(
    'a folder that has another %s › is left as it is: no key that does not belong to it',
    async (name) => {
      const own = await keys('a')
      const other = join(folder, 'b')
      await mkdir(other)
      await copyFile(join(dirname(own), name), join(other, name))
      const refused = await zkstack('keygen', '--out', other)
      expect(refused.code).toBe(1)
      expect(refused.err).toContain('EEXIST')
      expect(await readdir(other)).toEqual([name])
    },
  )
})

describe('zkstack genesis', () => {
  test('BLS keys, one with a weight › the file has the committee, with proofs that hold', async () => {
    const paths = [await keys('a'), await keys('b'), await keys('c')]
    const made = await genesis('--json', ...paths.slice(1), `${paths[0] ?? ''}@4`)
    expect(made.code, made.err).toBe(0)
    const facts = { validators: 3, totalWeight: '6', quorum: '5', maxFaultyWeight: '1' }
    expect(JSON.parse(made.out)).toMatchObject(facts)
    const parsed = orThrow(parseGenesis(await readFile(join(folder, 'genesis.json'), 'utf8')))
    expect(verifyProofsOfPossession(parsed).ok).toBe(true)
    expect(parsed.schedule?.validators.map(({ weight }) => weight).sort()).toEqual([1n, 1n, 4n])
    expect((await genesis(...paths)).err).toContain('EEXIST')
  })

  test('a stolen or absent proof of possession › exit code 3, and the file that it came from', async () => {
    const [a, b] = [await keys('a'), await keys('b')]
    const [own, stolen] = [await identityOf(a), await identityOf(b)]
    const forged = { ...own, proofOfPossession: stolen.proofOfPossession }
    await writeFile(a, JSON.stringify(forged))
    const refused = await genesis(a, b)
    expect(refused).toMatchObject({
      code: 3,
      err: `zkstack: ${a}: proofOfPossession: BAD_PROOF\n`,
    })
    await writeFile(a, JSON.stringify({ nodeKey: own.nodeKey, validatorKey: own.validatorKey }))
    expect((await genesis(b, a)).err).toBe(`zkstack: ${a}: proofOfPossession: MISSING_PROOF\n`)
  })

  test('keys of two schemes, a full node, one validator twice › refused by file', async () => {
    const a = await keys('a')
    const other = await keys('b', '--scheme', 'ed25519')
    const full = await keys('c', '--full-node')
    expect((await genesis(a, other)).err).toContain(
      `${other} has a key of ed25519, ${a} one of bls12_381`,
    )
    expect((await genesis(a, full)).err).toBe(`zkstack: ${full} has no validatorKey\n`)
    expect(await genesis(a, a)).toMatchObject({ code: 3 })
    expect(await genesis(`${a}@0`)).toMatchObject({ code: 2 })
    expect((await genesis(join(folder, 'absent.json'))).err).toContain('cannot read')
  })
})
