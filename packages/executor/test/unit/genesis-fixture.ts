import { signatureScheme, type SignatureScheme } from '@zkstack/crypto'
import { createGenesis, type Genesis, type ValidatorSecretKey } from '@zkstack/roles'
import { orThrow } from '../../src/index.js'

/** @throws Error for an id that there is not. */
export function schemeOf(id: number): SignatureScheme {
  const scheme = signatureScheme(id)
  if (scheme === undefined) throw new Error(`no scheme ${id}`)
  return scheme
}

/** A genesis of one validator, or of none. */
export function genesisOf(
  key: ValidatorSecretKey,
  o: { proofs?: Uint8Array[]; schedule?: false } = {},
): Genesis {
  return orThrow(
    createGenesis({
      chainId: 1n,
      forkNumber: 0n,
      firstBlock: 0n,
      signatureScheme: key.scheme.id,
      ...(o.schedule === false
        ? {}
        : {
            schedule: {
              validators: [{ key: key.publicKey, weight: 1n, leader: true }],
              leaderSelection: { frequency: 1n, mode: 'roundRobin' as const },
            },
          }),
      ...(o.proofs === undefined ? {} : { proofsOfPossession: o.proofs }),
    }),
  )
}
