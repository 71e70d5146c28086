import type { PlonkKey } from './plonk-key.js'
import { scalarField as field } from './scalar-field.js'

/** The Lagrange polynomials of a key's domain, evaluated at one point. */
export class LagrangeBasis {
  /** The value of xⁿ − 1; zero when the point is in the domain, and then the polynomials cannot be evaluated. */
  readonly vanishing: bigint
  readonly #key: Pick<PlonkKey, 'domainSize' | 'inverseDomainSize' | 'generator'>
  readonly #point: bigint

  constructor(
    key: Pick<PlonkKey, 'domainSize' | 'inverseDomainSize' | 'generator'>,
    point: bigint,
  ) {
    this.#key = key
    this.#point = point
    this.vanishing = field.sub(field.pow(point, key.domainSize), 1n)
  }

  /** The polynomial that is one at ωⁱ and zero at the rest of the domain: ωⁱ(xⁿ − 1) / n(x − ωⁱ). */
  at(index: number): bigint {
    const root = field.pow(this.#key.generator, BigInt(index))
    const numerator = field.mul(field.mul(root, this.vanishing), this.#key.inverseDomainSize)
    return field.mul(numerator, field.inv(field.sub(this.#point, root)))
  }
}
