import { createGenesis, type Genesis } from '@zkstack/executor'
import { parseProofOfPossession, parseValidatorPublicKey } from '@zkstack/roles'
import { verifyProofsOfPossession } from '@zkstack/roles'
import { ConfigError } from '../config/config-error.js'
import type { PublicIdentity } from './public-identity.js'
import { schemeNames, schemeOf, type SchemeName } from './schemes.js'

/** A validator to be. */
export interface Candidate {
  /** Where it comes from, for messages: a file's name. */
  readonly source: string
  readonly identity: PublicIdentity
  readonly weight: bigint
}

/** What a genesis is made of, beside the committee. */
export interface ChainParameters {
  readonly chainId: bigint
  readonly forkNumber: bigint
  readonly firstBlock: bigint
  /** Views that a leader leads in a row; 0: the first leader leads for ever. */
  readonly leaderFrequency: bigint
  readonly leaderMode: 'roundRobin' | 'weighted'
}

/** Makes the genesis of a committee, and checks every proof of possession. @throws ConfigError `CONFIG_GENESIS`. */
export function makeGenesis(chain: ChainParameters, committee: readonly Candidate[]): Genesis {
  const scheme = schemeOf(commonScheme(committee))
  const members = committee.map(({ source, identity, weight }) => {
    const key = parseValidatorPublicKey(identity.validatorKey ?? '', scheme)
    if (!key.ok) throw wrong(`${source}: validatorKey: ${key.error.message}`)
    return {
      spec: { key: key.value.bytes, weight, leader: true },
      proof: proofOf(source, identity),
    }
  })
  const made = createGenesis({
    ...chain,
    scheme,
    schedule: {
      validators: members.map(({ spec }) => spec),
      leaderSelection: { frequency: chain.leaderFrequency, mode: chain.leaderMode },
    },
    ...(scheme.needsProofOfPossession ? { proofsOfPossession: members.map((m) => m.proof) } : {}),
  })
  if (!made.ok) {
    const { error } = made
    throw wrong(error.code === 'BAD_SCHEDULE' ? `the committee: ${error.cause.code}` : error.code)
  }
  const proven = verifyProofsOfPossession(made.value)
  if (proven.ok) return made.value
  const key = made.value.schedule?.validators[proven.error.index]?.key
  const at = members.findIndex(({ spec }) => spec.key.every((byte, i) => byte === key?.[i]))
  throw wrong(`${committee[at]?.source ?? ''}: proofOfPossession: ${proven.error.code}`)

  function proofOf(source: string, { proofOfPossession }: PublicIdentity): Uint8Array {
    if (proofOfPossession === undefined) return new Uint8Array()
    const proof = parseProofOfPossession(proofOfPossession, scheme)
    if (proof.ok) return proof.value.bytes
    throw wrong(`${source}: proofOfPossession: ${proof.error.message}`)
  }
}

/** The scheme of all keys. */
function commonScheme(committee: readonly Candidate[]): SchemeName {
  const schemes = committee.map(({ source, identity: { validatorKey } }) => {
    if (validatorKey === undefined) throw wrong(`${source} has no validatorKey`)
    const found = schemeNames.find((name) => validatorKey.startsWith(`validator:public:${name}:`))
    if (found === undefined) throw wrong(`${source}: validatorKey is of no known scheme`)
    return found
  })
  const [first] = schemes
  if (first === undefined) throw wrong('a committee has at least one validator')
  const other = schemes.findIndex((scheme) => scheme !== first)
  if (other < 0) return first
  throw wrong(
    `${committee[other]?.source ?? ''} has a key of ${schemes[other] ?? ''}, ${committee[0]?.source ?? ''} one of ${first}: a chain has one scheme`,
  )
}

function wrong(problem: string): ConfigError {
  return new ConfigError('CONFIG_GENESIS', '', problem)
}
