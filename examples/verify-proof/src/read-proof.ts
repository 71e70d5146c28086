import { fromHex, type Result, err, ok } from '@zkstack/crypto'
import { address, decodeSp1ProofFile, type Address } from '@zkstack/pessimistic-proof'

/** A proof from a file, with what the file says that it proves. */
export interface ProofFile {
  readonly proof: Uint8Array
  readonly publicValues: Uint8Array
  /** The program's key; absent: the proof's first 4 bytes select it, as Agglayer's gateway takes proofs. */
  readonly vkey?: Uint8Array
  /** Who is said to sign the network's certificates. */
  readonly signers: readonly Address[]
}

const largestFile = 4_000_000

/**
 * Reads a proof from a file: either JSON with `proof`, `publicValues`, and perhaps `vkey` and `signers`, all hexadecimal, or a proof
 * as SP1 saves it.
 */
export function readProof(file: Uint8Array): Result<ProofFile, string> {
  if (file.length > largestFile) return err('The file is too long to be a proof.')
  const isJson = file.subarray(0, 64).some((byte) => byte === 0x7b)
  return isJson ? readJson(new TextDecoder().decode(file)) : readSaved(file)
}

function readSaved(file: Uint8Array): Result<ProofFile, string> {
  const saved = decodeSp1ProofFile(file)
  if (!saved.ok) {
    const { field, message } = saved.error
    return err(`Neither JSON nor a saved SP1 proof: ${field ? `${field}: ` : ''}${message}.`)
  }
  const { proof, publicValues, vkey } = saved.value
  return ok({ proof, publicValues, vkey, signers: [] })
}

function readJson(text: string): Result<ProofFile, string> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return err('The file is not valid JSON.')
  }
  const members = new Map(Object.entries(typeof parsed === 'object' && parsed ? parsed : {}))
  const proof = hexadecimal(members.get('proof'))
  const publicValues = hexadecimal(members.get('publicValues') ?? members.get('public-values'))
  if (proof === undefined) return err('`proof` is missing or not hexadecimal.')
  if (publicValues === undefined) return err('`publicValues` is missing or not hexadecimal.')
  const vkey = hexadecimal(members.get('vkey'))
  if (members.has('vkey') && vkey?.length !== 32) return err('`vkey` is not 32 hexadecimal bytes.')
  const signers = readSigners(members.get('signers'))
  if (signers === undefined) return err('`signers` is not a list of addresses.')
  return ok({ proof, publicValues, ...(vkey === undefined ? {} : { vkey }), signers })
}

function readSigners(value: unknown): Address[] | undefined {
  if (value === undefined) return []
  if (!Array.isArray(value)) return undefined
  const addresses = value.flatMap((item) => addressOf(item) ?? [])
  return addresses.length === value.length ? addresses : undefined
}

/** The address that a text writes; `undefined` for anything else. */
export function addressOf(text: unknown): Address | undefined {
  const bytes = hexadecimal(text)
  return bytes?.length === 20 ? address(bytes) : undefined
}

function hexadecimal(text: unknown): Uint8Array | undefined {
  return typeof text === 'string' ? fromHex(text.replace(/^0x/, '')) : undefined
}
