import { toHex } from '../bytes.js'
import { signatureScheme } from '../crypto-backends.js'
import type { PublicKeyHandle, SignatureScheme } from '../signature-scheme.js'
import { unpackChecks, type PackedCheck } from './aggregate-check.js'
import type { BatchVerdicts, CheckBatch } from './worker-port.js'

/** Keys of a few committees; the import of a key costs as much as a check. */
const rememberedKeys = 1_024

/** Verifies batches within a worker; remembers a bounded number of imported keys. */
export class BatchVerifier {
  readonly #keys = new Map<string, PublicKeyHandle>()

  verdictsOf({ id, scheme: schemeId, backend, checks }: CheckBatch): BatchVerdicts {
    const scheme = signatureScheme(schemeId, { backend })
    const verdicts: number[] = []
    for (const check of unpackChecks(checks)) {
      verdicts.push(scheme === undefined ? 2 : this.#verdict(check, scheme))
    }
    return { id, verdicts: Uint8Array.from(verdicts) }
  }

  #verdict({ claims, aggregate }: PackedCheck, scheme: SignatureScheme): 0 | 1 | 2 {
    const imported = claims.map(({ index, key, message }) => {
      return { index, key: this.#import(key, scheme), message }
    })
    const known = imported.flatMap(({ key, ...rest }) =>
      key === undefined ? [] : { key, ...rest },
    )
    if (known.length < claims.length) return 2
    return scheme.verifyAggregate(known, aggregate) ? 1 : 0
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
