import { readFileSync } from 'node:fs'
import { fromHex, toHex } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'
import { gatewayAbi } from '@zkstack/settlement'
import { encodeFunctionData } from 'viem'
import type { VerificationGas } from './settlement-case.js'
import type { SettlementL1 } from './settlement-l1.js'
import { baseGas, calldataGas } from './transaction-gas.js'

/** A real Groth16 proof, and the constants of the contract that verifies its like. */
interface Fixture {
  readonly version: string
  readonly proof: string
  readonly publicValues: string
  readonly vkey: string
  readonly constants: Readonly<Record<string, string>>
}

const file = new URL('../../../packages/settlement/test/vectors/sp1/groth16.json', import.meta.url)

/** Gas of the precompiles for a number of public inputs: an addition and a multiplication for each, and four pairings. */
function precompileGas(inputs: number): number {
  // @see https://eips.ethereum.org/EIPS/eip-1108
  return inputs * (150 + 6_000) + 45_000 + 4 * 34_000
}

/** What the contract takes to verify the newest real proof, beside what every transaction takes and the calldata. */
export async function verificationGas(l1: SettlementL1): Promise<VerificationGas> {
  const fixtures = JSON.parse(readFileSync(file, 'utf8')) as readonly Fixture[]
  const fixture = fixtures.at(-1)
  if (fixture === undefined) throw new Error('there is no real proof')
  const { proof, publicValues, vkey, constants, version } = fixture
  const inputs = Object.keys(constants).filter((name) => /^PUB_\d+_X$/.test(name)).length
  const verifier = await deploy(l1, constants, inputs)
  const args = [hexOf(vkey), hexOf(publicValues), hexOf(proof)] as const
  const data = encodeFunctionData({ abi: gatewayAbi, functionName: 'verifyProof', args })
  const gasUsed = await gasOf(l1, { to: `0x${toHex(verifier)}`, data })
  return {
    name: `SP1 Groth16 ${version}`,
    used: gasUsed - baseGas - calldataGas(bytesOf(data)),
    floor: precompileGas(inputs),
    proofBytes: bytesOf(proof).length,
  }
}

function deploy(
  { devnet }: SettlementL1,
  constants: Fixture['constants'],
  inputs: number,
): Promise<Address> {
  const at = (name: string): bigint => BigInt(constants[name] ?? '0')
  const g1 = (name: string) => [at(`${name}_X`), at(`${name}_Y`)]
  // The precompile wants imaginary parts first; the constants have them as number 1.
  const g2 = (name: string) => ['X_1', 'X_0', 'Y_1', 'Y_0'].map((part) => at(`${name}_NEG_${part}`))
  const names = ['CONSTANT', ...Array.from({ length: inputs }, (_, i) => `PUB_${i}`)]
  const key = {
    alpha: g1('ALPHA'),
    betaNegated: g2('BETA'),
    gammaNegated: g2('GAMMA'),
    deltaNegated: g2('DELTA'),
    inputs: names.map(g1),
  }
  const vkRoot = constants['VK_ROOT'] ?? `0x${'00'.repeat(32)}`
  return devnet.create('SP1Groth16Verifier', [constants['VERIFIER_HASH'], vkRoot, key])
}

/** Sends a call as a transaction of an account that anvil has the key of, and says what it took. */
async function gasOf(
  { anvil, signer }: SettlementL1,
  call: { readonly to: string; readonly data: string },
): Promise<number> {
  const from = `0x${toHex(signer.address)}`
  const hash = await anvil.request('eth_sendTransaction', [{ from, ...call }])
  for (;;) {
    const receipt = await anvil.request('eth_getTransactionReceipt', [hash])
    if (receipt === null) continue
    const { gasUsed, status } = receipt as { readonly gasUsed: string; readonly status: string }
    if (status !== '0x1') throw new Error('a real proof is refused')
    return Number(gasUsed)
  }
}

function hexOf(text: string): `0x${string}` {
  return `0x${text.replace(/^0x/, '')}`
}

function bytesOf(text: string): Uint8Array {
  const bytes = fromHex(text.replace(/^0x/, ''))
  if (bytes === undefined) throw new TypeError('a fixture is not hexadecimal')
  return bytes
}
