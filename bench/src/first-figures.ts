/** Blocks per second of the first published runs, on the machine of the README. */
export interface FirstFigure {
  /** Of the very first one, short and on a busy machine. */
  readonly busy?: number
  /** Of the first one on a quiet machine. */
  readonly quiet: number
}

/** By the names of cases. @see the history of README.md: 58e1ef8 and 77e0544 */
export const firstFigures: Readonly<Record<string, FirstFigure>> = {
  'executor::finality/n=4 transport=tcp scheme=bls12_381 backend=mcl payload=0': {
    busy: 12,
    quiet: 23.3,
  },
  'executor::finality/n=4 transport=tcp scheme=bls12_381 backend=noble payload=0': {
    busy: 2.98,
    quiet: 5.3,
  },
  'executor::finality/n=4 transport=tcp scheme=bls12_381_min_pk backend=blst payload=0': {
    busy: 25,
    quiet: 45,
  },
  'executor::finality/n=4 transport=tcp scheme=bls12_381_min_pk backend=noble payload=0': {
    busy: 1.94,
    quiet: 2.65,
  },
  'executor::finality/n=4 transport=tcp scheme=ed25519 backend=node payload=0': {
    busy: 35,
    quiet: 86.7,
  },
  'executor::finality/n=4 transport=tcp scheme=ed25519 backend=noble payload=0': {
    busy: 18.5,
    quiet: 26.7,
  },
  'executor::finality/n=4 transport=tcp scheme=bls12_381 backend=mcl payload=1048576': {
    busy: 5.38,
    quiet: 8.33,
  },
  'executor::finality/n=4 transport=tcp scheme=bls12_381_min_pk backend=blst payload=1048576': {
    busy: 6.98,
    quiet: 11.7,
  },
  'executor::finality/n=4 transport=tcp scheme=ed25519 backend=node payload=1048576': {
    busy: 7.47,
    quiet: 11.6,
  },
  'executor::finality/n=4 transport=memory scheme=bls12_381 backend=mcl payload=0': { quiet: 26.6 },
  'executor::finality/n=4 transport=memory scheme=bls12_381 backend=noble payload=0': {
    quiet: 5.83,
  },
  'executor::finality/n=4 transport=memory scheme=bls12_381_min_pk backend=blst payload=0': {
    quiet: 63.3,
  },
  'executor::finality/n=4 transport=memory scheme=bls12_381_min_pk backend=noble payload=0': {
    quiet: 3,
  },
  'executor::finality/n=4 transport=memory scheme=ed25519 backend=node payload=0': { quiet: 227 },
  'executor::finality/n=4 transport=memory scheme=ed25519 backend=noble payload=0': { quiet: 35 },
  'executor::finality/n=4 transport=memory scheme=bls12_381 backend=mcl payload=1048576': {
    quiet: 13.3,
  },
  'executor::finality/n=4 transport=memory scheme=bls12_381_min_pk backend=blst payload=1048576': {
    quiet: 15,
  },
  'executor::finality/n=4 transport=memory scheme=ed25519 backend=node payload=1048576': {
    quiet: 26.6,
  },
  'executor::finality/n=6 transport=tcp scheme=bls12_381 backend=mcl payload=0': {
    busy: 7.48,
    quiet: 13.2,
  },
  'executor::finality/n=6 transport=tcp scheme=bls12_381 backend=noble payload=0': {
    busy: 1.9,
    quiet: 3.64,
  },
  'executor::finality/n=6 transport=tcp scheme=bls12_381_min_pk backend=blst payload=0': {
    busy: 13,
    quiet: 21.7,
  },
  'executor::finality/n=6 transport=tcp scheme=bls12_381_min_pk backend=noble payload=0': {
    busy: 1.47,
    quiet: 1.33,
  },
  'executor::finality/n=6 transport=tcp scheme=ed25519 backend=node payload=0': {
    busy: 23.5,
    quiet: 40,
  },
  'executor::finality/n=6 transport=tcp scheme=ed25519 backend=noble payload=0': {
    busy: 7.47,
    quiet: 13.3,
  },
  'executor::finality/n=6 transport=tcp scheme=bls12_381 backend=mcl payload=1048576': {
    busy: 3.5,
    quiet: 4.33,
  },
  'executor::finality/n=6 transport=tcp scheme=bls12_381_min_pk backend=blst payload=1048576': {
    busy: 4.47,
    quiet: 6.98,
  },
  'executor::finality/n=6 transport=tcp scheme=ed25519 backend=node payload=1048576': {
    busy: 4.42,
    quiet: 8,
  },
  'executor::finality/n=6 transport=memory scheme=bls12_381 backend=mcl payload=0': { quiet: 16.6 },
  'executor::finality/n=6 transport=memory scheme=bls12_381 backend=noble payload=0': {
    quiet: 3.65,
  },
  'executor::finality/n=6 transport=memory scheme=bls12_381_min_pk backend=blst payload=0': {
    quiet: 48.3,
  },
  'executor::finality/n=6 transport=memory scheme=bls12_381_min_pk backend=noble payload=0': {
    quiet: 1.81,
  },
  'executor::finality/n=6 transport=memory scheme=ed25519 backend=node payload=0': { quiet: 118 },
  'executor::finality/n=6 transport=memory scheme=ed25519 backend=noble payload=0': { quiet: 20 },
  'executor::finality/n=6 transport=memory scheme=bls12_381 backend=mcl payload=1048576': {
    quiet: 9.98,
  },
  'executor::finality/n=6 transport=memory scheme=bls12_381_min_pk backend=blst payload=1048576': {
    quiet: 13.3,
  },
  'executor::finality/n=6 transport=memory scheme=ed25519 backend=node payload=1048576': {
    quiet: 16.7,
  },
}
