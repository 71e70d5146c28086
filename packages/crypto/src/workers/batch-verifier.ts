import { toHex } from '../bytes.js'
import { signatureScheme } from '../crypto-backends.js'
import type { PublicKeyHandle, SignatureScheme, SignedClaim } from '../signature-scheme.js'
import { inOneGo } from '../in-one-go.js'
import { verifyBySteps } from '../verify-by-steps.js'
import { unpackChecks, type PackedCheck } from './aggregate-check.js'
import type { BatchVerdicts, CheckBatch } from './worker-port.js'

/** Keys of a few committees; the import of a key costs as much as a check. */
const rememberedKeys = 1_024

/** Verifies batches within a worker; remembers a bounded number of imported keys. */
export class BatchVerifier {
  readonly #keys = new Map<string, PublicKeyHandle>()
  readonly #random: (n: number) => Uint8Array

  /** @param random bytes that nobody can foresee. */
  constructor(random: (n: number) => Uint8Array) {
    this.#random = random
  }

  verdictsOf(batch: CheckBatch): BatchVerdicts {
    return inOneGo(this.verdictsBySteps(batch))
  }

  /** {@link verdictsOf} by steps of a few checks at most. */
  *verdictsBySteps({
    id,
    scheme: schemeId,
    backend,
    checks,
  }: CheckBatch): Generator<undefined, BatchVerdicts, undefined> {
    const scheme = signatureScheme(schemeId, { backend })
    const packed = [...unpackChecks(checks)]
    const verdicts = new Uint8Array(packed.length).fill(2)
    if (scheme === undefined) return { id, verdicts }
    const known = packed.flatMap((check, place) => {
      const claims = this.#claimsOf(check, scheme)
      const { aggregate, hashed } = check
      return claims === undefined ? [] : { place, claims, aggregate, hashed }
    })
    const results = yield* verifyBySteps(scheme, known, this.#random)
    known.forEach(({ place }, i) => {
      verdicts[place] = results[i] === true ? 1 : 0
    })
    return { id, verdicts }
  }

  /** Undefined when a key is none. */
  #claimsOf({ claims }: PackedCheck, scheme: SignatureScheme): SignedClaim[] | undefined {
    const imported = claims.flatMap(({ index, key: bytes, message }) => {
      const key = this.#import(bytes, scheme)
      return key === undefined ? [] : { index, key, message }
    })
    return imported.length < claims.length ? undefined : imported
  }

  #import(bytes: Uint8Array, scheme: SignatureScheme): PublicKeyHandle | undefined {
    const id = `${scheme.id} ${toHex(bytes)}`
    const remembered = this.#keys.get(id)
    if (remembered !== undefined) return remembered
    const key = scheme.importPublicKey(bytes)
    if (key === undefined) return undefined
    if (this.#keys.size >= rememberedKeys) this.#keys.clear()
    this.#keys.set(id, key)
    return key
  }
}
