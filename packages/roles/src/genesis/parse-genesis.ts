import { err, ok, type Result, type SignatureScheme } from '@zkstack/crypto'
import {
  parseProofOfPossession,
  parseValidatorPublicKey,
  selectableSchemes,
} from '../keys/validator-text.js'
import type { ScheduleSpec, ValidatorSpec } from '../schedule/schedule-spec.js'
import type { Genesis, GenesisError } from './genesis.js'
import { createGenesis, PROTOCOL_VERSION } from './genesis.js'
import type { JsonFieldError } from './json-field.js'
import { JsonField, JsonFieldFailure } from './json-field.js'

/** Why a text is no genesis file; `path` names the wrong field, such as `schedule.validators[2].key`. */
export type GenesisFileError =
  | JsonFieldError
  | {
      readonly code: 'BAD_GENESIS'
      readonly path: string
      readonly message: string
      readonly cause: GenesisError
    }

/** Options of {@link parseGenesis}. */
export interface ParseGenesisOptions {
  /** The schemes that the file may name; default: those that a genesis can name. */
  readonly schemes?: readonly SignatureScheme[]
}

/** Reads a genesis file. Proofs of possession are attached, not verified: see `verifyProofsOfPossession`. */
export function parseGenesis(
  text: string,
  options: ParseGenesisOptions = {},
): Result<Genesis, GenesisFileError> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return err({ code: 'BAD_JSON', path: '', message: 'the text is not JSON' })
  }
  try {
    return readGenesis(new JsonField(value), options.schemes ?? selectableSchemes())
  } catch (error) {
    if (error instanceof JsonFieldFailure) return err(error.error)
    throw error
  }
}

function readGenesis(
  file: JsonField,
  schemes: readonly SignatureScheme[],
): Result<Genesis, GenesisFileError> {
  const fields = file.object(
    'protocolVersion',
    'chainId',
    'forkNumber',
    'firstBlock',
    'signatureScheme',
    'schedule',
    'proofsOfPossession',
  )
  if (fields.protocolVersion.uint64() !== BigInt(PROTOCOL_VERSION)) {
    fields.protocolVersion.fail(`expected ${PROTOCOL_VERSION}`)
  }
  const scheme = readScheme(fields.signatureScheme, schemes)
  const proofs = fields.proofsOfPossession
  if (proofs.isPresent && !fields.schedule.isPresent) proofs.fail('there is no schedule')
  const genesis = createGenesis({
    chainId: fields.chainId.uint64(),
    forkNumber: fields.forkNumber.uint64(),
    firstBlock: fields.firstBlock.uint64(),
    scheme,
    schedule: fields.schedule.isPresent ? readSchedule(fields.schedule, scheme) : undefined,
    proofsOfPossession: proofs.isPresent ? readProofs(proofs, scheme) : undefined,
  })
  if (genesis.ok) return ok(genesis.value)
  return err({ code: 'BAD_GENESIS', ...explain(genesis.error), cause: genesis.error })
}

function readScheme(field: JsonField, schemes: readonly SignatureScheme[]): SignatureScheme {
  const name = field.string()
  const scheme = schemes.find((known) => known.name === name)
  return scheme ?? field.fail(`expected one of ${schemes.map((known) => known.name).join(', ')}`)
}

function readSchedule(field: JsonField, scheme: SignatureScheme): ScheduleSpec {
  const { validators, leaderSelection } = field.object('validators', 'leaderSelection')
  const { frequency, mode } = leaderSelection.object('frequency', 'mode')
  const modeName = mode.string()
  if (modeName !== 'roundRobin' && modeName !== 'weighted') {
    return mode.fail('expected roundRobin or weighted')
  }
  return {
    validators: validators.list().map((element): ValidatorSpec => {
      const { key, weight, leader } = element.object('key', 'weight', 'leader')
      const parsed = parseValidatorPublicKey(key.string(), scheme)
      if (!parsed.ok) return key.fail(parsed.error.message)
      return { key: parsed.value.bytes, weight: weight.uint64(), leader: leader.boolean() }
    }),
    leaderSelection: { frequency: frequency.uint64(), mode: modeName },
  }
}

function readProofs(field: JsonField, scheme: SignatureScheme): Uint8Array[] {
  return field.list().map((element) => {
    if (element.isNull) return new Uint8Array()
    const parsed = parseProofOfPossession(element.string(), scheme)
    return parsed.ok ? parsed.value.bytes : element.fail(parsed.error.message)
  })
}

/** Which field of the file a fault lies in. */
function explain(error: GenesisError): { readonly path: string; readonly message: string } {
  switch (error.code) {
    case 'BAD_SCHEDULE': {
      const { cause } = error
      const path =
        'index' in cause
          ? `schedule.validators[${cause.index}]`
          : cause.code === 'BAD_FREQUENCY'
            ? 'schedule.leaderSelection.frequency'
            : 'schedule.validators'
      return { path, message: cause.code }
    }
    case 'PROOFS_MISMATCH':
      return { path: 'proofsOfPossession', message: `expected ${error.want}, got ${error.got}` }
    case 'UNKNOWN_SCHEME':
      return { path: 'signatureScheme', message: `unknown scheme ${error.id}` }
    case 'OUT_OF_RANGE':
      return { path: error.field, message: 'out of range' }
  }
}
