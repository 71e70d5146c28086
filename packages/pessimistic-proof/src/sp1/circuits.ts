import { concatBytes, fromHex, hash32, type Hash32 } from '@zkstack/crypto'
import { fromBase64 } from './base64.js'
import { circuitKeys } from './circuit-keys.js'
import { plonkSrs } from './plonk-srs.js'

/** The proof systems in which SP1 wraps its proofs for Ethereum. */
export type Sp1ProofSystem = 'groth16' | 'plonk'

/** One circuit that wraps SP1 proofs, and with it one verifier contract on L1. */
export interface Sp1Circuit {
  /** SP1's name of the circuit's version, such as `v6.1.0`. */
  readonly version: string
  readonly system: Sp1ProofSystem
  /** SHA-256 of the verifying key; a proof's selector is its first 4 bytes. */
  readonly verifierHash: Hash32
  /**
   * Root of the verifying keys of SP1's recursion. From v6 on, when a proof states its exit code, this root and a nonce in 96 bytes
   * after the selector, and has 5 public inputs; before, there is none, and proofs have 2.
   */
  readonly vkRoot?: Hash32
  /** Whether the circuit is withdrawn: v4 and older, whose route Succinct froze in June 2025. */
  readonly isOld: boolean
  /** The verifying key in gnark's binary form. */
  verifyingKey(): Uint8Array
}

/** The selector of a circuit's proofs: `0x` and 8 digits. */
export function selectorOf(circuit: Sp1Circuit): string {
  return selectorText(circuit.verifierHash)
}

/** The first 4 bytes of a proof or hash as a selector. */
export function selectorText(bytes: Uint8Array): string {
  return `0x${Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

const vkRoots: Readonly<Record<string, string>> = {
  'v6.0.0': '008cd56e10c2fe24795cff1e1d1f40d3a324528d315674da45d26afb376e8670',
  'v6.1.0': '002f850ee998974d6cc00e50cd0814b098c05bfade466d28573240d057f25352',
}

const plonkHashes = {
  'v1.1.0': 'c430ff7f31a22c5f7607f3ed2a2f5621af340bc45a44179319cba5761664e1f0',
  'v2.0.0': '4aca240a3e5296e6a565f98dc728c6f48f8de4792a8fa365038c3b86952176f5',
  'v3.0.0': '54bdcae3adb83d4ce9ed91d99a31da3086e2b117abf3685164e9f28d78670b05',
  'v4.0.0-rc.3': '1b34fe11a637737f0c75c88241669dcf9ca3c03713659265b8241f398a2d286d',
  'v5.0.0': 'd4e8ecd2357dd882209800acd6abb443d231cf287d77ba62b732ce937c8b56e7',
  'v6.0.0': 'bb1a6f2930e94bfe8b35e794faf43133214534a17d2ad8e51358cad437b3c317',
  'v6.1.0': '5a093a2fcb46394f5cadfe55c44d4d572fad9cec7aeb38026b0278322ef07fac',
}

const groth16Hashes = {
  'v3.0.0': '090690902a12d1d02c07a1ad25aa76bded5f6499e12a11ba127669501b553998',
  'v4.0.0-rc.3': '11b6a09d63d255ad425ee3a7f6211d5ec63fbde9805b40551c3136275b6f4eb4',
  'v5.0.0': 'a4594c59bbc142f3b81c3ecb7f50a7c34bc9af7c4c444b5d48b795427e285913',
  'v6.0.0': '0e78f4db7a6771a3a6a7d9c3b0de6fe73d58781368967a7fe84d87aefffec896',
  'v6.1.0': '4388a21c687fdd5f218d7e3d13190cac4c5355818d3605fd5fb811df468ee696',
}

const withdrawn = /^v[1-4]\./

const hashOf = (hex: string): Hash32 => hash32(fromHex(hex) ?? new Uint8Array(0))

function circuit(
  system: Sp1ProofSystem,
  version: string,
  hash: string,
  verifyingKey: () => Uint8Array,
): Sp1Circuit {
  const vkRoot = vkRoots[version]
  return {
    version,
    system,
    verifierHash: hashOf(hash),
    ...(vkRoot === undefined ? {} : { vkRoot: hashOf(vkRoot) }),
    isOld: withdrawn.test(version),
    verifyingKey,
  }
}

function listCircuits(): Sp1Circuit[] {
  return [
    ...Object.entries(plonkHashes).map(([version, hash]) =>
      circuit('plonk', version, hash, () => {
        const { head = '', tail = '' } = circuitKeys.plonk[version] ?? {}
        return concatBytes(...[head, plonkSrs, tail].map(fromBase64))
      }),
    ),
    ...Object.entries(groth16Hashes).map(([version, hash]) =>
      circuit('groth16', version, hash, () => fromBase64(circuitKeys.groth16[version] ?? '')),
    ),
  ]
}

/**
 * SP1's circuits that this package has the verifying keys of: PLONK v1.1.0 to v6.1.0 and Groth16 v3.0.0 to v6.1.0. SP1 6.1 to 6.4
 * prove with the circuits v6.1.0, SP1 5.x with v5.0.0.
 * @see https://github.com/succinctlabs/sp1-contracts
 */
export const sp1Circuits: readonly Sp1Circuit[] = /* @__PURE__ */ listCircuits()
