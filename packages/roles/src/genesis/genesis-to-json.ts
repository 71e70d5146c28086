import { formatProofOfPossession, formatValidatorPublicKey } from '../keys/validator-text.js'
import type { Schedule } from '../schedule/schedule.js'
import type { Genesis } from './genesis.js'

/**
 * The genesis file: JSON with keys in text form, numbers as decimal strings, and the proofs of possession parallel to the
 * validators, who stand in order of their keys.
 */
export function genesisToJson(genesis: Genesis): string {
  const { schedule } = genesis
  const file = {
    protocolVersion: genesis.protocolVersion,
    chainId: String(genesis.chainId),
    forkNumber: String(genesis.forkNumber),
    firstBlock: String(genesis.firstBlock),
    signatureScheme: genesis.scheme.name,
    ...(schedule === undefined ? {} : scheduleToJson(schedule, genesis.proofsOfPossession)),
  }
  return `${JSON.stringify(file, undefined, 2)}\n`
}

function scheduleToJson(schedule: Schedule, proofs: readonly Uint8Array[]): object {
  const { scheme, validators, leaderSelection } = schedule
  return {
    schedule: {
      validators: validators.map(({ key, weight, leader }) => ({
        key: formatValidatorPublicKey(key, scheme),
        weight: String(weight),
        leader,
      })),
      leaderSelection: {
        frequency: String(leaderSelection.frequency),
        mode: leaderSelection.mode,
      },
    },
    ...(proofs.length === 0
      ? {}
      : {
          proofsOfPossession: proofs.map((proof) =>
            proof.length === 0 ? null : formatProofOfPossession(proof, scheme),
          ),
        }),
  }
}
