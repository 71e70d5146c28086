/**
 * The functions of mcl's WebAssembly module in use. Arguments and results are addresses in the instance's memory; a point or
 * field element there is in mcl's internal form. Functions that parse return the number of bytes read, 0 when they refuse.
 */
interface MclExports {
  readonly wasmMemory: WebAssembly.Memory
  readonly _malloc: (bytes: number) => number
  readonly _free: (address: number) => void
  readonly _mclBn_init: (curve: number, compiledTimeVar: number) => number
  readonly _mclBn_setETHserialization: (on: number) => void
  readonly _mclBn_setMapToMode: (mode: number) => number
  readonly _mclBn_verifyOrderG1: (on: number) => void
  readonly _mclBn_verifyOrderG2: (on: number) => void
  readonly _mclBn_getUint64NumToPrecompute: () => number
  readonly _mclBn_precomputeG2: (lines: number, g2: number) => void
  readonly _mclBn_precomputedMillerLoop: (gt: number, g1: number, lines: number) => void
  readonly _mclBn_precomputedMillerLoop2: (
    gt: number,
    p1: number,
    q1: number,
    p2: number,
    q2: number,
  ) => void
  readonly _mclBn_finalExp: (out: number, gt: number) => void
  readonly _mclBnGT_mul: (out: number, a: number, b: number) => void
  readonly _mclBnGT_isOne: (gt: number) => number
  readonly _mclBnFr_setBigEndianMod: (fr: number, bytes: number, length: number) => number
  readonly _mclBnFp_setInt32: (fp: number, value: number) => void
  readonly _mclBnFp_setBigEndianMod: (fp: number, bytes: number, length: number) => number
  readonly _mclBnFp_getLittleEndian: (out: number, capacity: number, fp: number) => number
  readonly _mclBnG1_clear: (g1: number) => void
  readonly _mclBnG1_isValid: (g1: number) => number
  readonly _mclBnG1_neg: (out: number, g1: number) => void
  readonly _mclBnG1_normalize: (out: number, g1: number) => void
  readonly _mclBnG1_mulVec: (out: number, g1s: number, frs: number, count: number) => void
  readonly _mclBnG1_deserialize: (g1: number, bytes: number, length: number) => number
  readonly _mclBnG1_serialize: (out: number, capacity: number, g1: number) => number
  readonly _mclBnG1_isValidOrder: (g1: number) => number
  readonly _mclBnG1_isZero: (g1: number) => number
  readonly _mclBnG1_add: (out: number, a: number, b: number) => void
  readonly _mclBnG1_mulCT: (out: number, g1: number, fr: number) => void
  readonly _mclBnG1_hashAndMapToWithDst: (
    g1: number,
    message: number,
    length: number,
    domain: number,
    domainLength: number,
  ) => number
  readonly _mclBnG2_isValid: (g2: number) => number
  readonly _mclBnG2_neg: (out: number, g2: number) => void
  readonly _mclBnG2_normalize: (out: number, g2: number) => void
  readonly _mclBnG2_deserialize: (g2: number, bytes: number, length: number) => number
  readonly _mclBnG2_serialize: (out: number, capacity: number, g2: number) => number
  readonly _mclBnG2_isValidOrder: (g2: number) => number
  readonly _mclBnG2_isZero: (g2: number) => number
  readonly _mclBnG2_add: (out: number, a: number, b: number) => void
  readonly _mclBnG2_mulCT: (out: number, g2: number, fr: number) => void
  readonly _mclBnG2_hashAndMapToWithDst: (
    g2: number,
    message: number,
    length: number,
    domain: number,
    domainLength: number,
  ) => number
}

type CreateModule = (options: { readonly cryptoGetRandomValues: () => void }) => Promise<MclExports>

/** mcl's numbers of the curves. */
export const mclCurves = { bn254: 4, bls12381: 5 } as const

/** How the module was compiled: 4 words to a scalar, 6 to a field element, of 8 bytes each. */
const compiledTimeVar = 46
const hashToCurveOfRfc9380 = 5

/** Sizes in bytes of mcl's internal forms, whatever the curve. */
export const mclSizes = { fr: 32, fp: 48, g1: 144, g2: 288, gt: 576 } as const

/** One private WebAssembly instance of mcl, set up for one curve for good, with views of its memory. */
export class MclInstance {
  readonly call: MclExports
  #bytes: Uint8Array

  constructor(exports: MclExports) {
    this.call = exports
    this.#bytes = new Uint8Array(exports.wasmMemory.buffer)
  }

  /** Reserves memory for the life of the instance. */
  reserve(length: number): number {
    const address = this.call._malloc(length)
    if (address === 0) throw new Error('mcl: out of memory')
    return address
  }

  /** Size of the instance's memory in bytes; WebAssembly never gives memory back. */
  get memoryBytes(): number {
    return this.call.wasmMemory.buffer.byteLength
  }

  write(address: number, bytes: Uint8Array): void {
    this.#view().set(bytes, address)
  }

  /** A copy of `length` bytes. */
  read(address: number, length: number): Uint8Array {
    return this.#view().slice(address, address + length)
  }

  erase(address: number, length: number): void {
    this.#view().fill(0, address, address + length)
  }

  /** Growing the memory detaches older views of it. */
  #view(): Uint8Array {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.call.wasmMemory.buffer)
    return this.#bytes
  }
}

/**
 * A fresh instance for one of {@link mclCurves}. It is made from the module's factory, not from the package's entry, whose
 * single instance any user's `init` would reset to another curve.
 */
export async function loadMcl(curve: number): Promise<MclInstance> {
  const loaded: { default: unknown } = await import('mcl-wasm/dist/mcl_c.js')
  const createModule = loaded.default as CreateModule
  const exports = await createModule({
    cryptoGetRandomValues: () => {
      throw new Error('mcl: random numbers come from the caller')
    },
  })
  if (exports._mclBn_init(curve, compiledTimeVar) !== 0) {
    throw new Error(`mcl: curve ${curve} cannot be initialised`)
  }
  if (curve === mclCurves.bls12381) {
    exports._mclBn_setETHserialization(1)
    if (exports._mclBn_setMapToMode(hashToCurveOfRfc9380) !== 0) {
      throw new Error('mcl: RFC 9380 is not supported')
    }
  }
  exports._mclBn_verifyOrderG1(0)
  exports._mclBn_verifyOrderG2(0)
  return new MclInstance(exports)
}
