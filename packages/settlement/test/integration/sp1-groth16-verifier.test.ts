import { readFileSync } from 'node:fs'
import { concatBytes, fromHex, loadCryptoBackends } from '@zkstack/crypto'
import { Sp1Verifier, type Address, type Sp1ProofClaim } from '@zkstack/pessimistic-proof'
import { SeededBytes } from '@zkstack/pessimistic-proof/testing'
import { encodeFunctionData, type Hex } from 'viem'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { gatewayAbi } from '../../src/index.js'
import { hashOf, hexOf } from '../../src/contracts/bytes-of.js'
import { artifacts } from '../../testing/index.js'
import { startL1World, type L1World } from '../helpers/l1-world.js'

/** A real Groth16 proof, and the constants of the contract that verifies its like. */
interface Fixture {
  readonly name: string
  readonly version: string
  readonly proof: string
  readonly publicValues: string
  readonly vkey: string
  readonly constants: Readonly<Record<string, string>>
}

type Claim = Pick<Sp1ProofClaim, 'proof' | 'publicValues' | 'vkey'>

const fixtures = JSON.parse(
  readFileSync(new URL('../vectors/sp1/groth16.json', import.meta.url), 'utf8'),
) as readonly Fixture[]

const seed = process.env['SEED'] ?? String(Math.floor(Math.random() * 2 ** 32))
const P = 21888242871839275222246405745257275088696311157297823662689037894645226208583n
const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n

const verifier = new Sp1Verifier()
const contracts = new Map<string, Address>()
let world: L1World

beforeAll(async () => {
  await loadCryptoBackends()
  world = await startL1World()
  for (const { version, constants } of fixtures) {
    if (!contracts.has(version)) contracts.set(version, await deploy(constants))
  }
})
afterAll(() => world[Symbol.asyncDispose]())
afterEach((context) => {
  if (context.task.result?.state === 'fail') console.error(`SEED=${seed}`)
})

/** Deploys a verifier with the constants of Succinct's contract of a circuit. */
function deploy(constants: Fixture['constants']): Promise<Address> {
  const at = (name: string): bigint => BigInt(constants[name] ?? '0')
  const g1 = (name: string) => [at(`${name}_X`), at(`${name}_Y`)]
  // The precompile wants imaginary parts first; the constants have them as number 1.
  const g2 = (name: string) => ['X_1', 'X_0', 'Y_1', 'Y_0'].map((part) => at(`${name}_NEG_${part}`))
  const inputs = Object.keys(constants).filter((name) => /^PUB_\d+_X$/.test(name)).length
  const names = ['CONSTANT', ...Array.from({ length: inputs }, (_, i) => `PUB_${i}`)]
  const key = {
    alpha: g1('ALPHA'),
    betaNegated: g2('BETA'),
    gammaNegated: g2('GAMMA'),
    deltaNegated: g2('DELTA'),
    inputs: names.map(g1),
  }
  const vkRoot = constants['VK_ROOT'] ?? `0x${'00'.repeat(32)}`
  return world.devnet.create('SP1Groth16Verifier', [constants['VERIFIER_HASH'], vkRoot, key])
}

/** Whether the contract of a circuit accepts. */
async function onL1(version: string, { proof, publicValues, vkey }: Claim): Promise<boolean> {
  const to = hexOf(contracts.get(version) ?? new Uint8Array(20))
  const data = encodeFunctionData({
    abi: gatewayAbi,
    functionName: 'verifyProof',
    args: [hexOf(vkey), hexOf(publicValues), hexOf(proof)],
  })
  return isAccepted({ to, data })
}

async function isAccepted(call: { readonly to: Hex; readonly data: Hex }): Promise<boolean> {
  try {
    await world.anvil.request('eth_call', [call, 'latest'])
    return true
  } catch (e) {
    if (e instanceof Error && e.message.includes('revert')) return false
    throw e
  }
}

const here = (claim: Claim): boolean => verifier.verify({ ...claim, allowOldCircuits: true }).ok

const bytesOf = (hex: string): Uint8Array => fromHex(hex.replace(/^0x/, '')) ?? new Uint8Array(0)

function claimOf({ proof, publicValues, vkey }: Fixture): Claim {
  return { proof: bytesOf(proof), publicValues: bytesOf(publicValues), vkey: bytesOf(vkey) }
}

function word(value: bigint): Uint8Array {
  return bytesOf((value % 2n ** 256n).toString(16).padStart(64, '0'))
}

function numberAt(bytes: Uint8Array, at: number): bigint {
  return BigInt(hexOf(bytes.subarray(at, at + 32)))
}

/** The bytes with others in the place of some. */
function put(bytes: Uint8Array, ...places: (readonly [number, Uint8Array])[]): Uint8Array {
  const changed = Uint8Array.from(bytes)
  for (const [at, part] of places) changed.set(part, at)
  return changed
}

function flip(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  return put(bytes, [at, Uint8Array.of((bytes[at] ?? 0) ^ (1 << bit))])
}

/** Changes to a claim, by what they are. */
function mutations(claim: Claim, random: SeededBytes): Map<string, Claim> {
  const found = new Map<string, Claim>()
  const { proof, publicValues, vkey } = claim
  const start = proof.length - 256
  const proofs = (name: string, changed: Uint8Array) =>
    found.set(name, { ...claim, proof: changed })
  const coordinate = (i: number): bigint => numberAt(proof, start + 32 * i)
  const set = (name: string, values: Readonly<Record<number, bigint>>) =>
    proofs(
      name,
      put(
        proof,
        ...Object.entries(values).map(([i, v]) => [start + 32 * Number(i), word(v)] as const),
      ),
    )
  const negated = (...numbers: number[]) =>
    Object.fromEntries(numbers.map((i) => [i, P - coordinate(i)]))
  for (let i = 0; i < 4; i++) proofs(`selector byte ${i}`, flip(proof, i, random.below(8)))
  for (const at of start === 100 ? [4, 36, 68] : []) {
    for (const value of [1n, R, 2n ** 256n - 1n, numberAt(proof, at) + R])
      proofs(`stated word at ${at} is ${value}`, put(proof, [at, word(value)]))
    for (let i = 0; i < 8; i++)
      proofs(`stated word at ${at}, bit ${i}`, flip(proof, at + random.below(32), i))
  }
  for (let i = 0; i < 8; i++) {
    for (const value of [0n, 1n, P, P - 1n, R, 2n ** 256n - 1n])
      set(`coordinate ${i} is ${value}`, { [i]: value })
    for (let times = 1n; coordinate(i) + times * P < 2n ** 256n; times++)
      set(`coordinate ${i} with ${times} times the modulus more`, {
        [i]: coordinate(i) + times * P,
      })
    for (const [name, by] of [
      ['more', 1n],
      ['less', P - 1n],
    ] as const)
      set(`coordinate ${i}, one ${name}`, { [i]: (coordinate(i) + by) % P })
    set(`coordinate ${i} negated`, negated(i))
    for (let n = 0; n < 4; n++) {
      const [at, bit] = [start + 32 * i + random.below(32), random.below(8)]
      proofs(`coordinate ${i}, byte ${at} bit ${bit}`, flip(proof, at, bit))
    }
    const other = (i + 1 + random.below(7)) % 8
    set(`coordinates ${i} and ${other} swapped`, { [i]: coordinate(other), [other]: coordinate(i) })
  }
  set('A at infinity', { 0: 0n, 1: 0n })
  set('A at infinity, as multiples of the modulus', { 0: P, 1: P })
  set('B at infinity', { 2: 0n, 3: 0n, 4: 0n, 5: 0n })
  set('C at infinity', { 6: 0n, 7: 0n })
  set('everything at infinity', Object.fromEntries(Array.from({ length: 8 }, (_, i) => [i, 0n])))
  set('A and B negated', negated(1, 4, 5))
  set('A and C negated', negated(1, 7))
  set('B and C negated', negated(4, 5, 7))
  set('A, B and C negated', negated(1, 4, 5, 7))
  set('B with its parts swapped', {
    2: coordinate(3),
    3: coordinate(2),
    4: coordinate(5),
    5: coordinate(4),
  })
  set('A and C swapped', { 0: coordinate(6), 1: coordinate(7), 6: coordinate(0), 7: coordinate(1) })
  for (const length of [0, 3, 4, 36, 99, 100, 164, start, start + 64, start + 192, start + 255])
    proofs(`cut to ${length} bytes`, proof.slice(0, length))
  for (const length of [1, 32, 256])
    proofs(`with ${length} bytes more`, concatBytes(proof, new Uint8Array(length)))
  const values = (name: string, changed: Uint8Array) =>
    found.set(`public values ${name}`, { ...claim, publicValues: changed })
  for (let i = 0; i < publicValues.length; i += 8) values(`byte ${i}`, flip(publicValues, i, i % 8))
  values('cut', publicValues.slice(0, -1))
  values('with a byte more', concatBytes(publicValues, Uint8Array.of(0)))
  values('none', new Uint8Array(0))
  const keys = (name: string, changed: Uint8Array) =>
    found.set(`key ${name}`, { ...claim, vkey: changed })
  for (let i = 0; i < 32; i += 3) keys(`byte ${i}`, flip(vkey, i, random.below(8)))
  for (const value of [0n, R, 2n ** 256n - 1n, numberAt(vkey, 0) + R, numberAt(vkey, 0) + 2n * R])
    keys(`${value}`, word(value))
  for (let i = 0; i < 40; i++) {
    let changed = proof
    for (let n = random.below(3); n >= 0; n--) {
      const at = random.below(proof.length - 32)
      changed = put(changed, [at, random.hash()])
    }
    proofs(`noise ${i}`, changed)
  }
  return found
}

describe('the Groth16 verifier on L1', () => {
  test.each(fixtures)('$name › is accepted by the EVM and here', async (fixture) => {
    const claim = claimOf(fixture)
    expect(here(claim)).toBe(true)
    expect(await onL1(fixture.version, claim)).toBe(true)
  })

  test.each(fixtures)(
    '$name, changed in every way › has one verdict of the EVM and here',
    async (fixture) => {
      const changed = mutations(claimOf(fixture), new SeededBytes(`${seed}/${fixture.name}`))
      expect(changed.size).toBeGreaterThan(200)
      const verdicts = await Promise.all(
        Array.from(changed, async ([name, claim]) => ({
          name,
          here: here(claim),
          onL1: await onL1(fixture.version, claim),
        })),
      )
      expect(verdicts.filter((verdict) => verdict.here !== verdict.onL1)).toEqual([])
      // Whoever has (A, B, C) has (−A, −B, C): the one change that proves as much.
      const accepted = verdicts.filter((verdict) => verdict.here).map(({ name }) => name)
      expect(accepted).toEqual(['A and B negated'])
    },
  )

  test('a proof for another circuit’s contract › is refused', async () => {
    for (const fixture of fixtures) {
      for (const version of contracts.keys()) {
        const isItsOwn = version === fixture.version
        expect(await onL1(version, claimOf(fixture))).toBe(isItsOwn)
      }
    }
  })

  test('through the gateway › is accepted by its route, and by no other or frozen one', async () => {
    const { devnet } = world
    const selector = Uint8Array.of(0, 0, 0, 13)
    for (const fixture of fixtures) {
      const { proof, publicValues, vkey } = claimOf(fixture)
      const contract = contracts.get(fixture.version)
      if (contract === undefined) throw new Error('not deployed')
      const through = (route: Uint8Array, values = publicValues) =>
        isAccepted({
          to: hexOf(devnet.gateway),
          data: encodeFunctionData({
            abi: gatewayAbi,
            functionName: 'verifyPessimisticProof',
            args: [hexOf(values), hexOf(concatBytes(route, proof))],
          }),
        })
      await devnet.addRoute(selector, contract, hashOf(hexOf(vkey)))
      expect(await through(selector)).toBe(true)
      expect(await through(selector, flip(publicValues, 0, 0))).toBe(false)
      expect(await through(Uint8Array.of(0, 0, 0, 99))).toBe(false)
      const { abi } = artifacts.AggLayerGateway
      await devnet.send(devnet.gateway, abi, 'freezePessimisticVKeyRoute', [hexOf(selector)])
      expect(await through(selector)).toBe(false)
    }
  })

  test('control: an EVM without pairings › disagrees', async () => {
    const [fixture] = fixtures
    if (fixture === undefined) throw new Error('no fixture')
    const changed = flip(bytesOf(fixture.publicValues), 0, 0)
    const claim = { ...claimOf(fixture), publicValues: changed }
    // A contract that accepts everything.
    const to = `0x${'ab'.repeat(20)}` as const
    await world.anvil.request('anvil_setCode', [to, '0x00'])
    const data = encodeFunctionData({
      abi: gatewayAbi,
      functionName: 'verifyProof',
      args: [hexOf(claim.vkey), hexOf(claim.publicValues), hexOf(claim.proof)],
    })
    expect([await isAccepted({ to, data }), here(claim)]).toEqual([true, false])
  })
})
