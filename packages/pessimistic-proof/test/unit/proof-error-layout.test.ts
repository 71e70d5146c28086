import { concatBytes, fromHex, toHex } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import { contracts, layouts, ZERO_HASH, type ProofError } from '../../src/index.js'
import { fakeWallet } from '../../testing/index.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

const { address } = fakeWallet(1)
const tokenInfo = { originNetwork: 7, originTokenAddress: address }

const errors: readonly (readonly [number, ProofError])[] = [
  [
    6,
    {
      code: 'InvalidImportedBridgeExit',
      source: { code: 'InvalidExitNetwork' },
      globalIndex: { mainnetFlag: true, rollupIndex: 0, leafIndex: 9 },
    },
  ],
  [9, { code: 'InvalidNullifierPath' }],
  [10, { code: 'InvalidBalancePath' }],
  [11, { code: 'BalanceOverflowInBridgeExit' }],
  [12, { code: 'BalanceUnderflowInBridgeExit' }],
  [13, { code: 'CannotExitToSameNetwork' }],
  [14, { code: 'InvalidMessageOriginNetwork' }],
  [15, { code: 'InvalidL1TokenInfo', tokenInfo }],
  [16, { code: 'MissingTokenBalanceProof', tokenInfo }],
  [17, { code: 'DuplicateTokenBalanceProof', tokenInfo }],
  [18, { code: 'InvalidSignature' }],
  [20, { code: 'InvalidLocalExitTreeOperation', source: { code: 'LeafIndexOverflow' } }],
  [
    22,
    {
      code: 'InvalidPreviousPessimisticRoot',
      ...{ declared: ZERO_HASH, computedV2: ZERO_HASH, computedV3: ZERO_HASH },
    },
  ],
  [23, { code: 'InconsistentSignedPayload' }],
  [24, { code: 'HeightOverflow' }],
  [25, { code: 'InvalidMultisig', source: { code: 'TooManySigners', num: 3, max: 2 } }],
  [25, { code: 'InvalidMultisig', source: { code: 'UnderThreshold', got: 1, expected: 2n } }],
  [25, { code: 'InvalidMultisig', source: { code: 'InvalidSignature', idx: 4 } }],
  [
    25,
    {
      code: 'InvalidMultisig',
      source: {
        code: 'InvalidSigner',
        ...{ idx: 1, expectedSigner: address, recoveredSigner: address, commitment: ZERO_HASH },
      },
    },
  ],
]

describe('the layout of the errors of the program', () => {
  test.each(errors)('variant %i: %o › is read as it was written', (variant, error) => {
    const bytes = contracts.encode(layouts.proofError, error)
    expect(new DataView(bytes.buffer).getUint32(0)).toBe(variant)
    expect(valueOf(contracts.decode(layouts.proofError, bytes))).toEqual(error)
  })

  test('a height that overflows › has the bytes of upstream’s snapshot', () => {
    expect(toHex(contracts.encode(layouts.proofError, { code: 'HeightOverflow' }))).toBe('00000018')
  })

  test('an error of an older program › is told by its name', () => {
    const bytes = concatBytes(fromHex('00000003') ?? new Uint8Array(), ZERO_HASH, ZERO_HASH)
    expect(valueOf(contracts.decode(layouts.proofError, bytes))).toEqual({
      ...{ code: 'InvalidNewLocalExitRoot', declared: ZERO_HASH, computed: ZERO_HASH },
    })
  })

  test('a variant that there is not › is refused', () => {
    const bytes = fromHex('0000001a') ?? new Uint8Array()
    expect(errorOf(contracts.decode(layouts.proofError, bytes)).code).toBe('BAD_VARIANT')
  })
})
