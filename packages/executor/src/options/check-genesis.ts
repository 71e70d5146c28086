import { isCanceled } from '@zkstack/concurrency'
import { bytesEqual, signatureScheme, toHex } from '@zkstack/crypto'
import {
  createGenesis,
  verifyProofsOfPossession,
  type Genesis,
  type GenesisError,
} from '@zkstack/roles'
import { NodeOptionError } from '../errors.js'
import { describe, requireObject } from './check.js'

const REMEDY = 'Give the value of parseGenesis(text of the genesis file), or of createGenesis'

/** Checks that a value is a genesis. @throws NodeOptionError `OPTION_MISSING`, `OPTION_INVALID`. */
export function checkGenesisShape(value: unknown, path: string): void {
  const genesis = requireObject(value, path, REMEDY)
  if (genesis['hash'] instanceof Uint8Array && typeof genesis['chainId'] === 'bigint') return
  throw new NodeOptionError('OPTION_INVALID', path, `is ${describe(value)}, not a genesis`, REMEDY)
}

/**
 * Checks that somebody names the committee, and not two do.
 * @throws NodeOptionError `GENESIS_NO_SCHEDULE`, `OPTION_INVALID`.
 */
export function checkCommitteeSource(genesis: Genesis, validators: unknown): void {
  const isStatic = genesis.schedule !== undefined
  if (isStatic && validators !== undefined) {
    throw new NodeOptionError(
      'OPTION_INVALID',
      'options.validators',
      'contradicts options.genesis.schedule, which fixes the committee for ever',
      'Leave out one of the two; on a running chain that has to be validators',
    )
  }
  if (isStatic || validators !== undefined) return
  throw new NodeOptionError(
    'GENESIS_NO_SCHEDULE',
    'options.genesis.schedule',
    'is missing',
    'Name the committee in the genesis, or give options.validators, which names it while the chain runs',
  )
}

/**
 * The genesis once more, made from its fields with the backends that are loaded now, and proven: its hash is the
 * hash of its fields, and every key of the committee, if it names one, comes with its proof of possession.
 *
 * @throws NodeOptionError `GENESIS_INVALID`, `PROOF_OF_POSSESSION`.
 */
export function prepareGenesis(given: Genesis, path: string): Genesis {
  const genesis = rebuild(given, path)
  if (!bytesEqual(genesis.hash, given.hash)) {
    throw new NodeOptionError(
      'GENESIS_INVALID',
      `${path}.hash`,
      `is ${toHex(given.hash)}, but its fields hash to ${toHex(genesis.hash)}`,
      REMEDY,
    )
  }
  checkProofs(genesis, path)
  return genesis
}

function rebuild(given: Genesis, path: string): Genesis {
  const { schedule } = given
  const made = attempt(() =>
    createGenesis({
      chainId: given.chainId,
      forkNumber: given.forkNumber,
      firstBlock: given.firstBlock,
      schedule: schedule && {
        validators: schedule.validators,
        leaderSelection: schedule.leaderSelection,
      },
      proofsOfPossession: given.proofsOfPossession,
      scheme: signatureScheme(given.signatureScheme) ?? given.scheme,
    }),
  )
  if (made?.ok === true) return made.value
  const problem = made === undefined ? 'is not a genesis' : describeGenesisError(made.error)
  throw new NodeOptionError('GENESIS_INVALID', path, problem, REMEDY)
}

/** Undefined when the fields are not even of the right types. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (e) {
    if (isCanceled(e)) throw e
    return undefined
  }
}

function describeGenesisError(error: GenesisError): string {
  switch (error.code) {
    case 'BAD_SCHEDULE':
      return `has a bad schedule: ${error.cause.code}`
    case 'OUT_OF_RANGE':
      return `has a ${error.field} that is not from 0 to 2^64 − 1`
    case 'PROOFS_MISMATCH':
      return `has ${error.got} proofs of possession for ${error.want} validators`
    case 'UNKNOWN_SCHEME':
      return `names signature scheme ${error.id}, which is unknown`
  }
}

function checkProofs(genesis: Genesis, path: string): void {
  const proven = verifyProofsOfPossession(genesis)
  if (proven.ok) return
  const { code, index } = proven.error
  const key = genesis.schedule?.at(index)?.key ?? new Uint8Array()
  throw new NodeOptionError(
    'PROOF_OF_POSSESSION',
    `${path}.proofsOfPossession[${index}]`,
    `${code === 'MISSING_PROOF' ? 'is missing' : 'is wrong'}, for the validator ${toHex(key).slice(0, 16)}…`,
    'Ask that validator for the proof that its key tool printed, and put it into the genesis file; without it a forged key could vote in the name of others',
  )
}
