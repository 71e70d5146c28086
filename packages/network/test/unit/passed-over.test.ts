import { expect, test } from 'vitest'
import { PassedOver } from '../../src/addresses/passed-over.js'
import type { ValidatorAddress } from '../../src/addresses/validator-address.js'

function address(who: number, version = 1n): ValidatorAddress {
  return {
    validatorKey: Uint8Array.of(who),
    nodeKey: new Uint8Array(32),
    address: {
      addr: { ip: Uint8Array.of(127, 0, 0, 1), port: 1 },
      version,
      timestamp: { seconds: 0n, nanos: 0 },
    },
    signature: new Uint8Array(),
  }
}

const all = (): boolean => true

test('passed over › more than there is room for › those told last stay', () => {
  const passedOver = new PassedOver(2)
  for (const who of [1, 2, 3]) passedOver.keep(address(who))
  expect(passedOver.take(all)).toEqual([address(2), address(3)])
})

test('passed over › one validator again and again › its newest stays', () => {
  const passedOver = new PassedOver(2)
  for (const version of [2n, 3n, 1n]) passedOver.keep(address(1, version))
  expect(passedOver.take(all)).toEqual([address(1, 3n)])
})

test('passed over › some are of a committee now › are taken out, and the others wait on', () => {
  const passedOver = new PassedOver(2)
  for (const who of [1, 2]) passedOver.keep(address(who))
  expect(passedOver.take(([who]) => who === 2)).toEqual([address(2)])
  expect(passedOver.take(all)).toEqual([address(1)])
  expect(passedOver.take(all)).toEqual([])
})
