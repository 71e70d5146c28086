/** Encodings of points of one group that a decoder must not confuse with valid ones. */
export interface PointForms {
  readonly length: number
  /** On the curve, outside the subgroup. */
  readonly offSubgroup: string
  /** The negative of {@link offSubgroup}. */
  readonly offSubgroupNegated: string
  readonly infinity: string
  /** Compressed forms that are no canonical point, by what is wrong with them. */
  readonly malformed: Readonly<Record<string, string>>
  /** A valid point, uncompressed. */
  readonly uncompressed: string
}

/** Known answers of a BLS scheme; byte strings in hexadecimal. */
export interface BlsVectors {
  readonly keys: readonly {
    readonly secret: string
    readonly public: string
    readonly possession: string
  }[]
  readonly signatures: readonly {
    readonly key: number
    readonly message: string
    readonly signature: string
  }[]
  /** Each claim is the number of a key and a message. */
  readonly aggregates: readonly {
    readonly claims: readonly (readonly [number, string])[]
    readonly aggregate: string
  }[]
  /** The first key with the opposite secret, so that the two sum to infinity. */
  readonly negated: { readonly secret: string; readonly public: string }
  /** `public` is the key of `secret` minus the first key, so that whoever knows `secret` can sign for the sum of the two. */
  readonly rogue: { readonly secret: string; readonly public: string }
  /**
   * A point of the group of signatures whose order divides the cofactor. In G1 its pairing with anything is one; in G2 its order is 13,
   * so that of its multiples by random numbers one in thirteen is infinity.
   */
  readonly torsion: string
  readonly keyForms: PointForms
  readonly signatureForms: PointForms
}
