import { fromHex, hash32, type Hash32 } from '@zkstack/crypto'

/** One version of Agglayer's pessimistic program, as the gateway contract on L1 knows it. */
export interface PessimisticVKeyRoute {
  /** `0x` and 8 digits: the major version of the program. */
  readonly selector: string
  readonly pessimisticVKey: Hash32
  readonly frozen: boolean
}

function route(selector: string, vkey: string): PessimisticVKeyRoute {
  const pessimisticVKey = hash32(fromHex(vkey) ?? new Uint8Array(0))
  return { selector, pessimisticVKey, frozen: false }
}

/**
 * The programs of Agglayer v0.4 (SP1 5) and of v0.5 and v0.6 (SP1 6). Whoever settles on L1 takes the routes of the gateway there.
 * @see https://github.com/agglayer/agglayer at 2b8aa090
 */
export const pessimisticVKeyRoutes: readonly PessimisticVKeyRoute[] = [
  route('0x00000008', '000055f14384bdb5bb092fd7e5152ec31856321c5a30306ab95836bdf5cdb639'),
  route('0x0000000e', '00d14f977a6ec393014f300ad78d0761dc29435d3fa1e2626fa466bd3343578e'),
]
