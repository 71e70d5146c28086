import { GrowingFamily, type BackendFamily } from './backend-family.js'
import type { SignatureScheme } from './signature-scheme.js'

/** The backends of one signature scheme. */
export interface SchemeFamily extends BackendFamily<SignatureScheme> {
  readonly id: number
  readonly name: string
}

/** A {@link SchemeFamily} that backends can be added to. */
export class GrowingSchemeFamily extends GrowingFamily<SignatureScheme> implements SchemeFamily {
  readonly id: number
  readonly name: string

  constructor(oracle: SignatureScheme) {
    super(oracle)
    this.id = oracle.id
    this.name = oracle.name
  }
}
