import { mnemonicToAccount } from 'viem/accounts'

/** The phrase that anvil derives its accounts from, known to all the world: what they hold on a real chain belongs to anybody. */
const phrase = 'test test test test test test test test test test test junk'

/** The private key, 32 bytes, of one of anvil's funded accounts. */
export function anvilKey(index: number): Uint8Array {
  const { privateKey } = mnemonicToAccount(phrase, { addressIndex: index }).getHdKey()
  if (privateKey === null) throw new RangeError(`index: there is no key ${index}`)
  return privateKey
}
