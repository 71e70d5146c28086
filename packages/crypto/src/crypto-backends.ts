import { GrowingFamily, type BackendFamily } from './backend-family.js'
import { blstMinPk, possessionBy } from './bls/blst.js'
import { BlsScheme } from './bls/bls-scheme.js'
import { mclMinPk, mclMinSig } from './bls/mcl.js'
import { MclArithmetic } from './bls/mcl-arithmetic.js'
import { loadMcl, mclCurves } from './mcl-instance.js'
import { nobleMinPk, nobleMinSig } from './bls/noble.js'
import { minPkVariant, minSigVariant } from './bls/variants.js'
import type { Bn254 } from './bn254/bn254.js'
import { MclBn254 } from './bn254/mcl.js'
import { nobleBn254 } from './bn254/noble.js'
import { ed25519SchemeOf } from './ed25519/ed25519-scheme.js'
import { nodeEd25519 } from './ed25519/node.js'
import { nodeKeys, type Ed25519 } from './ed25519/node-keys.js'
import { nobleEd25519 } from './ed25519/noble.js'
import { loadHashWasm } from './hash-wasm.js'
import {
  hashBackend,
  nobleKeccak256,
  useKeccak256,
  type HashBackend,
  type Keccak256,
} from './keccak256.js'
import { loadBlst, loadNodeCrypto } from './platform.js'
import { GrowingSchemeFamily, type SchemeFamily } from './scheme-family.js'
import { bn254Passes, hashPasses, schemePasses } from './self-test.js'
import type { SignatureScheme } from './signature-scheme.js'

const minSigFamily = new GrowingSchemeFamily(new BlsScheme(minSigVariant, nobleMinSig))
const minPkFamily = new GrowingSchemeFamily(new BlsScheme(minPkVariant, nobleMinPk))
const ed25519Family = new GrowingSchemeFamily(ed25519SchemeOf(nobleEd25519))
const bn254Family = new GrowingFamily(nobleBn254)
const families = [minSigFamily, minPkFamily, ed25519Family]

/** BLS with signatures in G1, byte for byte ZKsync Era's; backends `mcl` and `noble`. */
export const blsMinSig: SchemeFamily = minSigFamily

/** BLS with keys in G1; backends `blst`, `mcl` and `noble`. */
export const blsMinPk: SchemeFamily = minPkFamily

/** Ed25519 with concatenated signatures; backends `node` and `noble`. */
export const ed25519Scheme: SchemeFamily = ed25519Family

/** The curve BN254 of Ethereum's precompiled contracts; backends `mcl` and `noble`. */
export const bn254: BackendFamily<Bn254> = bn254Family

const hashes = new Map<HashBackend, Keccak256>([['noble', nobleKeccak256]])
const nodeKeyBackends = new Map([['noble', nodeKeys(nobleEd25519)]])
const failures = new Map<string, Error>()
let currentNodeKeys = nodeKeys(nobleEd25519)
let choices: BackendChoice = {}
let loading: Promise<void> | undefined

/** Backends to use instead of the fastest that loads. */
export interface BackendChoice {
  hash?: 'noble' | 'hash-wasm'
  blsMinSig?: 'noble' | 'mcl'
  blsMinPk?: 'noble' | 'mcl' | 'blst'
  ed25519?: 'noble' | 'node'
  bn254?: 'noble' | 'mcl'
}

/** Fastest first; each list ends with what is always there. */
const preferences = {
  hash: ['hash-wasm', 'noble'],
  blsMinSig: ['mcl', 'noble'],
  blsMinPk: ['blst', 'mcl', 'noble'],
  ed25519: ['node', 'noble'],
  bn254: ['mcl', 'noble'],
} as const

/** What is in use, and why a faster backend is not: for the log line that a node writes at its start. */
export interface CryptoBackends {
  readonly hash: string
  readonly blsMinSig: string
  readonly blsMinPk: string
  readonly ed25519: string
  readonly bn254: string
  /** Libraries that did not load or failed their self-test, by name. */
  readonly failures: ReadonlyMap<string, Error>
}

/** Ed25519 for the keys of nodes, by the backend in use. */
export const ed25519: Ed25519 = {
  get backend() {
    return currentNodeKeys.backend
  },
  publicKey: (seed) => currentNodeKeys.publicKey(seed),
  sign: (seed, message) => currentNodeKeys.sign(seed, message),
  verify: (publicKey, message, signature) => currentNodeKeys.verify(publicKey, message, signature),
  isPublicKey: (bytes) => currentNodeKeys.isPublicKey(bytes),
}

/**
 * Loads the fast backends that this machine has, tests each against noble, and puts the fastest, or the chosen ones, in use.
 * Loading happens once; a later call only changes the choices that it names, so that a library may call this without undoing
 * what its user chose. Until then, and for whatever does not load, noble serves.
 * @throws RangeError when a chosen backend is not to be had; then nothing changes.
 */
export async function loadCryptoBackends(choose: BackendChoice = {}): Promise<void> {
  loading ??= loadAll({ isTested: false })
  await loading
  const wanted = { ...choices, ...choose }
  const hash = pick('hash', wanted.hash, [...hashes.keys()])
  const minSig = pick('blsMinSig', wanted.blsMinSig, minSigFamily.backends)
  const minPk = pick('blsMinPk', wanted.blsMinPk, minPkFamily.backends)
  const edwards = pick('ed25519', wanted.ed25519, ed25519Family.backends)
  const pairing = pick('bn254', wanted.bn254, bn254Family.backends)
  choices = wanted
  useKeccak256(hashes.get(hash) ?? nobleKeccak256)
  minSigFamily.use(minSig)
  minPkFamily.use(minPk)
  ed25519Family.use(edwards)
  bn254Family.use(pairing)
  currentNodeKeys = nodeKeyBackends.get(edwards) ?? currentNodeKeys
}

/** Loads a backend of signatures that another thread of this process has tested, and no other. */
export async function loadTestedBackend(name: string): Promise<void> {
  await loadAll({ isTested: true, only: name })
}

/** Puts the keccak256 in use that another thread of this process has tested. */
export async function loadTestedHash(name: string): Promise<void> {
  await loadTestedBackend(name)
  useKeccak256([...hashes.values()].find(({ backend }) => backend === name) ?? nobleKeccak256)
}

function pick<Part extends keyof typeof preferences>(
  part: Part,
  chosen: BackendChoice[Part],
  loaded: readonly string[],
): (typeof preferences)[Part][number] {
  if (chosen === undefined)
    return preferences[part].find((name) => loaded.includes(name)) ?? 'noble'
  if (!loaded.includes(chosen)) {
    const reason = failures.get(chosen)?.message ?? 'not part of this build'
    throw new RangeError(`${part}: backend ${chosen} is not available: ${reason}`)
  }
  return chosen
}

/** Which libraries are loaded, and whether they are tested. */
interface Loading {
  readonly isTested: boolean
  /** The one that is loaded. Default: all. */
  readonly only?: string
}

async function loadAll({ isTested, only }: Loading): Promise<void> {
  const addScheme = isTested ? add : addTested
  const attempt = (library: string, load: () => Promise<void>): Promise<void> =>
    only === undefined || only === library ? attemptTo(load, library) : Promise.resolve()
  await attempt('hash-wasm', async () => {
    const implementation = await loadHashWasm()
    if (!isTested && !hashPasses(implementation)) throw new Error('hash-wasm: self-test failed')
    hashes.set('hash-wasm', implementation)
  })
  let possession = possessionBy(nobleMinPk)
  await attempt('mcl', async () => {
    const arithmetic = new MclArithmetic(await loadMcl(mclCurves.bls12381))
    addScheme(minSigFamily, new BlsScheme(minSigVariant, mclMinSig(arithmetic)))
    const minPk = mclMinPk(arithmetic)
    addScheme(minPkFamily, new BlsScheme(minPkVariant, minPk))
    possession = possessionBy(minPk)
  })
  if (only === undefined) {
    await attempt('mcl', async () => {
      const backend = new MclBn254(await loadMcl(mclCurves.bn254))
      if (!bn254Passes(backend, nobleBn254)) throw new Error('mcl: self-test of BN254 failed')
      bn254Family.add(backend)
    })
  }
  await attempt('blst', async () => {
    const blst = await loadBlst()
    addScheme(minPkFamily, new BlsScheme(minPkVariant, blstMinPk(blst, possession)))
  })
  await attempt('node', async () => {
    const primitive = nodeEd25519(await loadNodeCrypto())
    addScheme(ed25519Family, ed25519SchemeOf(primitive))
    nodeKeyBackends.set('node', nodeKeys(primitive))
  })
}

/** One library's failure leaves the others unharmed. */
async function attemptTo(load: () => Promise<void>, library: string): Promise<void> {
  try {
    await load()
  } catch (error) {
    failures.set(library, error instanceof Error ? error : new Error(String(error)))
  }
}

function add(family: GrowingSchemeFamily, scheme: SignatureScheme): void {
  family.add(scheme)
}

function addTested(family: GrowingSchemeFamily, scheme: SignatureScheme): void {
  if (!schemePasses(scheme, family.withBackend('noble') ?? scheme)) {
    throw new Error(`${scheme.backend}: self-test of ${scheme.name} failed`)
  }
  family.add(scheme)
}

/** Which backends are in use now. */
export function cryptoBackends(): CryptoBackends {
  return {
    hash: hashBackend(),
    blsMinSig: blsMinSig.current.backend,
    blsMinPk: blsMinPk.current.backend,
    ed25519: ed25519Scheme.current.backend,
    bn254: bn254.current.backend,
    failures: new Map(failures),
  }
}

/**
 * The scheme with this number in the genesis, with the named backend or else the one in use;
 * `undefined` for an unknown number or a backend that is not loaded.
 */
export function signatureScheme(
  id: number,
  o: { backend?: string } = {},
): SignatureScheme | undefined {
  const family = families.find((candidate) => candidate.id === id)
  return o.backend === undefined ? family?.current : family?.withBackend(o.backend)
}

/** Every scheme with every loaded backend. */
export function availableSchemes(): readonly SignatureScheme[] {
  return families.flatMap((family) =>
    family.backends.flatMap((backend) => family.withBackend(backend) ?? []),
  )
}
