import { ok } from '@zkstack/crypto'
import { expect, it } from 'vitest'
import { orThrow, parseGenesis } from '../../src/index.js'

it('orThrow › a result › is its value, or its error with the field that is wrong', () => {
  expect(orThrow(ok(7))).toBe(7)
  const result = parseGenesis('{"protocolVersion":2,"signatureScheme":"rsa"}')
  expect(() => orThrow(result)).toThrow(
    expect.objectContaining({
      name: 'ZkStackError',
      code: 'BAD_FIELD',
      message: expect.stringMatching(/^signatureScheme: expected one of /) as unknown,
      cause: expect.objectContaining({ path: 'signatureScheme' }) as unknown,
    }),
  )
})
