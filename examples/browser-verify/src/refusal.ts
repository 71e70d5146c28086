import { DecodeError } from '@zkstack/crypto'
import type { ChainError } from '@zkstack/roles'

type JustificationError = Extract<ChainError, { readonly code: 'JUSTIFICATION' }>['cause']

/** The server tells what cannot be so. */
export class Refusal extends Error {
  /** Stable, for programs. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }

  static of(error: ChainError): Refusal {
    const code = error.code === 'JUSTIFICATION' ? error.cause.code : error.code
    return new Refusal(code, explain(error))
  }

  /** What a decoder gives. @throws Refusal for bytes that are no such thing. */
  static unlessDecodes<T>(what: string, decode: () => T): T {
    try {
      return decode()
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      throw new Refusal('MALFORMED', `what should be a ${what} is none: ${error.message}`)
    }
  }
}

function explain(error: ChainError): string {
  switch (error.code) {
    case 'NO_FIRST_EPOCH':
      return 'the genesis names no committee, and the server no first epoch'
    case 'FIRST_EPOCH_MISMATCH':
      return 'the first epoch is not that of the genesis'
    case 'PROOF_OF_POSSESSION':
      return `validator ${error.cause.index} of the committee did not prove that it holds its key`
    case 'FIXED_COMMITTEE':
      return `there can be no epoch ${error.epoch}: the committee of the genesis is fixed`
    case 'EPOCH_MISSING':
      return `epoch ${error.missing} is missing`
    case 'EPOCH_CONFLICT':
      return `the server gave another committee for epoch ${error.epoch} before`
    case 'EPOCH_INVALID':
      return `the committee of epoch ${error.epoch - 1n} did not hand over to epoch ${error.epoch} (${error.cause.code})`
    case 'WRONG_GENESIS':
      return 'the block is of another chain'
    case 'UNKNOWN_EPOCH':
      return `the block is of epoch ${error.epoch}, which nobody handed over to`
    case 'OUTSIDE_EPOCH':
      return `block ${error.number} lies outside its epoch`
    case 'FIELD_MISMATCH':
      return `the block gives another ${error.field} than its certificate`
    case 'HASH_MISMATCH':
      return 'the payload is not the one that was signed'
    case 'JUSTIFICATION':
      return explainCertificate(error.cause)
  }
}

function explainCertificate(error: JustificationError): string {
  switch (error.code) {
    case 'INVALID_MESSAGE':
      return 'the certificate is of another epoch or chain'
    case 'BAD_SIGNERS_SET':
      return `the certificate speaks of ${error.got} validators, the committee has ${error.want}`
    case 'NOT_ENOUGH_WEIGHT':
      return `weight ${error.got} signed, a quorum is ${error.want}`
    case 'BAD_SIGNATURE':
      return 'the signature is not that of the validators it names'
  }
}
