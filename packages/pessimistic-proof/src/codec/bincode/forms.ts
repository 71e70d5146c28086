/** What layouts are made of, for types around those of this package; {@link contracts} and {@link sp1Compatible} encode them. */
export type { Bincode } from './bincode.js'
export { array, list, mapped, names, option, struct, tagged } from './compounds.js'
export { addressBytes, bool, byteString, hash, text, u256, u32, u64, u8 } from './elements.js'
