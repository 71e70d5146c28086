import { toHex } from '../../src/bytes.js'
import type { SignatureScheme } from '../../src/signature-scheme.js'
import { check, checkBytes, checkThrows, type ComplianceCase } from './case.js'
import { bytesFrom, committeeOf, importValid, messageOf } from './committee.js'

/** Requirements on secret and public keys. */
export function keyCases(scheme: SignatureScheme): ComplianceCase[] {
  return [
    {
      name: 'a generated secret key is valid and depends on the random bytes alone',
      run() {
        const one = scheme.generateSecretKey(bytesFrom('secret'))
        const same = scheme.generateSecretKey(bytesFrom('secret'))
        const other = scheme.generateSecretKey(bytesFrom('another'))
        check(scheme.isSecretKey(one), 'the generated key is a secret key')
        checkBytes(one, toHex(same), 'generated again')
        check(toHex(one) !== toHex(other), 'other random bytes give another key')
      },
    },
    {
      name: 'a secret key of the wrong length is refused',
      run() {
        for (const length of [0, 1, scheme.secretKeyBytes - 1, scheme.secretKeyBytes + 1]) {
          const bytes = new Uint8Array(length).fill(1)
          check(!scheme.isSecretKey(bytes), `${length} bytes are no secret key`)
          checkThrows(() => scheme.publicKey(bytes), RangeError, 'publicKey')
          checkThrows(() => scheme.sign(bytes, messageOf('m')), RangeError, 'sign')
        }
      },
    },
    {
      name: 'a source of random bytes that never gives a valid secret is a programming error',
      run() {
        const zeros = new Uint8Array(scheme.secretKeyBytes)
        if (scheme.isSecretKey(zeros)) return
        checkThrows(() => scheme.generateSecretKey(() => zeros), RangeError, 'generateSecretKey')
      },
    },
    {
      name: 'a public key is imported by value and keeps its bytes',
      run() {
        const [member] = committeeOf(scheme, 1)
        check(member !== undefined, 'there is a member')
        const bytes = Uint8Array.from(member.publicKey)
        check(bytes.length === scheme.publicKeyBytes, 'the public key has the stated length')
        const key = importValid(scheme, bytes)
        bytes.fill(0)
        checkBytes(key.bytes, toHex(member.publicKey), 'the handle')
        const signature = scheme.sign(member.secret, messageOf('m'))
        check(scheme.verify(key, messageOf('m'), signature), 'the handle verifies')
      },
    },
    {
      name: 'a public key of the wrong length is refused',
      run() {
        const [member] = committeeOf(scheme, 1)
        const bytes = member?.publicKey ?? new Uint8Array(0)
        for (const wrong of [new Uint8Array(0), bytes.subarray(1), new Uint8Array([...bytes, 0])]) {
          check(scheme.importPublicKey(wrong) === undefined, `${wrong.length} bytes are no key`)
        }
      },
    },
    {
      name: 'a handle that the scheme did not make is a programming error',
      run() {
        const foreign = { bytes: new Uint8Array(scheme.publicKeyBytes) }
        const signature = new Uint8Array(scheme.signatureBytes)
        const verify = () => scheme.verify(foreign, messageOf('m'), signature)
        checkThrows(verify, TypeError, 'verify')
        const claims = [{ index: 0, key: foreign, message: messageOf('m') }]
        checkThrows(() => scheme.verifyAggregate(claims, signature), TypeError, 'verifyAggregate')
      },
    },
  ]
}
